"""Query help: corrections of what was typed, and completions of what is being typed, from the archive's own words.

vocabulary = Vocabulary(terms, frequencies)                  # of the field `form`
SpellChecker(vocabulary, analyzer).corrections("استغلال")      # -> [Correction("استقلال", "spelling", 9.1)]
"""

from search.suggest.spelling import Correction, SpellChecker
from search.suggest.vocabulary import Vocabulary

__all__ = ["Correction", "SpellChecker", "Vocabulary"]
