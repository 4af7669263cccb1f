"""Archives of files: what is read of them, from where, up to which limits, and what damage costs."""

import gzip
import io
import random
import struct
import tarfile
import zipfile

import pytest

from search.sources import Profile, budget, containers, read
from tests.sources.packed import PACKERS, PAGES, TEXT, TITLES, found, page, reasons, tar_of, title, titles, zip_of

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
TARS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
RECORDS = b'{"title": "a", "body": "b"}\n{"title": "c", "body": "d"}\n'


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_zip(tmp_path, method, streamed):
    """Every file of a zip is read in its order, however it is packed, its length before or behind it."""
    files = PAGES | {"سرویس/خبر.jsonl": RECORDS, "empty.txt": b""}
    results = found(tmp_path / "file", zip_of(files, method, streamed=streamed))
    assert titles(results) == [*TITLES, "a", "c"]
    assert reasons(results) == ["!empty.txt: empty"]
    assert [result.source.partition("!")[2] for result in results[5:]] == [
        "news/5.html",
        "سرویس/خبر.jsonl:1",
        "سرویس/خبر.jsonl:2",
        "empty.txt",
    ]


@pytest.mark.parametrize("format", TARS)
@pytest.mark.parametrize("packing", ["", *PACKERS])
def test_tar(tmp_path, format, packing):
    """Every file of a tar is read, packed or not, under names that do not fit into a header."""
    files = {f"{'folder-' * 12}/{name}": data for name, data in PAGES.items()}
    files |= {"".join(("سرویس‌ها/" * (12 if format != tarfile.USTAR_FORMAT else 1), "خبر.jsonl")): RECORDS}
    data = tar_of(files, format)
    results = found(tmp_path / "file", PACKERS[packing](data) if packing else data)
    assert titles(results) == [*TITLES, "a", "c"]
    places = [f"!{name}" for name in list(files)[:-1]] + [f"!{list(files)[-1]}:{line}" for line in (1, 2)]
    assert [result.source.removeprefix(str(tmp_path / "file")) for result in results] == places


@pytest.mark.parametrize("make", [zip_of, tar_of, lambda files: zip_of(files, zipfile.ZIP_STORED, streamed=True)])
def test_formats_of_members_are_told_as_of_files(tmp_path, make):
    """Also where the first thing that gives a format away comes late."""
    data = b"<!--" + b" comment" * 4000 + b"-->" + page(1)
    (article,) = found(tmp_path / "file", make({"page": data}))
    assert (article.title, article.body) == (title(1), (TEXT,))


@pytest.mark.parametrize("packing", PACKERS)
def test_single_file_compressed(tmp_path, packing):
    """A compressed file is read as what is in it; so are several compressed parts in a row, and padding after them."""
    pack = PACKERS[packing]
    assert titles(found(tmp_path / "file", pack(page(1)))) == [title(1)]
    parts = pack(RECORDS[:28]) + pack(b"") + pack(RECORDS[28:]) + b"\0" * 512
    assert titles(found(tmp_path / "file", parts)) == ["a", "c"]
    assert titles(found(tmp_path / "file", pack(zip_of(PAGES)))) == TITLES


@pytest.mark.parametrize("data", [zip_of(PAGES), tar_of(PAGES), PACKERS["xz"](tar_of(PAGES)), gzip.compress(RECORDS)])
def test_bytes_of_the_file_are_counted(tmp_path, data):
    """What the progress is told are bytes as they lie on the disk, all of them."""
    (tmp_path / "file").write_bytes(data)
    counts = []
    list(read(tmp_path / "file", Profile(), on_bytes=counts.append))
    assert sum(counts) == len(data)


def test_archive_in_an_archive(tmp_path):
    """One level is read, whatever the kinds; the next is rejected with the limit, and what is beside it is read."""
    inner = {"zip": zip_of(PAGES), "tgz": gzip.compress(tar_of(PAGES))}
    for outer in (zip_of(inner), zip_of(inner, streamed=True), tar_of(inner), PACKERS["zst"](tar_of(inner))):
        results = found(tmp_path / "file", outer)
        assert titles(results) == TITLES * 2
        assert results[0].source.endswith("/file!zip!news/0.html")
    results = found(tmp_path / "file", zip_of({"a": zip_of({"b": tar_of(PAGES), "c": page(1)}), "d": page(2)}))
    assert titles(results) == [title(1), title(2)]
    assert reasons(results) == ["!a!b: an archive more than 2 archives deep, the limit; unpack it"]


