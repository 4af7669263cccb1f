"""The corpus of damaged inputs: files of every format, whole at first, then damaged in every way that was thought of.

Deterministic: the same names and bytes on each run. `corpus` gives them one by one, so that the large ones pass by.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import zstandard

from tests.sources.golden import FIXTURES
from tests.sources.packed import PACKERS, PAGES, TEXT, WebArchive, page, tar_of, zip_of

Damage = Callable[[bytes, random.Random], bytes]

LONG = 20 << 20  # bytes of an attribute or a line that is to be too long for a page
LONGER = 33 << 20  # ... and for a record
DEEP = 100_000
RECORDS = [{"title": f"خبر {n}", "body": TEXT, "date": "1400/04/24", "tags": ["الف", "ب"]} for n in range(40)]
_JSONL = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS).encode()
_CSV = ("title,body,date\n" + "".join(f'"{r["title"]}","{r["body"]}",{r["date"]}\n' for r in RECORDS)).encode()
_ITEM = "<item><title>خبر {n}</title><link>https://x.ir/news/{n}</link><description><![CDATA[<p>{text}</p>]]></description></item>"
_RSS = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>خبرها</title>'
    + "".join(_ITEM.format(n=n, text=TEXT) for n in range(30))
    + "</channel></rss>"
).encode()
_ATOM = (
    '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>خبرها</title>'
    + "".join(
        f"<entry><title>خبر {n}</title><id>tag:x.ir,{n}</id><updated>2021-07-15T09:57:27Z</updated>"
        f"<content type='html'>&lt;p&gt;{TEXT}&lt;/p&gt;</content></entry>"
        for n in range(30)
    )
    + "</feed>"
).encode()
_SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    + "".join(f"<url><loc>https://x.ir/news/{n}</loc><lastmod>2021-07-15</lastmod></url>" for n in range(30))
    + "</urlset>"
).encode()
_HAM2 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<HAMSHAHRI2>\n'
    + "".join(
        f"<DOC>\n<DOCID>HAM2-811011-{n:03}</DOCID>\n<DOCNO>HAM2-811011-{n:03}</DOCNO>\n"
        f'<DATE calender="Persian">1381/10/11</DATE>\n<DATE calender="Western">2003-01-01</DATE>\n'
        f"<CAT xml:lang='fa'>ورزش</CAT>\n<TITLE><![CDATA[خبر {n}]]></TITLE>\n<TEXT><![CDATA[{TEXT}]]></TEXT>\n</DOC>\n"
        for n in range(30)
    )
    + "</HAMSHAHRI2>\n"
).encode()


def specimens() -> dict[str, bytes]:
    """One whole file of every format that can be read, by its name."""
    tar = tar_of(PAGES)
    return {
        "page.txt": next(iter(sorted((FIXTURES / "text").glob("*.txt")))).read_bytes(),
        "page.html": (FIXTURES / "html" / "named_parts.html").read_bytes(),
        "jsonld.html": (FIXTURES / "html" / "json_ld_broken.html").read_bytes(),
        "records.jsonl": _JSONL,
        "records.json": json.dumps(RECORDS, ensure_ascii=False, indent=1).encode(),
        "records.csv": _CSV,
        "web.warc": _web_archive(packed=False),
        "web.warc.gz": _web_archive(packed=True),
        "feed.rss": _RSS,
        "feed.atom": _ATOM,
        "sitemap.xml": _SITEMAP,
        "collection.xml": _HAM2,
        "article.ham": f"خبر نخست از مجموعه\n{TEXT}\n{TEXT}\n".encode(),
        "records.parquet": _parquet(),
        "pages.zip": zip_of(PAGES),
        "stored.zip": zip_of(PAGES, zipfile.ZIP_STORED),
        "streamed.zip": zip_of(PAGES, streamed=True),
        "pages.tar": tar,
        **{f"pages.tar.{name}": pack(tar) for name, pack in PACKERS.items()},
        **{f"records.jsonl.{name}": pack(_JSONL) for name, pack in PACKERS.items()},
        "nested.zip": zip_of({"inner.zip": zip_of(PAGES), "inner.tar.gz": gzip.compress(tar, mtime=0)}),
    }


def _web_archive(*, packed: bool) -> bytes:
    archive = WebArchive(packed=packed)
    for name, data in PAGES.items():
        archive.add(f"https://x.ir/{name}", data)
        archive.add(f"https://x.ir/packed/{name}", gzip.compress(data, mtime=0), ("Content-Encoding", "gzip"))
    return archive.data


def _parquet() -> bytes:
    import pyarrow
    from pyarrow import parquet

    target = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(RECORDS), target)
    return target.getvalue()


# --- Damages --------------------------------------------------------------------------------------------------


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(1, len(data))]


def flip(data: bytes, chance: random.Random) -> bytes:
    """A few bits are others."""
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def hole(data: bytes, chance: random.Random) -> bytes:
    """A stretch holds something else: nulls, noise, or itself once more."""
    start, length = chance.randrange(len(data)), chance.choice((4, 100, 600))
    filling = chance.choice((bytes(length), chance.randbytes(length), data[start : start + length] * 2))
    return data[:start] + filling + data[start + length :]


def drop(data: bytes, chance: random.Random) -> bytes:
    """A stretch is missing, so that all after it is where it should not be."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 7, 500)) :]


