"""How well query help corrects: `python -m tests.benchmarks.suggest DIR [--queries N]`.

DIR holds `docs.jsonl.gz` (title, body), and `topics.tsv` (number, tab, text) if right queries are to be tried too.
Every other article makes the archive; the rest give the queries, pairs of neighbouring words, so that none was seen
before. One word of each is misspelt as people err: a neighbouring key, a letter of the same sound, one dropped,
doubled, exchanged or added, a blank added; or both are typed on the other keyboard layout; and there are Finglish
words. As in the searcher, only a query that finds fewer than five articles is corrected, by one that finds more; those
that find five are passed over. The errors are made by rules like those that correct them: the figures compare versions
of this program, and promise nothing about readers. Printed for each kind of error:

    right   the query that was meant is offered
    three   ... is among the first three corrections, before it is counted what they find
    none    nothing is offered
    wrong   another query is offered

and for right queries: how often there are corrections by their words alone, and how often one is offered.
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
COLUMNS = ("right", "three", "none", "wrong")
FINGLISH = Path(__file__).parent.parent / "suggest" / "finglish.tsv"
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

    def __init__(self, archive: Archive, checker: SpellChecker) -> None:
        self.archive = archive
        self.checker = checker
        self.counts: Counter[str] = Counter()
        self.took: list[float] = []

    def try_query(self, typed: str, meant: str) -> None:
        """Correct a query and judge the correction by the words that it stands for."""
        total = self.archive.found(typed)
        forms = self.archive.forms(meant)
        if total >= FEW or forms == self.archive.forms(typed) or not self.archive.found(meant):
            return
        start = time.perf_counter()
        offered = self.checker.corrections(typed)
        self.took.append(time.perf_counter() - start)
        best = self.checker.best(typed, total, self.archive.found)
        right = best is not None and self.archive.forms(best.query) == forms
        self.counts["tried"] += 1
        self.counts["right" if right else "wrong" if best else "none"] += 1
        self.counts["three"] += any(self.archive.forms(correction.query) == forms for correction in offered[:3])

    def row(self, name: str) -> str:
        """One line of the table, in percent."""
        tried = max(1, self.counts["tried"])
        shares = "".join(f"{self.counts[key] / tried:9.1%}" for key in COLUMNS)
        return f"{name:14}{self.counts['tried']:7}{shares}"


def measure_errors(archive: Archive, checker: SpellChecker, pairs: Sequence[tuple[str, str]], seed: int) -> None:
    """Misspell each pair in every way, and print the table and the time taken."""
    chance = random.Random(seed)
    scores: dict[str, Score] = {}
    for error in ERRORS:
        score = scores.setdefault(error.__name__, Score(archive, checker))
        for first, second in pairs:
            score.try_query(f"{error(first, chance)} {second}", f"{first} {second}")
    scores["layout"], scores["finglish"] = Score(archive, checker), Score(archive, checker)
    for pair in pairs:
        scores["layout"].try_query(keyboard.to_latin(" ".join(pair))[0], " ".join(pair))
    for line in FINGLISH.read_text(encoding="utf-8").splitlines():
        scores["finglish"].try_query(*line.split("\t"))
    print(f"{'error':14}{'tried':>7}" + "".join(f"{name:>9}" for name in COLUMNS))
    for name, score in scores.items():
        print(score.row(name))
    took = sorted(time for score in scores.values() for time in score.took)
    print(f"corrections: median {took[len(took) // 2] * 1000:.1f} ms, 99 % {took[len(took) * 99 // 100] * 1000:.1f} ms")


def measure_right(archive: Archive, checker: SpellChecker, name: str, right: Sequence[str]) -> None:
    """Print how often queries without an error are corrected."""
    doubted = sum(bool(checker.corrections(query)) for query in right)
    few = [(query, total) for query in right if (total := archive.found(query)) < FEW]
    offered = sum(checker.best(query, total, archive.found) is not None for query, total in few)
    size = max(1, len(right))
    print(f"{name:14}{len(right):7} right queries   doubted {doubted / size:6.1%}   corrected {offered / size:6.1%}")


def main() -> None:
    """Run the measurement of the command line."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("directory", type=Path)
    cli.add_argument("--queries", type=int, default=500)
    cli.add_argument("--seed", type=int, default=1)
    options = cli.parse_args()
    texts = articles(options.directory)
    archive = Archive(texts[::2])
    checker = SpellChecker(archive.vocabulary, archive.analyzer)
    pairs = list(queries(texts[1::2], archive, options.queries, random.Random(options.seed)))
    print(f"{len(texts[::2])} articles, {len(archive.vocabulary)} words")
    measure_errors(archive, checker, pairs, options.seed)
    measure_right(archive, checker, "unseen pairs", [" ".join(pair) for pair in pairs])
    topics = options.directory / "topics.tsv"
    if topics.exists():
        lines = topics.read_text(encoding="utf-8").splitlines()
        measure_right(archive, checker, "topics", [line.split("\t")[1] for line in lines[:1000]])


if __name__ == "__main__":
    main()
