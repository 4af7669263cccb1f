"""The command `bayegan`, as an archivist runs it: what is printed, and with which exit code it ends."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from search.archive import Archive
from search.engine.writer import IndexWriter
from search.request import SearchRequest
from tests.sources.packed import WebArchive, page

BAYEGAN = Path(sys.executable).with_name("bayegan")
NEWS = [
    {"code": "1", "agency": "برنا", "title": "نمایشگاه کتاب‌هاي تهران", "body": "کتاب بود.", "date": "1400/04/24"},
    {"code": "2", "agency": "برنا", "title": "بارش باران در شمال", "body": "باران بارید.", "date": "1399/12/30"},
]


@pytest.fixture
def place(tmp_path):
    """Where the archive of a test lives."""
    return tmp_path / "archive"


def test_index_search_show_and_status_tell_one_story(bayegan, place, write_jsonl):
    """What was indexed is found, shown and counted; each command ends with 0."""
    code, out, _ = bayegan("index", "--archive", place, write_jsonl("news.jsonl", NEWS))
    assert code == 0
    assert out.startswith("2 indexed, 0 replaced, 0 unchanged, 0 rejected in ")
    code, out, _ = bayegan("search", "--archive", place, "کتاب", "ها", "-باران")
    assert code == 0
    assert "۱. نمایشگاه کتاب‌هاي تهران\nبرنا · ۲۴ تیر ۱۴۰۰ · 1\n" in out
    assert "باران" not in out
    code, out, _ = bayegan("show", "--archive", place, "2")
    assert code == 0
    assert "بارش باران در شمال" in out
    code, out, _ = bayegan("status", "--archive", place)
    assert (code, "2 articles, generation 1" in out, "from 1399-12-30 to 1400-04-24" in out) == (0, True, True)
    code, out, _ = bayegan("verify", "--archive", place)
    assert (code, "2 articles" in out, out.endswith("every byte is as it was written\n")) == (0, True, True)


def test_show_tells_when_a_page_was_saved(bayegan, place, tmp_path):
    """The day on which a web archive saved a page stands below the article, in the Jalali calendar."""
    saved = tmp_path / "saved.warc"
    saved.write_bytes(WebArchive().add("https://x.ir/news/12345", page(1), date="2021-07-15T09:57:27Z").data)
    assert bayegan("index", "--archive", place, saved)[0] == 0
    code, out, _ = bayegan("show", "--archive", place, "12345")
    assert (code, "تاریخ ذخیرهٔ صفحه: ۲۴ تیر ۱۴۰۰، ساعت ۱۴:۲۷\n" in out) == (0, True)


def test_json_is_the_envelope_of_the_api(bayegan, place, write_jsonl):
    """`--json` prints one document with the keys of the API, and filters are the API's parameters."""
    bayegan("index", "--archive", place, write_jsonl("news.jsonl", NEWS))
    _, out, _ = bayegan("search", "--archive", place, "--json", "--year", "۱۴۰۰", "--size", "1")
    answer = json.loads(out)
    assert (answer["total"], answer["page"], answer["size"], answer["pages"]) == (1, 1, 1, 1)
    assert [result["code"] for result in answer["results"]] == ["1"]
    years = {value["value"]: value["count"] for value in answer["facets"]["year"]["values"]}
    assert years == {"1400": 1, "1399": 1}
    for verb in (("show", "1"), ("status",), ("rejects",), ("analyze", "کتاب‌ها")):
        _, out, _ = bayegan(*verb, "--archive", place, "--json")
        json.loads(out)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("index", "absent"), 2, "absent"),
        (("search", "کتاب"), 1, "run `bayegan index PATH` first"),
        (("status",), 1, "run `bayegan index PATH` first"),
        (("reindex",), 1, "run `bayegan index PATH` first"),
        (("verify",), 1, "run `bayegan index PATH` first"),
        (("search", "--page", "0", "کتاب"), 2, "page"),
        (("search", "--size", "100000", "کتاب"), 2, "size"),
        (("search", "--from", "abc", "کتاب"), 2, "from"),
        (("search", "--sectoin", "سیاسی"), 2, "--sectoin"),
        (("index", "--format", "word", "x"), 2, "word"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_every_error_is_one_line_with_its_exit_code(bayegan, place, arguments, code, message):
    """What cannot be done is told in one line that names the cause; usage ends with 2, work that failed with 1."""
    got, out, err = bayegan(*arguments, "--archive", place)
    assert (got, out) == (code, "")
    assert err.startswith("bayegan: ")
    assert err.count("\n") == 1
    assert message in err


def test_rejected_inputs_end_with_3_and_are_listed(bayegan, place, tmp_path, write_jsonl):
    """A run that rejected something did its work, says where the list is, and ends with 3."""
    (tmp_path / "bad.bin").write_bytes(bytes(range(256)) * 8)
    code, out, _ = bayegan("index", "--archive", place, write_jsonl("news.jsonl", NEWS), tmp_path / "bad.bin")
    assert code == 3
    assert "1 rejected" in out
    assert f"bayegan rejects --archive {place}" in out
    code, out, _ = bayegan("rejects", "--archive", place)
    assert (code, out.startswith(f"{tmp_path / 'bad.bin'}: ")) == (0, True)


def test_a_locked_archive_is_told_by_name(bayegan, place, write_jsonl):
    """A second writer ends with 1 and one line."""
    source = write_jsonl("news.jsonl", NEWS)
    bayegan("index", "--archive", place, source)
    with IndexWriter(place / "index"):
        code, _, err = bayegan("index", "--archive", place, "--force", source)
    assert (code, err.count("\n")) == (1, 1)


def test_a_damaged_file_is_named_by_verify(bayegan, place, write_jsonl):
    """A flipped bit anywhere in the index is found, and the way out is named."""
    bayegan("index", "--archive", place, write_jsonl("news.jsonl", NEWS))
    file = max((place / "index").iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    code, _, err = bayegan("verify", "--archive", place)
    assert code == 1
    assert file.name in err
    assert f"run `bayegan reindex --archive {place}`" in err


def test_help_does_not_load_what_it_does_not_need():
    """The help of the whole command imports neither the analysis nor the engine nor a web server."""
    script = (
        "import sys; from search import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'hazm', 'nltk', 'numpy', 'whoosh', 'lxml', 'flask', 'waitress', 'rich', 'msgspec'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("LOADED []\n")
    for verb in ("index", "reindex", "search", "show", "serve", "status", "verify", "demo"):
        assert f"\n  {verb} " in done.stdout


def test_output_to_a_closed_pipe_is_no_traceback(place, write_jsonl):
    """`bayegan search | head -1` ends quietly."""
    Archive(place).index([write_jsonl("news.jsonl", NEWS)])
    shell = f'"{BAYEGAN}" search --archive "{place}" --json | head -c 1'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("{", "")


@pytest.mark.parametrize("verb", ["index", "reindex"])
@pytest.mark.parametrize("moment", ["start", "MAIN_", ".tables"])
def test_killed_while_writing_nothing_is_lost(place, write_jsonl, verb, moment):
    """SIGKILL as soon as a kind of file appears: the last generation serves, and the next run completes the work."""
    archive = Archive(place)
    archive.index([write_jsonl("a.jsonl", NEWS)])
    more = [{**NEWS[0], "code": str(code), "title": f"خبر شمارهٔ {code}"} for code in range(10, 300)]
    source = write_jsonl("b.jsonl", more)
    before = set((place / "index").iterdir())
    arguments = [verb, "--archive", str(place), *([str(source)] if verb == "index" else [])]
    with subprocess.Popen([BAYEGAN, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            new = set((place / "index").iterdir()) - before
            if moment == "start" or any(moment in path.name for path in new):
                process.send_signal(signal.SIGKILL)
                process.wait()
    assert Archive(place).searcher().search(SearchRequest()).total in {2, 2 + len(more)}
    assert Archive(place).verify().problems == []
    Archive(place).index([source])
    run = Archive(place).reindex()
    assert run.indexed == 2 + len(more)
    assert Archive(place).searcher().search(SearchRequest()).total == 2 + len(more)