def numbers(data: bytes, chance: random.Random) -> bytes:
    """Some of what may be lengths, counts or places is very large, negative, or zero."""
    damaged = bytearray(data)
    for _ in range(4):
        place = chance.choice((chance.randrange(len(data)), chance.randrange(min(len(data), 64)), len(data) - 24))
        struct.pack_into("<I", damaged, max(0, min(place, len(data) - 4)), chance.choice((0xFFFFFFFF, 0x7FFFFFFF, 0)))
    return bytes(damaged)


def digits(data: bytes, chance: random.Random) -> bytes:
    """All that is written in digits is another number."""
    return data.translate(bytes.maketrans(b"0123456789", bytes(chance.choices(b"0123456789", k=10))))


def nulls(data: bytes, chance: random.Random) -> bytes:
    """Null bytes stand everywhere."""
    return b"\0".join(data[start : start + 97] for start in range(0, len(data), 97))


def overrides(data: bytes, chance: random.Random) -> bytes:
    """Marks that turn the direction of text stand everywhere."""
    mark = "\u202e\u2067\u200f\u202d".encode()
    return mark.join(data[start : start + 61] for start in range(0, len(data), 61))


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """The parts are in another order."""
    size = max(1, len(data) // 7)
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    chance.shuffle(parts)
    return b"".join(parts)


def tail(data: bytes, chance: random.Random) -> bytes:
    """Something else follows the end."""
    return data + chance.choice((b"\0" * 700, b"\xff" * 700, chance.randbytes(700), data[:100]))


def encoded(encoding: str) -> Damage:
    """Text is in another encoding than it was, whatever it declares."""
    return lambda data, chance: data.decode("utf-8", "replace").encode(encoding, "replace")


def mojibake(data: bytes, chance: random.Random) -> bytes:
    """Text was taken for Latin, and encoded once more."""
    return data.decode("latin-1").encode()


DAMAGES: dict[str, Damage] = {
    damage.__name__: damage for damage in (cut, flip, hole, drop, numbers, digits, nulls, overrides, shuffled, tail)
}
ENCODINGS: dict[str, Damage] = {
    "mojibake": mojibake,
    **{name: encoded(name) for name in ("utf-16", "utf-16-be", "utf-32-le", "cp1256", "iso8859-6", "utf-7")},
}
_TEXTS = (".txt", ".html", ".jsonl", ".json", ".csv", ".rss", ".atom", ".xml", ".ham")


# --- Made to harm ---------------------------------------------------------------------------------------------


def hostile() -> Iterator[tuple[str, bytes]]:
    """What does not come of chance: bombs, depths, lengths, and headers that lie."""
    yield from _markup()
    yield from _records()
    yield from _bombs()
    yield from _lies()


def _markup() -> Iterator[tuple[str, bytes]]:
    head = "<html><body><h1>عنوان صفحه خبر</h1>"
    for tag in ("div", "b", "table", "ul><li", "span class=body", "a href=x", "svg", "p"):
        yield f"deep {tag}.html", (head + f"<{tag}>" * DEEP + TEXT).encode()
    yield "as deep as may be.html", (head + "<div>" * 49_000 + TEXT).encode()
    yield "as many as may be.html", (head + "<p>" * 49_000 + TEXT).encode()
    yield "closed only.html", (head + "</div>" * DEEP + TEXT).encode()
    for quote in ("'", '"', ""):
        yield (
            f"long attribute {ord(quote or '-')}.html",
            f"<html><body class={quote}{'x' * LONG}{quote}><p>{TEXT}".encode(),
        )
    yield "attribute within limits.html", f"<html><body title='{'x' * (7 << 20)}'><p>{TEXT}".encode()
    yield "open attribute.html", f"{head}<p>{TEXT}</p><p class='{'x ' * (3 << 20)}".encode()
    yield "open comment.html", f"{head}<p>{TEXT}</p><!--{'-' * (7 << 20)}".encode()
    yield "open tags.html", (head + "<p" * 3_000_000).encode()
    yield "angles.html", (head + "<" * 7_000_000).encode()
    yield "entities.html", (head + "&amp;" * 500_000 + f"<p>{TEXT}</p>").encode()
    yield "open script.html", f"{head}<p>{TEXT}</p><script>{'var x;' * 1_000_000}".encode()
    yield "many metas.html", ("<html><head>" + "<meta name=keywords content='الف'>" * DEEP + head).encode()
    yield "many links.html", (head + f"<p><a href=x>{TEXT}</a></p>" * 6_000).encode()
    yield "long title.html", f"<html><title>{'عنوان ' * 200_000}</title><p>{TEXT}".encode()
    for name, opening, closing in (
        ("rss", "<rss version='2.0'><channel><item><title>", "</title></item></channel></rss>"),
        ("atom", "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>", "</title></entry></feed>"),
        ("sitemap", "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>", "</loc></url></urlset>"),
        ("ham2", "<HAMSHAHRI2><DOC><DOCID>", "</DOCID></DOC></HAMSHAHRI2>"),
        ("html", "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>", "</p></body></html>"),
    ):
        yield from _xml(name, opening, closing)


def _xml(name: str, opening: str, closing: str) -> Iterator[tuple[str, bytes]]:
    """What can be wrong with any XML, as one format."""
    start = "<?xml version='1.0' encoding='{}'?>"
    root = opening[1:].split()[0].split(">")[0]
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    bomb = f"<!DOCTYPE {root} [<!ENTITY l0 'لول'>{laughs}]>"
    secret = (
        f"<!DOCTYPE {root} [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY % d SYSTEM 'http://127.0.0.1:9/d'> %d;]>"
    )
    blowup = f"<!DOCTYPE {root} [<!ENTITY a '{'ا' * 100_000}'>]>"
    utf8 = start.format("utf-8")
    yield f"laughs.{name}.xml", f"{utf8}{bomb}{opening}{TEXT} &l12;{closing}".encode()
    yield f"external.{name}.xml", f"{utf8}{secret}{opening}{TEXT} &x;{closing}".encode()
    yield f"quadratic.{name}.xml", f"{utf8}{blowup}{opening}{TEXT} {'&a;' * 20_000}{closing}".encode()
    yield f"deep.{name}.xml", f"{utf8}{opening}{'<x>' * DEEP}{TEXT}".encode()
    yield f"attribute.{name}.xml", f"{utf8}{opening}<x y='{'z' * LONG}'/>{TEXT}{closing}".encode()
    yield f"utf-16 declared.{name}.xml", f"{start.format('utf-16')}{opening}{TEXT}{closing}".encode()
    yield f"unknown declared.{name}.xml", f"{start.format('x-unknown')}{opening}{TEXT}{closing}".encode()
    yield f"windows declared.{name}.xml", f"{start.format('windows-1256')}{opening}{TEXT}{closing}".encode()
    yield f"many prefixes.{name}.xml", f"{utf8}{opening}{''.join(f'<a{n}:b/>' for n in range(50_000))}".encode()


def _records() -> Iterator[tuple[str, bytes]]:
    good = _JSONL[: _JSONL.index(b"\n") + 1]
    yield "deep.json", b'{"a":' * DEEP
    yield "deep list.json", b"[" * DEEP + b"]" * DEEP
    yield "deep line.jsonl", good + b"[" * DEEP + b"\n" + good
    yield "deep value.jsonl", good + b'{"title": "x", "body": ' + b"[" * DEEP + b"]" * DEEP + b"}\n"
    yield "long number.jsonl", good + b'{"title": "x", "body": "y", "date": ' + b"9" * 2_000_000 + b"}\n"
    yield "exponent.jsonl", good + b'{"title": "x", "body": "y", "date": 1e999999999}\n'
    yield "surrogates.jsonl", good + b'{"title": "\\ud800\\udfff\\udc00", "body": "\\ud800 \\u0000\\u202e"}\n'
    yield "many keys.jsonl", good + json.dumps({f"key{n}": "x" for n in range(60_000)}).encode() + b"\n"
    yield "many lists.jsonl", good + b"[" + b"{}," * 50_000 + b"{}]\n"
    yield "long line.jsonl", good + b'{"title": "' + b"x" * LONGER + b'"}\n' + good
    yield "long text.jsonl", good + b'{"title": "x", "body": "' + "واژه ".encode() * 2_000_000 + b'"}\n'
    yield "empty list.json", b"[]"
    yield "empty object.json", b"{}"
    yield "blank lines.jsonl", good * 0 + b"\n\n  \n\n"
    yield "header only.csv", b"title,body,date\n"
    yield "open quote.csv", b'title,body\n"' + b"x,y\n" * 50_000
    yield "long field.csv", b'title,body\nx,"' + b"y" * LONGER + b'"\nx,y\n'
    yield "many columns.csv", b"title,body" + b",x" * 300_000 + b"\n" + b"a" * 300_000 + b"\n"
    yield "many quotes.csv", b"title,body\n" + b'"' * 5_000_000
    yield "carriage returns.csv", b"title,body\r" + b"x,y\r" * 20_000
    yield "null columns.csv", b"title,body\0\n\0x,y\0\n" * 100
    yield "one line.txt", ("خبر " * 2_000_000).encode()
    yield "many lines.txt", b"\n".join([TEXT.encode()] * 25_000)
    yield "dates.txt", ("۱۴۰۰/۰۴/۲۴ - ۱۴:۲۷ کد خبر: ۱۲۳۴\n" * 6_000 + TEXT).encode()
    yield "overrides.txt", ("\u202e\u2067" * 500 + TEXT + "\n").encode() * 500
    yield "marks.txt", ("ا" + "\u0651\u064e" * 3_000_000 + TEXT).encode()
    yield "joiners.txt", ("\u200c" * 500_000 + TEXT).encode()


def _bombs() -> Iterator[tuple[str, bytes]]:
    zeros = bytes(1 << 20)
    blank = b" " * (1 << 20)
    for name, packer in (
        ("gz", zlib.compressobj(9, wbits=31)),
        ("bz2", bz2.BZ2Compressor()),
        ("xz", lzma.LZMACompressor(preset=0)),
        ("zst", zstandard.ZstdCompressor().compressobj()),
    ):
        start = packer.compress(_JSONL)
        bomb = start + b"".join(packer.compress(blank) for _ in range(90)) + packer.flush()
        yield f"bomb.jsonl.{name}", bomb
        yield f"bomb.{name}.gz", gzip.compress(bomb, mtime=0)
        yield f"bomb.{name}.zip", zip_of({"before.html": page(1), f"bomb.{name}": bomb, "after.html": page(2)})
    many = {f"{n}.html": blank * 9 for n in range(12)}
    yield "bomb of entries.zip", zip_of({"before.html": page(1), **many})
    yield "bomb of entries.tar.gz", gzip.compress(tar_of({"before.html": page(1), "bomb": zeros * 120}), mtime=0)
    inner = zip_of(PAGES)
    for depth in range(6):
        inner = zip_of({f"{depth}.zip": inner, "beside.html": page(depth)})
    yield "deep.zip", inner
    packed = _JSONL
    for _ in range(9):
        packed = gzip.compress(packed, mtime=0)
    yield "deep.gz", packed
    yield "bomb.warc", _http_bomb(gzip.compress(b"<html>" + zeros * 100), "gzip")
    yield "bomb zstd.warc", _http_bomb(zstandard.compress(b"<html>" + zeros * 100), "zstd")


def _http_bomb(body: bytes, coding: str) -> bytes:
    return WebArchive().add("https://x.ir/1", page(1)).add("https://x.ir/2", body, ("Content-Encoding", coding)).data


def _lies() -> Iterator[tuple[str, bytes]]:
    web = _web_archive(packed=False)
    for length in (b"0", b"1", b"-5", b"99999999999999", b"1e9", b"", b"9" * 5000):
        start = web.index(b"Content-Length: ", 900) + 16
        yield (
            f"length {len(length)} {length[:4].decode()}.warc",
            web[:start] + length + web[web.index(b"\r\n", start) :],
        )
    yield "no lengths.warc", web.replace(b"Content-Length", b"Content-Size")
    yield "long header.warc", web + b"WARC/1.1\r\n" + b"X: y\r\n" * 500_000
    yield "long header line.warc", web + b"WARC/1.1\r\nX: " + b"y" * LONG
    yield "only starts.warc", b"WARC/1.1\r\n\r\n" * 300_000
    yield "charset.warc", WebArchive().add("https://x.ir/1", page(1), type="text/html; charset=utf-16").data
    yield (
        "chunks.warc",
        WebArchive().add("https://x.ir/1", b"ffffffff\r\n" + page(1), ("Transfer-Encoding", "chunked")).data,
    )
    yield "no address.warc", web.replace(b"WARC-Target-URI", b"WARC-Target")
    lie = page(1).replace(b"<body>", b"<head><meta charset='utf-16'></head><body>")
    yield "declared utf-16.html", lie
    yield "declared nonsense.html", lie.replace(b"utf-16", b"rot13")
    yield "gzip of nothing.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
    yield "gzip name without end.gz", b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"x" * 3_000_000
    yield "gzip size.gz", gzip.compress(page(1), mtime=0)[:-4] + b"\xff\xff\xff\xff"
    yield "gzip checksum.gz", gzip.compress(page(1), mtime=0)[:-8] + bytes(8)
    yield "xz dictionary.xz", _xz_with_dictionary()
    yield "zstd window.zst", b"\x28\xb5\x2f\xfd\x00\xff" + b"\x01\0\0" * 100
    for place, name in ((8, "method"), (14, "checksum"), (18, "packed"), (22, "size"), (26, "name"), (28, "extra")):
        lying = bytearray(zip_of(PAGES))
        struct.pack_into("<H", lying, place, 0xFFFF)
        yield f"first {name}.zip", bytes(lying)
    directory = zip_of(PAGES)
    yield "directory only.zip", directory[directory.index(b"PK\x01\x02") :]
    yield "end only.zip", b"PK\x05\x06" + b"\xff" * 18
    yield "headers only.zip", b"PK\x03\x04" + b"\0" * 26 + (b"PK\x03\x04" + b"\0" * 26) * 20_000
    yield "signatures.zip", b"PK\x03\x04" * 500_000
    yield "descriptors.zip", _endless_entry()
    tar = bytearray(tar_of(PAGES))
    tar[124:136] = b"77777777777\0"
    yield "size.tar", _with_checksum(tar)
    tar[124:136] = b"\x80" + b"\xff" * 11
    yield "binary size.tar", _with_checksum(tar)
    tar[156:157] = b"L"
    yield "name size.tar", _with_checksum(tar)
    tar[156:157] = b"x"
    yield "pax size.tar", _with_checksum(tar)
    yield "headers only.tar", _with_checksum(bytearray(tar_of({"a": b""})[:512])) * 5_000
    yield "pax.tar", tar_of({"p" * 300: page(1)}).replace(b" path=", b" path\0")
    table = _parquet()
    for place in range(4, 24):  # of the header of the first page
        yield f"page {place}.parquet", table[:place] + b"\xff\xff\xff\x7f" + table[place + 4 :]
    yield "footer only.parquet", b"PAR1" + b"\xff" * 200 + b"\xff\xff\xff\x7f" + b"PAR1"
    yield "footer of nothing.parquet", b"PAR1\0\0\0\0PAR1"


def _xz_with_dictionary() -> bytes:
    """A stream that asks for a dictionary of 1.5 GB."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]
    data = bytearray(lzma.compress(_JSONL, filters=filters))
    place = data.index(b"\x21\x01", 12) + 2
    data[place] = 39
    header = 12 + 4 * (data[12] + 1)
    struct.pack_into("<I", data, header - 4, zlib.crc32(data[12 : header - 4]))
    return bytes(data)


def _endless_entry() -> bytes:
    """A stored entry without a length, full of what may be its end."""
    header = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 8, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    return header + b"PK\x07\x08" * 300_000


def _with_checksum(tar: bytearray) -> bytes:
    tar[148:156] = b" " * 8
    tar[148:156] = b"%06o\0 " % sum(tar[:512])
    return bytes(tar)


def corpus() -> Iterator[tuple[str, bytes]]:
    """All inputs, each with a name that is its own and tells what was done."""
    for name, data in specimens().items():
        chances = {**DAMAGES, "cut again": cut, "flip again": flip, "hole again": hole}
        if name.endswith(_TEXTS):
            chances |= ENCODINGS
        for damage, inflict in chances.items():
            yield f"{damage} {name}", inflict(data, random.Random(f"{damage} {name}"))
    yield from hostile()
