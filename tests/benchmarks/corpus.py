"""A news corpus of any size for measurements of speed and scale, recombined from real articles.

    python -m tests.benchmarks.corpus SEED.jsonl --docs 100000 --out CORPUS.jsonl

SEED has real articles, one a line, with `title` and `body`. Each article of the corpus takes a title and a run of
sentences of one of them and a few sentences of another, so word frequencies, spelling variants and lengths stay real.
The same seed articles, --docs and --random give the same bytes. Never judge relevance by it: its topics mean nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

SECTIONS = ("سیاسی", "اقتصادی", "ورزشی", "اجتماعی", "فرهنگی", "بین‌الملل", "علمی", "استان‌ها")
_SENTENCE_END = re.compile(r"(?<=[.؟!])\s+|\n+")
_SHORTEST = 20


def sentences(seed: Path) -> list[tuple[str, list[str]]]:
    """The title and the sentences of each seed article that has any."""
    found = []
    with seed.open(encoding="utf-8") as lines:
        for article in map(json.loads, lines):
            parts = [part.strip() for part in _SENTENCE_END.split(article["body"])]
            if kept := [part for part in parts if len(part) >= _SHORTEST]:
                found.append((article["title"] or kept[0][:60], kept))
    return found


def recombined(seed: Path, count: int, state: int = 1) -> Iterator[dict[str, str]]:
    """`count` articles, with section, Jalali date and time drawn at random."""
    rng = random.Random(state)
    pool = sentences(seed)
    for number in range(count):
        (title, first), (_, second) = rng.choice(pool), rng.choice(pool)
        length = rng.randint(4, 16)
        start = rng.randint(0, max(0, len(first) - length))
        body = first[start : start + length] + rng.sample(second, min(len(second), length // 2))
        yield {
            "id": str(1_000_000 + number),
            "title": title,
            "lead": body[0],
            "body": "\n".join(body),
            "section": rng.choices(SECTIONS, weights=range(len(SECTIONS), 0, -1))[0],
            "date": f"{rng.randint(1380, 1404)}/{rng.randint(1, 12):02}/{rng.randint(1, 29):02}",
            "time": f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}",
        }


def write(path: Path, seed: Path, count: int, state: int = 1) -> None:
    """Write a corpus as JSONL."""
    with path.open("w", encoding="utf-8") as out:
        for article in recombined(seed, count, state):
            out.write(json.dumps(article, ensure_ascii=False) + "\n")


def main() -> None:
    """The command."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("seed", type=Path)
    cli.add_argument("--docs", type=int, default=100_000)
    cli.add_argument("--random", type=int, default=1, help="state of the random numbers")
    cli.add_argument("--out", type=Path, required=True)
    args = cli.parse_args()
    write(args.out, args.seed, args.docs, args.random)


if __name__ == "__main__":
    main()
