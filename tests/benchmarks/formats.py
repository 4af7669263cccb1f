"""Speed of reading by format: the same articles written in every format, and read back from each.

    python -m tests.benchmarks.formats [--count 2000] [--words 300] [--only warc,zip]

The articles are made of the words of the sample archive, as many as an article of a news agency has. What is measured
is the time of the processor, without indexing; the shortest of three runs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import html
import io
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from search.article import Article
from search.errors import RejectedInput
from search.sources import Profile, read, walk
from tests.benchmarks.timing import machine, megabytes, table
from tests.sources.packed import PACKERS, WebArchive, tar_of, zip_of

Record = dict[str, str]

RUNS = 3
_SAMPLE = Path(__file__).parents[2] / "search" / "sample"


def records(count: int, words: int) -> Iterator[Record]:
    """Articles of so many words in six paragraphs, each with a code, a section and a day of its own."""
    known = [word for found in read(_SAMPLE / "news.jsonl", Profile()) for word in _words(found)]
    chance = random.Random(count)
    for number in range(count):
        paragraphs = [" ".join(chance.choices(known, k=words // 6)) + "." for _ in range(6)]
        yield {
            "code": str(1_000_000 + number),
            "agency": "ایسنا",
            "title": " ".join(chance.choices(known, k=9)),
            "lead": paragraphs[0],
            "body": "\n".join(paragraphs[1:]),
            "section": "ورزشی",
            "date": f"{1390 + number % 10}/{1 + number % 12:02}/{1 + number % 28:02} 14:27",
            "url": f"https://www.isna.ir/news/{1_000_000 + number}/title",
        }


def _words(found: Article | RejectedInput) -> list[str]:
    return " ".join(found.body).split() if isinstance(found, Article) else []


def page(record: Record) -> bytes:
    """A page with the article in it, a menu above and links below."""
    texts = {name: html.escape(text) for name, text in record.items()}
    links = "".join(f"<li><a href='/{n}'>پیوند شماره {n}</a></li>" for n in range(40))
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in texts["body"].split("\n"))
    return (
        f"<!DOCTYPE html><html lang=fa><head><meta charset=utf-8><title>{texts['title']} - ایسنا</title>"
        f"<link rel=canonical href='{texts['url']}'></head><body><ul class=menu>{links}</ul>"
        f"<div class=item-nav>کد خبر: {texts['code']} | {texts['date']} | سرویس: {texts['section']}</div>"
        f"<h1>{texts['title']}</h1><p class=lead>{texts['lead']}</p><div class=item-text>{paragraphs}</div>"
        f"<p>انتهای پیام</p><ul class=related>{links}</ul></body></html>"
    ).encode()


def text(record: Record) -> bytes:
    """The page as text."""
    head = f"خانه\nورزشی\n{record['title']}\n{record['date']} کد خبر: {record['code']}\n"
    return f"{head}{record['lead']}\n{record['body']}\nانتهای پیام\n".encode()


def _jsonl(all_records: list[Record]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in all_records).encode()


def _csv(all_records: list[Record]) -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, list(all_records[0]))
    writer.writeheader()
    writer.writerows(all_records)
    return target.getvalue().encode()


def _parquet(all_records: list[Record]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    target = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(all_records), target)
    return target.getvalue()


def _feed(all_records: list[Record]) -> bytes:
    items = "".join(
        f"<item><title>{html.escape(record['title'])}</title><link>{record['url']}</link>"
        f"<content:encoded><![CDATA[<p>{record['body'].replace(chr(10), '</p><p>')}</p>]]></content:encoded></item>"
        for record in all_records
    )
    namespace = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    return f"<?xml version='1.0'?><rss version='2.0' {namespace}><channel>{items}</channel></rss>".encode()


def _hamshahri(all_records: list[Record]) -> bytes:
    documents = "".join(
        f"<DOC>\n<DOCID>{record['code']}</DOCID>\n<DATE calender='Persian'>{record['date'][:10]}</DATE>\n"
        f"<CAT>{record['section']}</CAT>\n<TITLE><![CDATA[{record['title']}]]></TITLE>\n"
        f"<TEXT><![CDATA[{record['body']}]]></TEXT>\n</DOC>\n"
        for record in all_records
    )
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<HAMSHAHRI2>\n{documents}</HAMSHAHRI2>\n".encode()


def _web(all_records: list[Record], *, packed: bool) -> bytes:
    archive = WebArchive(packed=packed)
    for record in all_records:
        archive.add(record["url"], gzip.compress(page(record)), ("Content-Encoding", "gzip"))
    return archive.data


def _pages(all_records: list[Record]) -> dict[str, bytes]:
    return {f"{record['code']}.html": page(record) for record in all_records}


#: Format -> the files that hold all the articles.
FORMATS: dict[str, Callable[[list[Record]], dict[str, bytes]]] = {
    "text, a file each": lambda all_records: {f"{record['code']}.txt": text(record) for record in all_records},
    "html, a file each": _pages,
    "jsonl": lambda all_records: {"a.jsonl": _jsonl(all_records)},
    **{
        f"jsonl.{name}": lambda all_records, pack=pack: {"a": pack(_jsonl(all_records))}
        for name, pack in PACKERS.items()
    },
    "json": lambda all_records: {"a.json": json.dumps(all_records, ensure_ascii=False, indent=1).encode()},
    "csv": lambda all_records: {"a.csv": _csv(all_records)},
    "parquet": lambda all_records: {"a.parquet": _parquet(all_records)},
    "rss": lambda all_records: {"a.xml": _feed(all_records)},
    "hamshahri": lambda all_records: {"a.xml": _hamshahri(all_records)},
    "warc": lambda all_records: {"a.warc": _web(all_records, packed=False)},
    "warc.gz": lambda all_records: {"a.warc.gz": _web(all_records, packed=True)},
    "zip of html": lambda all_records: {"a.zip": zip_of(_pages(all_records))},
    "tar of html": lambda all_records: {"a.tar": tar_of(_pages(all_records))},
    "tar.gz of html": lambda all_records: {"a.tar.gz": gzip.compress(tar_of(_pages(all_records)))},
}


def seconds(folder: Path, count: int) -> float:
    """The time of the processor that reading a folder takes; every article has to come out."""
    shortest = float("inf")
    for _ in range(RUNS):
        before = time.process_time()
        found = [type(result) for path in walk([folder]) for result in read(path, Profile())]
        shortest = min(shortest, time.process_time() - before)
        if found != [Article] * count:
            raise SystemExit(f"{folder.name}: {found.count(Article)} of {count} articles were read")
    return shortest


def main() -> None:
    """Measure and print."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--count", type=int, default=2000)
    cli.add_argument("--words", type=int, default=300)
    cli.add_argument("--only", default="", help="formats whose name has one of these in it, separated by commas")
    args = cli.parse_args()
    all_records = list(records(args.count, args.words))
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for name, files in FORMATS.items():
            if any(part in name for part in args.only.split(",")):
                folder = Path(place) / name.replace(",", "").replace(" ", "-")
                folder.mkdir()
                for file, data in files(all_records).items():
                    (folder / file).write_bytes(data)
                time_of_one = seconds(folder, args.count) / args.count
                size = megabytes(folder)
                rows.append([name, f"{1 / time_of_one:,.0f}", f"{time_of_one * 1e3:.2f}", f"{size:,.1f}"])
    print(f"{args.count:,} articles of {args.words} words; {machine()}\n")
    print(table(["format", "articles/s of the processor", "ms each", "MB"], rows))


if __name__ == "__main__":
    main()
