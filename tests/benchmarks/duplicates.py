"""How well near-duplicates are found: copies of real articles, changed in known ways, among all the others.

    python -m tests.benchmarks.duplicates DIR [--sample 500] [--show]

DIR holds articles in any format that `bayegan index` reads. A sample of them is copied, each in every way below, by an
agency of its own and a later day; originals and copies are indexed together, but for each twentieth original, which
only lends its words to the changes. Recall is the share of the copies of a
kind that come into the cluster of their original; precision the share of the members of all clusters that are copies
of the cluster's first article, or have its very text. `--show` prints the others, to be judged by eye.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from search import stored
from search.article import Article
from search.engine.duplicates import find_clusters
from search.engine.index import Index
from search.engine.signature import SHORTEST
from search.engine.writer import IndexWriter
from search.sources import Profile, read, walk

ZWNJ = "\u200c"
FIRST_DAY = date(2020, 1, 1)
_SENTENCE_END = re.compile(r"(?<=[.؟!])\s+")
_MARK = re.compile(r"\s?[.,،؛:«»()\"'!؟\-]")

#: (the random state, an article, another one) -> a changed copy.
type Change = Callable[[random.Random, Article, Article], Article]


def sentences(article: Article) -> list[str]:
    """Those of the body."""
    return [sentence for paragraph in article.body for sentence in _SENTENCE_END.split(paragraph)]


def texts(article: Article, change: Callable[[str], str]) -> Article:
    """With all its texts changed."""
    body = tuple(change(paragraph) for paragraph in article.body)
    return replace(article, title=change(article.title), lead=change(article.lead), body=body)


def cut(share: float) -> Change:
    """Only so much of the words of lead and body is left, from the beginning, in whole sentences but for the last."""

    def change(rng: random.Random, article: Article, other: Article) -> Article:
        words = f"{article.lead}\n{'\n'.join(article.body)}".split(" ")
        text = " ".join(words[: round(len(words) * share)])
        return replace(article, lead="", body=tuple(text.split("\n")))

    return change


def reordered(rng: random.Random, article: Article, other: Article) -> Article:
    """The sentences in another order."""
    parts = sentences(article)
    rng.shuffle(parts)
    return replace(article, body=tuple(parts))


def repunctuated(rng: random.Random, article: Article, other: Article) -> Article:
    """Half of the punctuation gone, the rest changed; everything in one paragraph."""
    changed = texts(article, lambda text: _MARK.sub(lambda found: rng.choice(("", " ", "،", " - ")), text))
    return replace(changed, body=(" ".join(changed.body),))


def respelled(half_space: str) -> Change:
    """Letters as Arabic keyboards write them, digits of the other script, and half-spaces written as `half_space`."""
    table = str.maketrans("یک۰۱۲۳۴۵۶۷۸۹", "يك0123456789") | {ord(ZWNJ): half_space}
    return lambda rng, article, other: texts(article, lambda text: text.translate(table))


def signed(rng: random.Random, article: Article, other: Article) -> Article:
    """Another title, an agency's line before the lead, its own line at the end."""
    lead = f"به گزارش خبرنگار گروه اخبار داخلی خبرگزاری نمونه به نقل از منابع آگاه، {article.lead}"
    return replace(article, title=other.title, lead=lead, body=(*article.body, "انتهای پیام/ ن ۱۲۳"))


def reworded(share: float) -> Change:
    """So many of the words are others, drawn from the other article."""

    def change(rng: random.Random, article: Article, other: Article) -> Article:
        words = " ".join((other.title, *other.body)).split()
        return texts(
            article, lambda text: " ".join(rng.choice(words) if rng.random() < share else w for w in text.split(" "))
        )

    return change


def continued(share: float) -> Change:
    """Followed by another text, of so many of its words."""

    def change(rng: random.Random, article: Article, other: Article) -> Article:
        words = " ".join(other.body).split() * 40
        count = round(share * len(" ".join((article.lead, *article.body)).split()))
        return replace(article, body=(*article.body, " ".join(words[:count])))

    return change


def republished(rng: random.Random, article: Article, other: Article) -> Article:
    """As another agency does: cut to three quarters, reordered, repunctuated, respelled, signed."""
    for step in (cut(0.75), reordered, repunctuated, respelled(" "), signed):
        article = step(rng, article, other)
    return article


