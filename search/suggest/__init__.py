"""Query help: corrections of what was typed, and completions of what is being typed, from the archive's own words.

vocabulary = Vocabulary(*index.vocabulary("form"))
checker = SpellChecker(vocabulary, index.analyzer)
checker.corrections("استغلال")             # likely queries, judged by their words alone
checker.best("استغلال", total, count)      # the likeliest, judged by what each finds
Completer(vocabulary, index.analyzer, titles).complete("تیم ملی فو")
"""

from search.suggest.completion import Completer, Completion
from search.suggest.spelling import Correction, SpellChecker
from search.suggest.vocabulary import Vocabulary

__all__ = ["Completer", "Completion", "Correction", "SpellChecker", "Vocabulary"]