def test_packed_again_and_again(tmp_path):
    """Compression around compression has a limit that is named."""
    once = gzip.compress(page(1))
    assert titles(found(tmp_path / "file", gzip.compress(once))) == [title(1)]
    assert reasons(found(tmp_path / "file", gzip.compress(gzip.compress(once)))) == [
        ": packed more than 2 times over, the limit; unpack it"
    ]


def test_names_that_lead_elsewhere_are_only_names(tmp_path):
    """Nothing is written, so that no name escapes; what could turn a line of text around is made visible."""
    names = ("../../up.html", "/etc/absolute.html", "C:\\windows.html", "a\u202eb\n.html", "نیم‌فاصله.html")
    files = {name: page(number) for number, name in enumerate(names)}
    before = set(tmp_path.rglob("*"))
    for data in (zip_of(files), tar_of(files)):
        results = found(tmp_path / "file", data)
        assert titles(results) == TITLES[: len(names)]
        assert [result.source.partition("!")[2] for result in results] == [
            *names[:3],
            "a\ufffdb\ufffd.html",
            names[4],
        ]
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "file"}


def test_links_and_devices_are_passed_over(tmp_path):
    """Symbolic and hard links, folders, pipes and devices are no files."""
    others = [tarfile.TarInfo(f"other{number}") for number in range(6)]
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE)
    for other, kind in zip(others, kinds, strict=True):
        other.type, other.linkname = kind, "/etc/passwd"
    results = found(tmp_path / "file", tar_of(PAGES, tarfile.PAX_FORMAT, *others))
    assert (titles(results), reasons(results)) == (TITLES, [])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("folder/", b"")
        link = zipfile.ZipInfo("link.html")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "../../etc/passwd")
        archive.writestr("page.html", page(1))
    results = found(tmp_path / "file", target.getvalue())
    assert (titles(results), reasons(results)) == ([title(1)], [])


def test_what_is_hidden_is_passed_over(tmp_path):
    """Hidden files, and what operating systems leave in archives, are none of the archivist's."""
    names = (".hidden", "a/.git/config", "__MACOSX/a.html", "a/.DS_Store", "Thumbs.db", "./shown.html", "../shown.html")
    for make in (zip_of, tar_of):
        results = found(tmp_path / "file", make(dict.fromkeys(names, page(1))))
        assert [result.source.partition("!")[2] for result in results] == ["./shown.html", "../shown.html"]


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_archive_without_files_says_so(tmp_path, make):
    """An archive that gives nothing is told of."""
    files = {".hidden": b"x"} if make is tar_of else {}
    assert reasons(found(tmp_path / "file", make(files))) == [": an archive without a file that could be read"]


@pytest.mark.parametrize(
    ("name", "decoded"),
    [
        ("خبر.html".encode(), "خبر.html"),
        ("اخبار.html".encode("cp720"), "اخبار.html"),
        ("پيگيري.html".encode("cp1256"), "پيگيري.html"),
        ("Zürich.html".encode("cp437"), "Zürich.html"),
        (b"plain.html", "plain.html"),
    ],
)
def test_names_in_code_pages(tmp_path, name, decoded):
    """A name without a declared encoding is in UTF-8, in a Persian code page, or in the one that zip was made with."""
    assert containers.decoded_name(name) == decoded
    placeholder = "x" * len(name)
    results = found(tmp_path / "file", zip_of({placeholder: page(1)}).replace(placeholder.encode(), name))
    assert results[0].source.endswith(f"!{decoded}")


def test_encrypted_entry(tmp_path):
    """It is rejected with what to do, and the others are read."""
    data = bytearray(zip_of(PAGES))
    second = data.index(b"PK\x03\x04", 4)
    data[second + 6] |= 1
    results = found(tmp_path / "file", bytes(data))
    assert titles(results) == [title(number) for number in (0, 2, 3, 4, 5)]
    assert reasons(results) == ["!news/1.html: encrypted; unpack the archive with its password"]


def test_unknown_method(tmp_path):
    """A method of packing that is not read is named, and the others are read."""
    data = zip_of({"a.html": page(1)}, zipfile.ZIP_LZMA) + zip_of({"b.html": page(2)})
    data = data.replace(data[data.index(b"PK\x01\x02") : data.rindex(b"PK\x03\x04")], b"")
    results = found(tmp_path / "file", data)
    assert titles(results) == [title(2)]
    assert reasons(results) == [
        "!a.html: packed by lzma, which is not read; unpack the archive, or pack it with deflate"
    ]


