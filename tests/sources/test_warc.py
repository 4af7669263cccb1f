"""Web archives: which records give articles, what is known of them, and what damage costs."""

import gzip
import zlib
from datetime import UTC, datetime

import brotli
import pytest
import zstandard

from search.article import Article
from tests.sources.packed import TEXT, WebArchive, found, page, reasons, title, titles, zip_of

ISNA = "https://www.isna.ir/news/1400042417/title"
SAVED = datetime(2021, 7, 15, 9, 57, 27, tzinfo=UTC)
CUT = "the web archive is cut short; what came before was read"
DAMAGED = "the web archive is damaged; what came before and after was read"


def chunked(body: bytes, size: int = 50) -> bytes:
    """A body in chunks of so many bytes."""
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def bare_deflate(body: bytes) -> bytes:
    """Deflate without the header of zlib, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("packed", [False, True])
def test_page_with_all_that_is_known_of_it(tmp_path, packed):
    """A response record gives the page's article, its address, the day it was saved, and its place in the file."""
    (article,) = found(tmp_path / "file", WebArchive(packed=packed).add(ISNA, page(1)).data)
    assert isinstance(article, Article)
    assert (article.title, article.body) == (title(1), (TEXT,))
    assert (article.url, article.agency, article.code) == (ISNA, "ایسنا", "1400042417")
    assert article.captured == SAVED
    assert article.captured.tzinfo is UTC
    assert article.published is None
    assert article.source == f"{tmp_path / 'file'}!{ISNA}"


def test_canonical_address_of_the_page_goes_first(tmp_path):
    """The address that was asked for stands only where the page names none that is whole."""
    canonical = page(1).replace(b"<body>", b"<head><link rel=canonical href='https://x.ir/news/12345'></head><body>")
    relative = page(2).replace(b"<body>", b"<head><link rel=canonical href='/news/12345'></head><body>")
    first, second = found(tmp_path / "file", WebArchive().add(ISNA, canonical).add(ISNA, relative).data)
    assert first.url == "https://x.ir/news/12345"
    assert second.url == ISNA


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(page(1)), {"Transfer-Encoding": "chunked"}),
        (chunked(gzip.compress(page(1))), {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}),
        (gzip.compress(page(1)), {"content-encoding": "GZIP"}),
        (zlib.compress(page(1)), {"Content-Encoding": "deflate"}),
        (bare_deflate(page(1)), {"Content-Encoding": "deflate"}),
        (brotli.compress(page(1)), {"Content-Encoding": "br"}),
        (zstandard.compress(page(1)), {"Content-Encoding": "zstd"}),
        (brotli.compress(gzip.compress(page(1))), {"Content-Encoding": "gzip, br"}),
        (page(1), {"Content-Encoding": "gzip"}),
        (page(1), {"Transfer-Encoding": "chunked"}),
        (page(1), {"Content-Encoding": "unheard-of"}),
    ],
)
def test_bodies_come_in_chunks_and_compressed(tmp_path, body, headers):
    """Chunks and compressions are undone; those that a crawler has undone already, but still names, do no harm."""
    (article,) = found(tmp_path / "file", WebArchive().add(ISNA, body, *headers.items()).data)
    assert (article.title, article.body) == (title(1), (TEXT,))


def test_encoding_that_the_server_names(tmp_path):
    """The charset of the HTTP header counts before that of the page."""
    body = (
        "<html><head><meta charset=utf-16></head><body><h1>سيل در شمال كشور</h1>"
        "<p>باران تا صبح بند نيامد و سيل آمد.</p></body></html>"
    )
    data = WebArchive().add(ISNA, body.encode("cp1256"), type="text/html; charset=windows-1256").data
    (article,) = found(tmp_path / "file", data)
    assert article.title == "سيل در شمال كشور"
    assert not any("windows" in note for note in article.notes)


def test_what_is_no_page_is_passed_over(tmp_path):
    """Pictures, missing pages, redirections and requests are neither articles nor rejections."""
    archive = WebArchive().add("https://x.ir/robots.txt", b"User-agent: *", type="text/plain")
    archive.add("https://x.ir/a.png", b"\x89PNG", type="image/png")
    archive.add("https://x.ir/404", page(1), status="404 Not Found")
    archive.add("https://x.ir/moved", page(1), ("Location", ISNA), status="301 Moved Permanently")
    archive.add("https://x.ir/untyped", b"\x00\x01", type="").add("https://x.ir/page", page(2), type="")
    archive.resource("https://x.ir/style", b"p {}", "text/css").resource("https://x.ir/saved", page(3), "text/html")
    assert [(result.title, result.url) for result in found(tmp_path / "file", archive.data)] == [
        (title(2), "https://x.ir/page"),
        (title(3), "https://x.ir/saved"),
    ]


def test_archive_without_a_page_says_so(tmp_path):
    """A file that gives nothing is told of once."""
    data = WebArchive().add("https://x.ir/a.png", b"\x89PNG", type="image/png").data
    assert reasons(found(tmp_path / "file", data)) == [": holds no article"]


