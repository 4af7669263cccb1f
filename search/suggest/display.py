"""From a word as the index holds it to the word as a reader writes it.

The index folds آ to ا and joins affixes (`اموزشهای`); a suggestion shows `آموزش‌های`. What folding took away comes
back from hazm's word list, from the inflection that the analyzer finds, or from the letters that were typed.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

from search.persian.analyzer import Analyzer
from search.persian.letters import ZWNJ, fold, fold_aligned
from search.persian.lexicon import hazm_file

_MARKS = "آأؤئءۀ"
_FOLDED_AWAY = f"{_MARKS}{ZWNJ}"
_LISTED = re.compile(rf"^([ا-غف-قل-وپچژکگی{_FOLDED_AWAY}]+)\t(\d+)", re.MULTILINE)
_COMMON = 100  # occurrences in hazm's corpus; rarer ones are Arabic words that Persian seldom writes so
_SHORT_PART = 3  # letters; shorter parts are mostly affixes
_IMPERFECTIVE = re.compile("ن?می(?=..)")
_AFTER_HE = ("ای", "ام", "اش", "اند", "اید", "ایم")
_SUFFIX = re.compile("(?:ها(?:ی|یی|یش|یم|یت|یشان|یمان|یتان)?|تر(?:ین)?(?:ها|های)?)")


class Display:
    """Writes words of the index for readers.

    Args:
        analyzer: of the index.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def written(self, form: str, typed: str = "") -> str:
        """A word as a reader writes it: with its madda, hamza and half-spaces.

        Args:
            form: as the index holds it.
            typed: what it replaces or completes; its marks are kept where its letters are.
        """
        if form in (words := _spellings()):
            return words[form]
        if typed:
            return _as_typed(form, typed)
        return self._inflected(form)

    def _inflected(self, form: str) -> str:
        """The word with the marks of its base, and half-spaces at the affixes that the analyzer tells from it."""
        bases = {base for token in self._analyzer.analyze(form) for base in (*token.lemmas, *token.stems)} - {form}
        for base in sorted(bases, key=len, reverse=True):
            written = _spellings().get(base, base)
            before, found, after = form.partition(base)
            if found and not before:
                blank = ZWNJ if _SUFFIX.fullmatch(after) or (base[-1] == "ه" and after in _AFTER_HE) else ""
                return f"{written}{blank}{after}"
        verb = _IMPERFECTIVE.match(form)
        return f"{verb[0]}{ZWNJ}{form[verb.end() :]}" if verb and form in self._analyzer.tables.verbs else form


def _as_typed(form: str, typed: str) -> str:
    """The folded word with the marks and half-spaces of the typed one between letters that both have."""
    folded, origins = fold_aligned(typed)
    written = list(form)
    for ours, theirs, length in SequenceMatcher(None, folded, form, autojunk=False).get_matching_blocks():
        for step in range(length):
            mark = typed[origins[ours + step]]
            if mark in _FOLDED_AWAY:
                written[theirs + step] = mark
    return "".join(written)


@cache
def _spellings() -> dict[str, str]:
    """Folded solid word -> its commonest spelling, for the frequent words of hazm's list that folding changes.

    A part of a word with half-spaces is a word, too, where the list has no other (آموزان of دانش‌آموزان).
    """
    listed = _LISTED.findall(hazm_file("words.dat").read_text(encoding="utf-8"))
    frequent = sorted((_weight(word, int(count)), word) for word, count in listed if int(count) >= _COMMON)
    spellings = {fold(part): part for _, word in frequent for part in word.split(ZWNJ)[1:] if len(part) > _SHORT_PART}
    spellings |= {fold(word).replace(ZWNJ, ""): word for _, word in frequent}
    return {solid: word for solid, word in spellings.items() if word != solid}


def _weight(word: str, count: int) -> int:
    """The count by which spellings of a word compete; writing آمریکا as امریکا is common, but the mark is right."""
    return count * (1 if set(_MARKS).isdisjoint(word) else 10)
