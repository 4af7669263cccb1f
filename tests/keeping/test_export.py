"""Exporting: an archive made of an export equals the first; nothing half-written is left; one generation is written."""

import gzip
import io
import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import search
from search import stored
from search.archive import Archive
from search.engine.index import Index
from search.errors import DamagedIndex, StorageFailure
from search.keeping.export import export, exported_file, packing_of
from search.request import SearchRequest
from search.sources import Profile, read
from tests.processes import BAYEGAN, bayegan

SAMPLE = Path(search.__file__).parent / "sample"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample archive; not to be written to."""
    archive = Archive(tmp_path_factory.mktemp("sample"))
    (archive.directory / "archive.toml").write_bytes((SAMPLE / "archive.toml").read_bytes())
    archive = Archive(archive.directory)
    archive.index([SAMPLE])
    return archive


def content(archive):
    """Key -> fingerprint, and the article without its source, of everything that an archive holds."""
    index = Index.open(archive.index_directory)
    found = {}
    for doc in index.docs():
        article = msgspec.structs.replace(stored._decode(index.stored(doc)), source="")
        found[stored.from_bytes(index.stored(doc)).key] = (index.fingerprint(doc), article)
    return found


def exported(archive, **request):
    """The lines of an export, and what is told of it."""
    stream = io.BytesIO()
    done = export(archive.searcher(), SearchRequest(**request), stream)
    return stream.getvalue(), done


def test_an_archive_of_the_export_equals_the_first(sample, tmp_path):
    """The sample, exported and indexed without its archive.toml, has the same keys, fingerprints and fields."""
    lines, done = exported(sample)
    (tmp_path / "export.jsonl").write_bytes(lines)
    again = Archive(tmp_path / "again")
    run = again.index([tmp_path / "export.jsonl"])
    assert (done.articles, run.indexed, run.rejected) == (63, 63, 0)
    assert content(again) == content(sample)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
records = st.fixed_dictionaries(
    {"title": texts, "body": st.lists(texts, min_size=1, max_size=3), "code": st.integers(1, 6).map(str)},
    optional={
        "agency": st.sampled_from(["برنا", "خبرگزاری فارس"]), "section": texts, "tags": st.lists(texts, max_size=2),
        "lead": texts, "date": st.sampled_from(["1400/04/24", "2021-07-15T10:20:30Z", "x"]), "author": texts,
    },
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(records, min_size=1, max_size=6))
def test_whatever_was_indexed_comes_back(tmp_path_factory, given_records):
    """Records of any text, read with all that the readers do to them: their export gives the same archive again."""
    folder = tmp_path_factory.mktemp("archives")
    lines = "".join(json.dumps(record) + "\n" for record in given_records)
    (folder / "first.jsonl").write_text(lines, encoding="utf-8")
    flags = {"workers": 1, "learn_from": 0}
    first, second = Archive(folder / "first", flags), Archive(folder / "second", flags)
    first.index([folder / "first.jsonl"])
    (folder / "export.jsonl").write_bytes(exported(first)[0])
    if first.searcher().status().articles:
        second.index([folder / "export.jsonl"])
        assert content(second) == content(first)


def test_a_query_exports_all_its_articles_and_no_other(sample):
    """Every match beyond any page, by words and filters, once, in the order of the archive."""
    lines, done = exported(sample, section=("ورزشی",))
    found = [json.loads(line) for line in lines.splitlines()]
    everything = [json.loads(line) for line in exported(sample)[0].splitlines()]
    assert found == [record for record in everything if record.get("section") == "ورزشی"]
    assert done.articles == len(found) > 0
    result = sample.searcher().search(SearchRequest(query="کتاب", match="any", size=100))
    codes = {hit.article.code for hit in result.hits}
    assert {json.loads(line)["code"] for line in exported(sample, query="کتاب", match="any")[0].splitlines()} == codes


def test_what_finds_nothing_exports_nothing(sample):
    """No correction and no relaxation: a misspelled query is empty, not another one."""
    assert exported(sample, query="کتابخانهژژژ")[0] == b""


def test_an_export_is_packed_by_its_name(sample, tmp_path):
    """.gz and .zst are packed, twice to the same bytes; they unpack to what is written elsewhere, and are sources."""
    plain = exported(sample)[0]
    unpacked = {".gz": gzip.decompress, ".zst": lambda data: zstandard.ZstdDecompressor().stream_reader(data).read()}
    for suffix, unpack in unpacked.items():
        written = []
        for number in range(2):
            path = tmp_path / f"{number}.jsonl{suffix}"
            with exported_file(path, packing_of(path)) as stream:
                export(sample.searcher(), SearchRequest(), stream)
            written.append(path.read_bytes())
        assert written[0] == written[1]
        assert unpack(written[0]) == plain
        assert [article.key for article in read(path, Profile())] == list(content(sample))


def test_a_commit_meanwhile_changes_nothing_of_it(tmp_path, write_jsonl):
    """While lines are written, another process replaces every article and commits: the first generation is written."""
    archive = Archive(tmp_path / "archive")
    news = [{"code": str(n), "agency": "برنا", "title": f"خبر {n}", "body": "متن خبر. " * 200} for n in range(300)]
    archive.index([write_jsonl("news.jsonl", news)])
    before = exported(archive)[0]
    source = write_jsonl("news.jsonl", [{**record, "title": "دیگر"} for record in news])
    stream, ran = io.BytesIO(), []

    def replaced(done, total):
        if done == 10:
            ran.append(bayegan("index", "--archive", str(archive.directory), str(source)))

    done = export(archive.searcher(), SearchRequest(), stream, replaced)
    assert "300 replaced" in ran[0].stdout
    assert stream.getvalue() == before
    assert archive.searcher().generation > done.generation


def test_a_damaged_article_leaves_no_file(tmp_path, write_jsonl):
    """Where an article cannot be read, its file is named and the export is not there, nor a part of it."""
    archive = Archive(tmp_path / "archive")
    archive.index([write_jsonl("news.jsonl", [{"code": "1", "title": "یک", "body": "متن. " * 100}])])
    (block,) = archive.index_directory.glob("*.stored")
    data = bytearray(block.read_bytes())
    data[100] ^= 1
    block.write_bytes(data)
    with pytest.raises(StorageFailure, match="cannot write"), exported_file(tmp_path / "out" / "x", ""):
        pass
    (tmp_path / "out").mkdir()
    with pytest.raises(DamagedIndex, match=block.name), exported_file(tmp_path / "out" / "x", "") as stream:
        export(archive.searcher(), SearchRequest(), stream)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.jsonl.zst"])
def test_a_full_disk_leaves_what_was_there(sample, tmp_path, name):
    """Where the file cannot grow, the command ends with 1 and one line, and the last export is still whole."""
    (tmp_path / name).write_text("the last one")
    command = [BAYEGAN, "export", "--archive", sample.directory, "--output", tmp_path / name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=_no_room)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"cannot write {tmp_path / name}" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "the last one"


def _no_room():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


def test_killed_in_the_middle_it_leaves_no_half_file(sample, tmp_path):
    """SIGKILL while the export is written: nothing is under its name."""
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from search.archive import Archive\n"
        "from search.keeping.export import export, exported_file\n"
        "from search.request import SearchRequest\n"
        "def kill(done, total):\n"
        "    if done == 40: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with exported_file(Path(sys.argv[2]), '') as stream:\n"
        "    export(Archive(sys.argv[1]).searcher(), SearchRequest(), stream, kill)\n"
    )
    command = [sys.executable, "-c", script, sample.directory, tmp_path / "x.jsonl"]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert not (tmp_path / "x.jsonl").exists()


def test_the_command_writes_to_a_pipe_and_tells_nothing_in_between(sample):
    """Standard output is the export alone; a reader that goes away early is no error."""
    done = bayegan("export", "--archive", str(sample.directory))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.encode() == exported(sample)[0]
    shell = f'"{BAYEGAN}" export --archive "{sample.directory}" --year 1399 --year 1400 | head -1'
    head = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert (head.stdout.count("\n"), head.stderr) == (1, "")


def test_the_command_says_what_it_wrote(sample, tmp_path):
    """With --output the count and the generation are told, as JSON for programs; hints on the query, too."""
    path = tmp_path / "x.jsonl.gz"
    done = bayegan("export", "--archive", str(sample.directory), "--output", str(path), "--section", "ورزشی", "--json")
    told = json.loads(done.stdout)
    count = len(gzip.decompress(path.read_bytes()).splitlines())
    assert told == {"file": str(path), "articles": count, "generation": 1, "hints": [], "capped": []}
    everything = exported(sample)[0].decode()
    assert "کتاب" in everything
    left = bayegan("export", "--archive", str(sample.directory), "-کتاب", "-obama").stdout
    assert left == exported(sample, query="-کتاب -obama")[0].decode() != everything
    done = bayegan("export", "--archive", str(sample.directory), "--year", "abc")
    assert (done.returncode, "year" in done.stderr) == (2, True)