def test_office_documents_are_no_archives(tmp_path):
    """A docx is a zip, but its parts are no pages."""
    data = zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": page(1)})
    assert reasons(found(tmp_path / "file", data)) == [
        ": an Office document; save its articles as text, HTML or records"
    ]


def test_a_member_that_cannot_be_read_costs_no_other(tmp_path):
    """Rejections inside an archive name the member."""
    files = {"a.html": page(0), "b.pdf": b"%PDF-1.4", "c.txt": bytes(range(256)), "d.html": page(1)}
    for make in (zip_of, tar_of):
        results = found(tmp_path / "file", make(files))
        assert titles(results) == TITLES[:2]
        assert reasons(results) == [
            "!b.pdf: a PDF file; save its articles as text, HTML or records",
            "!c.txt: a binary file; save its articles as text, HTML or records",
        ]


@pytest.mark.parametrize("packing", PACKERS)
def test_cut_of_a_packed_tar(tmp_path, packing):
    """What came out before the cut is read, record by record; then one rejection says what was cut."""
    noise = random.Random(1)
    records = "".join(f'{{"title": "{noise.randbytes(400).hex()}", "body": "متن"}}\n' for _ in range(5000)).encode()
    data = PACKERS[packing](tar_of({"first.html": page(1), "a.jsonl": records, "last.html": page(2)}))
    results = found(tmp_path / "file", data[: len(data) * 3 // 4])
    assert titles(results)[0] == title(1)
    assert 2000 < len(titles(results)) < 4000
    name = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}[packing]
    assert reasons(results) == [f": the {name} file is cut short; what came before was read"]


@pytest.mark.parametrize("into", [2, 15, 35, 100])
def test_cut_zip(tmp_path, into):
    """A cut in a signature, a header, a name or the bytes of an entry gives what came before and one rejection."""
    data = zip_of(PAGES)
    third = data.index(b"PK\x03\x04", data.index(b"PK\x03\x04", 4) + 4)
    for cut in (third, third + into):
        results = found(tmp_path / "file", data[:cut])
        assert titles(results) == TITLES[:2]
        assert reasons(results) == [": the zip file is cut short; what came before was read"]


@pytest.mark.parametrize("into", [1, 300, 511, 512, 700])
def test_cut_tar(tmp_path, into):
    """The same for a tar; at the end of a file, where nothing tells a cut from the end, there is no rejection."""
    data = tar_of(PAGES)
    results = found(tmp_path / "file", data[: 2048 + into])
    assert titles(results) == TITLES[:2]
    assert reasons(results) == [": the tar file is cut short; what came before was read"]
    assert reasons(found(tmp_path / "file", data[:2048])) == []


def test_damaged_tar_is_read_on(tmp_path):
    """Behind a hole the next file is found, and one rejection tells of the hole."""
    data = bytearray(tar_of(PAGES))
    data[1100:2600] = b"\xee" * 1500
    results = found(tmp_path / "file", bytes(data))
    assert titles(results) == [title(number) for number in (0, 3, 4, 5)]
    assert reasons(results) == [": the tar file is damaged; what came before and after was read"]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_damaged_zip_is_read_on(tmp_path, method, streamed):
    """A flipped byte in an entry, and a hole over a header, cost the entries that they hit."""
    data = bytearray(zip_of(PAGES, method, streamed=streamed))
    starts = [place for place in range(len(data)) if data[place : place + 4] == b"PK\x03\x04"]
    data[(starts[1] + starts[2]) // 2 + 20] ^= 0xFF
    results = found(tmp_path / "file", bytes(data))
    assert titles(results) == [title(number) for number in (0, 2, 3, 4, 5)]
    assert len(reasons(results)) == 1
    assert reasons(results)[0].startswith("!news/1.html: damaged (")
    data[starts[4] - 2 : starts[4] + 40] = b"\xee" * 42
    results = found(tmp_path / "file", bytes(data))
    assert set(titles(results)) >= {title(0), title(2), title(5)}
    assert title(4) not in titles(results)


@pytest.mark.parametrize("field", [8, 12, 16])
def test_directory_of_a_zip_is_not_believed(tmp_path, field):
    """Counts, lengths and places in the directory may be anything: the entries are read from what is before them."""
    data = bytearray(zip_of(PAGES))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<I" if field > 8 else "<H", data, end + field, 0xFFF0)
    assert titles(found(tmp_path / "file", bytes(data))) == TITLES
    assert titles(found(tmp_path / "file", bytes(data[: data.index(b"PK\x01\x02")]))) == TITLES


@pytest.mark.parametrize("length", [0, 10, 1 << 30, 0xFFFFFFFF])
def test_lying_length_before_a_packed_entry(tmp_path, length):
    """Where an entry ends is told by its packing, so that no length can hide what follows."""
    data = bytearray(zip_of(PAGES))
    struct.pack_into("<I", data, data.index(b"PK\x03\x04", 4) + 18, length)
    assert titles(found(tmp_path / "file", bytes(data))) == TITLES


def test_lying_length_before_a_stored_entry(tmp_path):
    """An entry that is said to be shorter than it is costs itself; one that is said to be longer is a cut."""
    data = bytearray(zip_of(PAGES, zipfile.ZIP_STORED))
    second = data.index(b"PK\x03\x04", 4)
    struct.pack_into("<I", data, second + 18, 10)
    assert titles(found(tmp_path / "file", bytes(data))) == [title(number) for number in (0, 2, 3, 4, 5)]
    struct.pack_into("<I", data, second + 18, 1 << 30)
    results = found(tmp_path / "file", bytes(data))
    assert titles(results) == [title(0)]
    assert reasons(results)[-1] == ": the zip file is cut short; what came before was read"


# --- Limits ---------------------------------------------------------------------------------------------------


def test_bomb_is_rejected_with_the_ratio(tmp_path):
    """What unpacks to much more than its size ends with the limit, after what came before it."""
    bomb = gzip.compress(page(0) * 0 + b'{"title": "a", "body": "b"}\n' + b" " * (100 << 20))
    results = found(tmp_path / "file", bomb, "jsonl")
    assert titles(results) == ["a"]
    assert [reason.partition(":")[2] for reason in reasons(results)][-1] == (
        " unpacks to more than 200 times its size, the limit; if it is no bomb, unpack it"
    )
    assert reasons(found(tmp_path / "file", gzip.compress(bomb)))[-1].endswith(
        "unpacks to more than 200 times its size, the limit; if it is no bomb, unpack it"
    )


def test_bomb_in_a_tar(tmp_path):
    """The pages before it are kept."""
    data = gzip.compress(tar_of({"a.html": page(1), "b.html": b"\n" * (100 << 20), "c.html": page(2)}))
    results = found(tmp_path / "file", data)
    assert titles(results) == [title(1)]
    assert reasons(results)[-1] == ": unpacks to more than 200 times its size, the limit; if it is no bomb, unpack it"


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_number_of_entries(tmp_path, monkeypatch, make):
    """The limit counts over all levels, and is named."""
    monkeypatch.setattr(budget, "MAX_ENTRIES", 8)
    results = found(tmp_path / "file", make({"inner": make(PAGES), "page": page(0)}))
    assert titles(results) == [*TITLES, title(0)]
    results = found(tmp_path / "file", make({"inner": make(PAGES), "page": page(0), "other": page(1)}))
    assert titles(results) == [*TITLES, title(0)]
    assert reasons(results) == [": more than 8 entries, the limit; split it"]


def test_size_of_an_entry(tmp_path, monkeypatch):
    """A longer entry is rejected by its name, and the others are read."""
    monkeypatch.setattr(containers, "MAX_ENTRY", 1 << 16)
    files = {"a.html": page(0), "b.jsonl": RECORDS * 5000, "c.html": page(1)}
    for make in (zip_of, tar_of):
        results = found(tmp_path / "file", make(files))
        assert (titles(results)[0], titles(results)[-1]) == (title(0), title(1))
        assert reasons(results) == ["!b.jsonl: larger than 0 GB, the limit of one entry; split it"]


def test_size_of_all(tmp_path, monkeypatch):
    """The limit of all that comes out ends the file."""
    monkeypatch.setattr(budget, "MAX_UNPACKED", 100_000)
    for data in (gzip.compress(RECORDS * 5000), zip_of({"a.jsonl": RECORDS * 5000})):
        assert reasons(found(tmp_path / "file", data)) == [": unpacks to more than 0 GB, the limit; split it"]
