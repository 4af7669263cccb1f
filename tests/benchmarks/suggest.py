"""How well query help corrects: `python -m tests.benchmarks.suggest DIR [--queries N]`.

DIR holds `docs.jsonl.gz` (title, body), and `topics.tsv` (number, tab, text) if right queries are to be tried too.
Every other article makes the archive; the rest give the queries, pairs of neighbouring words, so that none was seen
before. One word of each is misspelt as people err: a neighbouring key, a letter of the same sound, one dropped,
doubled, exchanged or added, a blank added, the other keyboard layout; a misspelt query that finds five articles is
passed over. The errors are made by rules like those that correct them: the figures compare versions of this program,
and promise nothing about readers. Printed for each kind of error:

    right   the first correction is the query that was meant
    three   ... is among the first three
    none    no correction was offered
    wrong   another query was offered first

and for all of them, when corrections are judged by what they find, as in the searcher (`confirmed`); and for right
queries: how often a correction comes at all, and how often one is left when only a query that finds fewer than five
articles is corrected, by one that finds more.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from search.persian import Analyzer, keyboard, learn
from search.suggest import SpellChecker, Vocabulary

FEW = 5
SAME_SOUND = ("زذضظ", "سصث", "تط", "هح", "قغ", "اع")
WORD = re.compile("[آ-یئؤأ]{3,}")


def articles(directory: Path) -> list[str]:
    """Title and text of each article of `docs.jsonl.gz`."""
    with gzip.open(directory / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [f"{article['title']}\n{article['body']}" for article in map(json.loads, lines)]


class Archive:
    """The words of some articles, and the articles that have them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.analyzer = Analyzer(learn(texts))
        self.having: dict[str, set[int]] = {}
        for number, text in enumerate(texts):
            for code in set(self.analyzer.encode(text)):
                self.having.setdefault(self.analyzer.types[code].form, set()).add(number)
        terms = sorted(self.having)
        frequencies = np.array([len(self.having[term]) for term in terms], dtype=np.uint32)
        self.vocabulary = Vocabulary(terms, frequencies)

    def forms(self, query: str) -> list[str]:
        """The words of a query as the index holds them."""
        return [token.form for token in self.analyzer.analyze(query)]

    def found(self, query: str) -> int:
        """How many articles have all the words."""
        postings = [self.having.get(form, set()) for form in self.forms(query)]
        return len(set.intersection(*postings)) if postings else 0


def near_key(word: str, chance: random.Random) -> str:
    """A letter replaced by that of a neighbouring key."""
    place = chance.randrange(len(word))
    around = sorted(keyboard.neighbours(word[place]))
    return word[:place] + chance.choice(around) + word[place + 1 :] if around else word


def same_sound(word: str, chance: random.Random) -> str:
    """A letter replaced by another of its sound, where the word has such a letter."""
    places = [(place, group) for place, letter in enumerate(word) for group in SAME_SOUND if letter in group]
    if not places:
        return word
    place, group = chance.choice(places)
    return word[:place] + chance.choice(group.replace(word[place], "")) + word[place + 1 :]


def dropped(word: str, chance: random.Random) -> str:
    """A letter left out."""
    place = chance.randrange(len(word))
    return word[:place] + word[place + 1 :]


def doubled(word: str, chance: random.Random) -> str:
    """A letter typed twice."""
    place = chance.randrange(len(word))
    return word[:place] + word[place] + word[place:]


def exchanged(word: str, chance: random.Random) -> str:
    """Two neighbouring letters exchanged."""
    place = chance.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def added(word: str, chance: random.Random) -> str:
    """A letter too many: that of a key beside one that was meant."""
    place = chance.randrange(len(word))
    around = sorted(keyboard.neighbours(word[place]))
    return word[:place] + chance.choice(around) + word[place:] if around else word


def cut(word: str, chance: random.Random) -> str:
    """A blank inside a word."""
    if len(word) < 4:
        return word
    place = chance.randrange(2, len(word) - 1)
    return f"{word[:place]} {word[place:]}"


ERRORS: tuple[Callable[[str, random.Random], str], ...] = (
    near_key, same_sound, dropped, doubled, exchanged, added, cut,
)  # fmt: skip