def test_revisits(tmp_path):
    """A page seen again is no article; it is told of, with others in one rejection, if what was seen is elsewhere."""
    archive = WebArchive().add(ISNA, page(1)).revisit("https://x.ir/again", "sha1:UNKNOWN", ISNA)
    digest = next(line for line in archive.data.decode().split("\r\n") if line.startswith("WARC-Payload-Digest: "))
    archive.revisit("https://x.ir/same", digest.partition(": ")[2], "https://x.ir/other")
    archive.revisit("https://x.ir/logo.png", "sha1:PICTURE", "https://x.ir/logo.png", "image/png")
    archive.revisit("https://x.ir/2", "sha1:SECOND", "https://x.ir/2")
    article, missing = found(tmp_path / "file", archive.data)
    assert article.title == title(1)
    assert missing.reason == (
        "2 pages are only referred to as seen before, first 'https://x.ir/again'; "
        "add the web archive that holds what was seen"
    )


@pytest.mark.parametrize(
    ("date", "captured"),
    [
        ("2021-07-15T09:57:27.123456789Z", SAVED.replace(microsecond=123456)),
        ("2021-07-15T14:27:27+04:30", SAVED),
        ("2021-07-15", datetime(2021, 7, 15, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_date_of_capture(tmp_path, date, captured):
    """In UTC, however it is written; unknown where it is none."""
    data = WebArchive().add(ISNA, page(1), date=date).data
    assert [article.captured for article in found(tmp_path / "file", data)] == [captured]


def test_page_cut_by_the_crawler_has_a_note(tmp_path):
    """A page that was saved in part is kept, and says so."""
    whole = WebArchive().add(ISNA, page(1)).data
    truncated = whole.replace(b"WARC-Type: response\r\n", b"WARC-Type: response\r\nWARC-Truncated: length\r\n")
    unfinished = WebArchive().add(ISNA, chunked(page(1))[:-5], ("Transfer-Encoding", "chunked")).data
    for data, cut in ((whole, False), (truncated, True), (unfinished, True)):
        (article,) = found(tmp_path / "file", data)
        assert ("the page was cut when it was saved" in article.notes) == cut


def test_long_page_is_rejected(tmp_path):
    """The limit of a page holds, also for what a few bytes unpack to, and the next record is read."""
    bomb = gzip.compress(b"<html>" + b"0" * 20_000_000)
    archive = WebArchive().add("https://x.ir/bomb", bomb, ("Content-Encoding", "gzip"))
    archive.add("https://x.ir/long", b"<html>" + b"0" * 17_000_000).add(ISNA, page(1))
    results = found(tmp_path / "file", archive.data)
    assert reasons(results) == [
        f"!https://x.ir/{name}: longer than 8 MB, the limit of one document" for name in ("bomb", "long")
    ]
    assert titles(results) == [title(1)]


def archive_of(count: int, *, packed: bool) -> bytes:
    """A web archive of so many pages."""
    archive = WebArchive(packed=packed)
    for number in range(count):
        archive.add(f"https://x.ir/{number}", page(number))
    return archive.data


def test_cut_archive(tmp_path):
    """What came before a cut is read; then one rejection says that it was cut."""
    data = archive_of(6, packed=False)
    results = found(tmp_path / "file", data[: len(data) // 2])
    assert titles(results) == [title(0), title(1)]
    assert reasons(results) == [f": {CUT}"]
    data = archive_of(6, packed=True)
    results = found(tmp_path / "file", data[: len(data) // 2])
    assert titles(results) == [title(0), title(1)]
    assert reasons(results) == [": the gzip file is cut short; what came before was read"]


@pytest.mark.parametrize("length", [b"10", b"9999", b"-1", b"many", b"9" * 5000])
def test_lying_length_costs_its_record(tmp_path, length):
    """A record whose length is wrong is lost, with the next where it is too long; all others are read."""
    data = archive_of(12, packed=False)
    start = data.index(b"Content-Length: ", data.index(b"https://x.ir/3")) + 16
    results = found(tmp_path / "file", data[:start] + length + data[data.index(b"\r\n", start) :])
    assert DAMAGED in reasons(results)[-1] or CUT in reasons(results)[-1]
    assert [name for name in titles(results) if name in (title(0), title(1), title(2))] == [title(n) for n in range(3)]
    assert length == b"9999" or titles(results)[-8:] == [title(number) for number in range(4, 12)]


def test_damage_costs_one_record(tmp_path):
    """A flipped byte in one packed record, and rubbish between two records, leave all others readable."""
    data = bytearray(archive_of(6, packed=True))
    starts = [place for place in range(len(data)) if data[place : place + 4] == b"\x1f\x8b\x08\x00"]
    data[(starts[3] + starts[4]) // 2] ^= 0xFF
    results = found(tmp_path / "file", bytes(data))
    assert titles(results) == [title(number) for number in (0, 1, 3, 4, 5)]
    assert len(reasons(results)) == 1
    data = archive_of(6, packed=False)
    second = data.index(b"WARC/1.1", data.index(b"https://x.ir/2"))
    results = found(tmp_path / "file", data[:second] + b"\0rubbish\r\n\r\n\xff" * 99 + b"\r\n" + data[second:])
    assert titles(results) == [title(number) for number in range(6)]
    assert reasons(results) == [f": {DAMAGED}"]


def test_web_archive_in_an_archive(tmp_path):
    """It is read where it lies, packed or not."""
    data = zip_of({"a.warc": archive_of(2, packed=False), "b.warc.gz": archive_of(2, packed=True)})
    results = found(tmp_path / "file", data)
    assert [result.source.partition("!")[2] for result in results] == [
        f"{name}!https://x.ir/{number}" for name in ("a.warc", "b.warc.gz") for number in (0, 1)
    ]
