"""Deleting: a dry run first, gone at once, not back at the next reading, and back when the archivist says so."""

import itertools
import json
import os
import signal
import subprocess
import sys

import pytest

from search.archive import Archive
from search.engine.lock import WriteLock
from search.errors import ArchiveLocked, NotFound, UsageError
from search.keeping.deletion import delete, of_codes, of_request, undelete
from search.request import SearchRequest
from tests.processes import bayegan

NEWS = [
    {"code": str(number), "agency": "برنا", "title": f"خبر {number}", "body": f"متن secret{chr(97 + number)}.",
     "section": "ورزشی" if number % 2 else "سیاسی"}
    for number in range(8)
]  # fmt: skip


@pytest.fixture
def fed(archive, write_jsonl):
    """An archive of eight articles of one agency, and one of another with the same code as one of them."""
    archive.index([write_jsonl("a.jsonl", NEWS), write_jsonl("b.jsonl", [{**NEWS[7], "agency": "فارس"}])])
    return archive


def codes(archive):
    """The keys of all that is found."""
    return sorted(hit.article.key for hit in archive.searcher().search(SearchRequest(size=100)).hits)


def test_what_is_deleted_is_gone_and_stays_away(fed, write_jsonl):
    """Found no more; no reading of unchanged or changed sources and no rebuild brings it back, until undelete does."""
    sources = [fed.directory.parent / name for name in ("a.jsonl", "b.jsonl")]
    before = codes(fed)
    run = delete(fed, ["برنا/1", "برنا/7", "x/404"])
    assert (run.verb, run.deleted, run.generation) == ("delete", 2, 2)
    left = [key for key in before if key not in ("برنا/1", "برنا/7")]
    assert codes(fed) == left
    assert fed.index(sources).indexed == 0
    run = fed.index(sources, force=True)
    assert (run.indexed, run.unchanged, run.deleted) == (0, 7, 2)
    write_jsonl("a.jsonl", [{**NEWS[1], "title": "تازه"}, *NEWS[2:]])
    assert fed.index(sources).indexed == 0
    assert fed.reindex().indexed == 7
    assert fed.reindex(from_store=True).indexed == 7
    assert codes(fed) == left
    assert undelete(fed, ["7"]) == ["برنا/7"]
    assert fed.index(sources, force=True).indexed == 1
    assert undelete(fed, None) == ["برنا/1"]
    fed.reindex()
    assert codes(fed) == before
    with fed.journal() as journal:
        assert [run.verb for run in journal.runs(20)].count("delete") == 1
        assert [run.deleted for run in journal.runs(20) if run.verb == "undelete"] == [1, 1]


def test_a_query_takes_all_that_it_finds(fed):
    """Beyond any page, and narrowed by filters."""
    doomed = of_request(fed.searcher(), SearchRequest(section=("ورزشی",), agency=("برنا",), size=1))
    assert doomed.count == 4
    delete(fed, (article.key for article in doomed.articles()))
    assert codes(fed) == sorted(["برنا/0", "برنا/2", "برنا/4", "برنا/6", "فارس/7"])


@pytest.mark.parametrize("query", ["", "!!", "«»"])
def test_no_query_takes_the_whole_archive_by_mistake(fed, query):
    """Nothing asked, or nothing in it that could be looked for, is refused."""
    with pytest.raises(UsageError, match="all articles"):
        of_request(fed.searcher(), SearchRequest(query=query, match="any", sort="newest"))


def test_a_pattern_of_too_many_words_is_refused(tmp_path, write_jsonl):
    """What cannot be looked up whole is not deleted in part."""
    archive = Archive(tmp_path / "archive")
    words = " ".join("ب" + "".join(rest) for rest in itertools.product("پتجچحخدرزسشک", repeat=3))
    archive.index([write_jsonl("a.jsonl", [{"code": "1", "title": "یک", "body": words}])])
    with pytest.raises(UsageError, match="longer beginning"):
        of_request(archive.searcher(), SearchRequest(query="ب*"))


def test_a_code_that_is_not_there_stops_everything(fed):
    """One unknown code, or one that two agencies use, and nothing is deleted; the agency or the key says which."""
    for wrong in (["1", "404"], ["1", "7"]):
        with pytest.raises(NotFound):
            of_codes(fed.searcher(), wrong)
    assert [a.key for a in of_codes(fed.searcher(), ["7"], "فارس").articles()] == ["فارس/7"]
    assert [a.key for a in of_codes(fed.searcher(), ["فارس/7", "1"]).articles()] == ["فارس/7", "برنا/1"]
    with pytest.raises(NotFound, match="bayegan undelete"):
        undelete(fed, ["1"])


def test_purged_text_is_in_no_file(fed):
    """Without purge the stored bytes wait for a merge; with it no file of the index has the words."""
    delete(fed, ["برنا/3"])
    assert any(b"secretd" in path.read_bytes() for path in fed.index_directory.glob("*.terms"))
    delete(fed, [], purge=True)
    assert not any(b"secretd" in path.read_bytes() for path in fed.index_directory.iterdir())
    assert fed.verify().problems == []
    assert len(codes(fed)) == 8


def test_a_writer_is_not_disturbed(fed):
    """While another process writes, nothing is deleted and nothing is noted as deleted."""
    with WriteLock(fed.index_directory), pytest.raises(ArchiveLocked):
        delete(fed, ["برنا/1"])
    with fed.journal() as journal:
        assert journal.deleted() == {}


def test_killed_between_journal_and_index(fed):
    """SIGKILL just before the commit: the article is there still or gone; the next runs leave it gone, nothing else."""
    script = (
        "import os, signal, sys; from search.archive import Archive; from search.engine.writer import IndexWriter\n"
        "from search.keeping.deletion import delete\n"
        "IndexWriter.commit = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "delete(Archive(sys.argv[1]), ['برنا/1'])\n"
    )
    before = codes(fed)
    command = [sys.executable, "-c", script, fed.directory]
    assert subprocess.run(command, check=False, env=os.environ).returncode == -signal.SIGKILL
    assert codes(fed) == before
    fed.index([fed.directory.parent / "a.jsonl"])
    fed.reindex()
    assert codes(fed) == [key for key in before if key != "برنا/1"]


def test_the_command_tries_first_and_does_it_when_told(fed):
    """Without --yes it tells how many and which, and changes nothing; with it, it tells what was done; so does JSON."""
    place = ["--archive", str(fed.directory)]
    done = bayegan("delete", "--query", "خبر", "--section", "سیاسی", *place)
    assert done.returncode == 0
    assert sorted(done.stdout.splitlines()[:-1]) == [f"برنا/{n}  خبر {n}" for n in (0, 2, 4, 6)]
    assert done.stdout.splitlines()[-1] == "4 articles would be deleted; nothing was: add --yes to do it"
    told = json.loads(bayegan("delete", "0", "برنا/7", *place, "--json").stdout)
    assert told == {"deleted": False, "articles": 2, "hints": [], "keys": ["برنا/0", "برنا/7"]}
    assert len(codes(fed)) == 9
    done = bayegan("delete", "0", "برنا/7", *place, "--yes")
    assert done.stdout == f"2 articles deleted; generation 2 of {fed.directory}\n"
    done = bayegan("undelete", *place)
    assert done.stdout == "برنا/0\nبرنا/7\n2 articles were deleted\n"
    assert json.loads(bayegan("undelete", "0", *place, "--json").stdout) == ["برنا/0"]
    for wrong in (["0", "--query", "x"], ["0", "--year", "1400"], []):
        assert bayegan("delete", *wrong, *place).returncode == 2
    assert bayegan("delete", "0", *place).returncode == 1
