"""What the analysis costs: learning, bulk analysis cold and warm, one query, and a cold start.

    python -m tests.benchmarks.analysis FILE...

FILE... are sources that `bayegan index` reads. Times are those
of the processor, on one core, so that other work on the machine counts less. Rates are given in articles of the corpus,
and in articles of 390 words, which is the length that other engines were measured with.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from search.article import Article
from search.persian import Analyzer, Tables, learn
from search.sources import Profile, read
from tests.benchmarks.timing import machine, median_ms

WORDS = 390
QUERY = "انتخاب سرمربی تیم ملی فوتبال ایران در نشست هیئت رئیسه"
_START = (
    "from search.persian import Analyzer, Tables; Analyzer(Tables.from_bytes(open({!r}, 'rb').read())).analyze({!r})"
)


def texts(files: Sequence[Path]) -> list[str]:
    """The whole text of each article."""
    profile = Profile()
    found = (article for file in files for article in read(file, profile) if isinstance(article, Article))
    return ["\n".join((article.title, article.lead, *article.body)) for article in found]


def seconds(work: Callable[[], object]) -> float:
    """The processor time of a call."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def cold_start_ms(frozen: Path) -> float:
    """The time of a new process that reads tables and analyses one query, beyond that of an empty one."""

    def run(code: str) -> float:
        return median_ms(lambda: subprocess.run([sys.executable, "-c", code], check=True))

    return run(_START.format(str(frozen), QUERY)) - run("pass")


def main() -> None:
    """The command."""
    command = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    command.add_argument("files", type=Path, nargs="+", metavar="FILE")
    command.add_argument("--tables", type=Path, default=Path("tables.bin"), help="where to put the learned tables")
    options = command.parse_args()
    articles = texts(options.files)
    words = sum(len(text.split()) for text in articles)
    learned: list[Tables] = []
    learning = seconds(lambda: learned.append(learn(articles)))
    analyzer = Analyzer(learned[0])

    def analyse() -> None:
        for text in articles:
            analyzer.encode(text)

    print(f"{machine()}\n{len(articles):,} articles of {words / len(articles):.0f} words on average\n")
    print(f"learning          {learning:8.1f} s")
    for name in ("cold", "warm"):
        taken = seconds(analyse)
        rate, usual = len(articles) / taken, words / WORDS / taken
        print(f"analysis, {name}    {rate:8,.0f} articles/s, {usual:,.0f} of {WORDS} words")
    print(f"one query         {median_ms(lambda: analyzer.analyze(QUERY)):8.3f} ms")
    print(f"one new query     {median_ms(lambda: Analyzer(learned[0]).analyze(QUERY)):8.3f} ms, with a new analyzer")
    options.tables.write_bytes(learned[0].to_bytes())
    size = options.tables.stat().st_size / 1e3
    print(f"cold start        {cold_start_ms(options.tables):8.0f} ms, tables of {size:,.0f} kB")


if __name__ == "__main__":
    main()