KINDS: Mapping[str, Change] = {
    "as it was": lambda rng, article, other: article,
    "cut to 75%": cut(0.75),
    "cut to 50%": cut(0.5),
    "cut to 33%": cut(1 / 3),
    "cut to 25%": cut(0.25),
    "sentences reordered": reordered,
    "repunctuated": repunctuated,
    "respelled, half-spaces as blanks": respelled(" "),
    "respelled, half-spaces lost": respelled(""),
    "other title, agency's lines": signed,
    "5% of words replaced": reworded(0.05),
    "10% of words replaced": reworded(0.1),
    "20% of words replaced": reworded(0.2),
    "half as much text added": continued(0.5),
    "as much text added": continued(1),
    "republished (five changes)": republished,
}


def originals(directory: Path) -> list[Article]:
    """The articles of DIR, each as of an agency and a day of its own."""
    found = [one for path in walk([directory]) for one in read(path, Profile()) if isinstance(one, Article)]
    days = (FIRST_DAY - timedelta(days=number) for number in range(len(found)))
    return [
        replace(article, agency="اصل", code=str(number), published=day)
        for number, (article, day) in enumerate(zip(found, days, strict=True))
    ]


def copies(
    found: Sequence[Article], strangers: Sequence[Article], sample: int, rng: random.Random
) -> Iterator[tuple[str, int, Article]]:
    """Kind, number of the original, copy; for each of a sample of articles and each kind. Words come from strangers."""
    for number in rng.sample(range(len(found)), min(sample, len(found))):
        for kind, change in KINDS.items():
            copy = change(rng, found[number], rng.choice(strangers))
            day = FIRST_DAY + timedelta(days=rng.randint(1, 1000))
            yield kind, number, replace(copy, agency=kind, published=day)


def indexed(articles: Sequence[Article], directory: Path) -> Index:
    """An index of the articles."""
    with IndexWriter(directory) as writer:
        for article in articles:
            writer.add(stored.to_document(article))
        writer.commit(last=True)
    return Index.open(directory)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    everything = originals(arguments.directory)
    strangers, found = everything[::20], [article for i, article in enumerate(everything) if i % 20]
    made = list(copies(found, strangers, arguments.sample, random.Random(1)))
    with tempfile.TemporaryDirectory() as directory:
        index = indexed([*found, *(copy for _, _, copy in made)], Path(directory))
        report(index, found, made, show=arguments.show)


def report(index: Index, found: Sequence[Article], made: Sequence[tuple[str, int, Article]], *, show: bool) -> None:
    """Print what was found of what there is."""
    started = time.process_time()
    clusters = find_clusters(index.snapshot)
    print(f"{index.count:,} articles, {len(clusters):,} clusters in {time.process_time() - started:.2f} CPU s\n")
    print_recall(index, found, made)
    origins = {article.key: article for article in found}
    origins |= {copy.key: found[number] for _, number, copy in made}
    texts_of = {key: " ".join((article.lead, *article.body)) for key, article in origins.items()}
    wrong = right = 0
    for cluster in range(1, len(clusters) + 1):
        first, *others = clusters.docs[clusters.first[cluster] : clusters.first[cluster + 1]].tolist()
        leader = stored.from_bytes(index.stored(first))
        for member in (stored.from_bytes(index.stored(doc)) for doc in others):
            same = texts_of[leader.key] == texts_of[member.key]
            right += same
            wrong += not same
            if show and not same:
                print(f"    {leader.agency} {leader.title} | {' '.join((leader.lead, *leader.body))[:300]}")
                print(f" != {member.agency} {member.title} | {' '.join((member.lead, *member.body))[:300]}\n")
    precision = right / max(right + wrong, 1)
    print(f"\nprecision {precision:.4f}: {wrong} of {right + wrong} members are no copies of the first")


def print_recall(index: Index, found: Sequence[Article], made: Sequence[tuple[str, int, Article]]) -> None:
    """One line a kind; copies and originals too short for a signature are counted apart."""
    clusters = find_clusters(index.snapshot)
    hits, tried, short = Counter[str](), Counter[str](), Counter[str]()
    for kind, number, copy in made:
        original, own = (index.lookup(article.key) for article in (found[number], copy))
        assert original is not None
        assert own is not None
        if min(_shingles(index, original), _shingles(index, own)) < SHORTEST:
            short[kind] += 1
            continue
        tried[kind] += 1
        hits[kind] += own in clusters.members(original)
    print(f"{'kind of change':34}{'recall':>8}{'pairs':>8}{'too short':>11}")
    for kind in KINDS:
        print(f"{kind:34}{hits[kind] / max(tried[kind], 1):8.4f}{tried[kind]:8}{short[kind]:11}")


def _shingles(index: Index, doc: int) -> int:
    segment, local = index.snapshot.locate(doc)
    return int(segment.numbers("shingles")[local])


if __name__ == "__main__":
    main()
