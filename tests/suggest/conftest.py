"""A vocabulary to correct with: hazm's word list as if it were an archive, and the words that the lists here mean."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from search.persian import Analyzer, Tables, fold
from search.persian.lexicon import hazm_file
from search.suggest import SpellChecker, Vocabulary

HERE = Path(__file__).parent


def pairs(name: str) -> Iterator[tuple[str, str]]:
    """The lines of a list beside this file: what is typed, and what is meant."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        typed, meant = line.split("\t")
        yield typed, meant


def vocabulary(frequencies: dict[str, int]) -> Vocabulary:
    """A vocabulary of the given words."""
    terms = sorted(frequencies)
    return Vocabulary(terms, np.array([frequencies[term] for term in terms], dtype=np.uint32))


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    """The analyzer of an archive that taught nothing."""
    return Analyzer(Tables.shipped())


@pytest.fixture(scope="session")
def language(analyzer: Analyzer) -> Vocabulary:
    """Some 20,000 words with hazm's counts in thousands; a word that is meant by a list has 300 at least."""
    frequencies: dict[str, int] = {}
    for line in fold(hazm_file("words.dat").read_text(encoding="utf-8")).splitlines():
        word, count, _ = line.split("\t")
        if int(count) >= 1000:
            frequencies[word.replace("\u200c", "")] = int(count) // 1000
    for name in ("misspellings.tsv", "finglish.tsv"):
        for _, meant in pairs(name):
            for token in analyzer.analyze(meant):
                frequencies[token.form] = max(300, frequencies.get(token.form, 0))
    return vocabulary(frequencies)


@pytest.fixture(scope="session")
def checker(language: Vocabulary, analyzer: Analyzer) -> SpellChecker:
    """Corrects by the words of the language."""
    return SpellChecker(language, analyzer)