def queries(texts: Sequence[str], archive: Archive, count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Two neighbouring words, each at least three letters long and no stopword, from articles outside the archive."""
    seen: set[str] = set()
    while len(seen) < count:
        words = chance.choice(texts).split()
        if len(words) < 2:
            continue
        place = chance.randrange(len(words) - 1)
        pair = words[place], words[place + 1]
        query = " ".join(pair)
        if query in seen or not all(map(WORD.fullmatch, pair)):
            continue
        if len(tokens := archive.analyzer.analyze(query)) == 2 and all(token.lemmas for token in tokens):
            seen.add(query)
            yield pair


class Score:
    """Counts what became of the queries of one kind."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, archive: Archive, offered: Sequence[str], meant: str) -> None:
        """Judge the corrections of one query by the words that they stand for."""
        forms = archive.forms(meant)
        self.counts["tried"] += 1
        self.counts["right"] += bool(offered) and archive.forms(offered[0]) == forms
        self.counts["three"] += any(archive.forms(query) == forms for query in offered[:3])
        self.counts["none"] += not offered
        self.counts["wrong"] += bool(offered) and archive.forms(offered[0]) != forms

    def row(self, name: str) -> str:
        """One line of the table, in percent."""
        tried = max(1, self.counts["tried"])
        shares = "".join(f"{self.counts[key] / tried:9.1%}" for key in ("right", "three", "none", "wrong"))
        return f"{name:14}{self.counts['tried']:7}{shares}"


def confirmed(archive: Archive, checker: SpellChecker, query: str) -> list[str]:
    """The correction that the searcher would offer for a query, if any."""
    total = archive.found(query)
    best = checker.best(query, total, archive.found) if total < FEW else None
    return [best.query] if best else []


def correct(checker: SpellChecker, query: str, took: list[float]) -> list[str]:
    """The corrections of a query, the likeliest first; the time taken, in seconds, goes to `took`."""
    start = time.perf_counter()
    offered = [correction.query for correction in checker.corrections(query)]
    took.append(time.perf_counter() - start)
    return offered


def measure_errors(archive: Archive, pairs: Sequence[tuple[str, str]], chance: random.Random) -> list[float]:
    """Misspell each pair in every way and print the table; the times taken, in seconds."""
    checker = SpellChecker(archive.vocabulary, archive.analyzer)
    checker.corrections("آزمایس")
    took: list[float] = []
    overall, overall_confirmed = Score(), Score()
    print(f"{'error':14}{'tried':>7}{'right':>9}{'three':>9}{'none':>9}{'wrong':>9}")
    for error in ERRORS:
        score = Score()
        for first, second in pairs:
            meant, typed = f"{first} {second}", f"{error(first, chance)} {second}"
            if archive.forms(meant) == archive.forms(typed) or not archive.found(meant) or archive.found(typed) >= FEW:
                continue
            offered = correct(checker, typed, took)
            score.add(archive, offered, meant)
            overall.add(archive, offered, meant)
            overall_confirmed.add(archive, confirmed(archive, checker, typed), meant)
        print(score.row(error.__name__))
    print(overall.row("all"))
    print(overall_confirmed.row("confirmed"))
    measure_layout(archive, checker, pairs)
    return took


def measure_layout(archive: Archive, checker: SpellChecker, pairs: Sequence[tuple[str, str]]) -> None:
    """The pairs typed with the keyboard set to Latin."""
    score = Score()
    for pair in pairs:
        meant = " ".join(pair)
        if archive.found(meant):
            score.add(archive, correct(checker, keyboard.to_latin(meant)[0], []), meant)
    print(score.row("layout"))


def measure_right(archive: Archive, name: str, right: Sequence[str]) -> None:
    """Print how often queries without an error are corrected."""
    checker = SpellChecker(archive.vocabulary, archive.analyzer)
    offered = {query: correct(checker, query, []) for query in right}
    raw = sum(bool(corrections) for corrections in offered.values())
    left = sum(bool(confirmed(archive, checker, query)) for query in right)
    size = max(1, len(right))
    print(f"{name:14}{len(right):7}   offered {raw / size:6.1%}   left after counting {left / size:6.1%}")


def main() -> None:
    """Run the measurement of the command line."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("directory", type=Path)
    cli.add_argument("--queries", type=int, default=500)
    cli.add_argument("--seed", type=int, default=1)
    options = cli.parse_args()
    texts = articles(options.directory)
    archive = Archive(texts[::2])
    chance = random.Random(options.seed)
    pairs = list(queries(texts[1::2], archive, options.queries, chance))
    print(f"{len(texts[::2])} articles, {len(archive.vocabulary)} words")
    took = sorted(measure_errors(archive, pairs, chance))
    print(f"median {took[len(took) // 2] * 1000:.1f} ms, worst {took[-1] * 1000:.1f} ms a query")
    measure_right(archive, "unseen pairs", [" ".join(pair) for pair in pairs])
    topics = options.directory / "topics.tsv"
    if topics.exists():
        lines = topics.read_text(encoding="utf-8").splitlines()
        measure_right(archive, "topics", [line.split("\t")[1] for line in lines[:1000]])


if __name__ == "__main__":
    main()
