"""Backup and restore: what comes back is what was there, or nothing is touched and what is damaged is named."""

import io
import json
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import zstandard

from search.archive import Archive
from search.engine.files import FORMAT_VERSION
from search.engine.index import Index
from search.engine.lock import WriteLock
from search.errors import ArchiveLocked, ArchiveNotFound, DamagedBackup, DamagedIndex, FormatMismatch, UsageError
from search.keeping import backup_file
from search.keeping.backup import backup
from search.keeping.backup_file import backup_written, verify_backup
from search.keeping.restoring import restore
from search.request import SearchRequest
from tests.processes import BAYEGAN, bayegan

NEWS = [
    {"code": str(number), "agency": "برنا", "title": f"خبر {number}", "body": f"متن خبر شمارهٔ {number}. " * 20}
    for number in range(60)
]


@pytest.fixture
def fed(tmp_path, write_jsonl):
    """An archive with a profile, two segments, one of them with a replaced article, and a rejection."""
    directory = tmp_path / "fed"
    (directory / "profiles").mkdir(parents=True)
    (directory / "profiles" / "x.toml").write_text('hosts = ["x.example"]\n')
    (directory / "archive.toml").write_text('title = "بایگانی"\nprofiles = "profiles"\n', encoding="utf-8")
    archive = Archive(directory)
    archive.index([write_jsonl("a.jsonl", NEWS[:50])])
    source = write_jsonl("b.jsonl", [{**NEWS[0], "title": "تازه"}, *NEWS[50:]])
    with source.open("a") as lines:
        lines.write('{"title": \n')
    archive.index([source])
    return archive


@pytest.fixture
def backed_up(fed, tmp_path):
    """A backup of that archive."""
    path = tmp_path / "news.backup"
    backup(fed, path)
    return path


def held(archive):
    """Key -> what is stored, of everything in an archive."""
    index = Index.open(archive.index_directory)
    return {archive.searcher()._article(doc).key: index.stored(doc) for doc in index.docs()}


def test_what_comes_back_is_what_was_there(fed, backed_up, tmp_path):
    """Articles, journal, archive.toml and profiles are the same; the sources count as read; nothing is left over."""
    facts = restore(backed_up, tmp_path / "again")
    again = Archive(tmp_path / "again")
    assert (facts.title, facts.articles, facts.generation) == ("بایگانی", 60, 2)
    assert held(again) == held(fed)
    assert again.verify().problems == []
    assert again.title == "بایگانی"
    assert sorted(path.name for path in again.directory.iterdir()) == [
        "archive.toml", "index", "journal.sqlite", "profiles"
    ]  # fmt: skip
    with fed.journal() as first, again.journal() as second:
        assert [file.path for file in second.sources()] == [file.path for file in first.sources()]
        assert list(second.rejections()) == list(first.rejections())
        assert len(list(second.rejections())) == 1
        sources = [file.path for file in second.sources()]
    run = again.index(sources)
    assert (run.indexed, run.replaced, run.unchanged) == (0, 0, 0)


def test_any_tar_unpacks_it(fed, backed_up, tmp_path):
    """The file is a tar in zstd, with the checksums of its members; the index in it is the index as it is on disk."""
    data = zstandard.ZstdDecompressor().stream_reader(backed_up.read_bytes()).read()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = {entry.name: tar.extractfile(entry).read() for entry in tar}
    assert next(iter(members)) == "backup.json"
    assert list(members)[-1] == "checksums.json"
    for path in fed.index_directory.iterdir():
        if path.name != "MAIN_WRITELOCK":
            assert members[f"index/{path.name}"] == path.read_bytes()


def test_an_archive_is_replaced_only_when_told(fed, backed_up, tmp_path, write_jsonl):
    """Without --force the archive there stays; with it, a searcher in use goes on, and the next one sees the backup."""
    other = Archive(tmp_path / "other")
    sources = [write_jsonl(f"{n}.jsonl", [{**NEWS[n], "code": f"9{n}"}]) for n in range(4)]
    for source in sources:
        other.index([source])
    (other.directory / "notes.txt").write_text("stays")
    with pytest.raises(UsageError, match="--force"):
        restore(backed_up, other.directory)
    old = other.searcher()
    restore(backed_up, other.directory, force=True)
    assert other.searcher().generation == old.generation + 1
    assert held(other) == held(fed)
    assert old.search(SearchRequest()).total == 4
    assert (other.directory / "notes.txt").read_text() == "stays"
    other.index([sources[0]])
    assert other.searcher().search(SearchRequest()).total == 61
    assert other.verify().problems == []


def test_a_damaged_archive_is_mended_by_its_backup(fed, backed_up):
    """Restoring over the archive that the backup is of replaces a damaged file by the whole one of the same name."""
    block = max(fed.index_directory.glob("*.stored"), key=lambda path: path.stat().st_size)
    before = held(fed)
    data = bytearray(block.read_bytes())
    data[100] ^= 1
    block.write_bytes(data)
    assert fed.verify().problems
    restore(backed_up, fed.directory, force=True)
    assert fed.verify().problems == []
    assert held(Archive(fed.directory)) == before


def test_a_writer_keeps_its_archive(fed, backed_up):
    """While another process writes, nothing is restored over it."""
    with WriteLock(fed.index_directory), pytest.raises(ArchiveLocked):
        restore(backed_up, fed.directory, force=True)
    assert fed.verify().problems == []


def test_what_was_cut_is_told_and_never_restored(backed_up, tmp_path):
    """Cut anywhere, the backup is refused, and where it was to go there is nothing."""
    data = backed_up.read_bytes()
    for size in (0, 1, 39, 40, 100, len(data) // 2, len(data) - 41, len(data) - 1):
        (tmp_path / "cut").write_bytes(data[:size])
        with pytest.raises(DamagedBackup, match="cut"):
            restore(tmp_path / "cut", tmp_path / "again")
        assert not (tmp_path / "again").exists()


def test_what_was_changed_is_told_and_never_restored(backed_up, tmp_path):
    """One flipped bit anywhere is found: 200 places spread over the file, both ends byte by byte."""
    data = bytearray(backed_up.read_bytes())
    places = {*range(64), *range(len(data) - 64, len(data)), *range(0, len(data), len(data) // 200)}
    for place in sorted(places):
        data[place] ^= 1 << place % 8
        (tmp_path / "changed").write_bytes(data)
        with pytest.raises(DamagedBackup, match=f"{tmp_path / 'changed'} "):
            verify_backup(tmp_path / "changed")
        data[place] ^= 1 << place % 8
    data[len(data) // 2] ^= 1
    (tmp_path / "changed").write_bytes(data)
    with pytest.raises(DamagedBackup):
        restore(tmp_path / "changed", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_the_damaged_member_is_named(tmp_path):
    """Where stored text (which is compressed already, and so not again) is changed, its file is named."""
    content = random.Random(0).randbytes(100_000)
    path = tmp_path / "changed"
    forged(path, {"index/MAIN_1.stored": content})
    packed = bytearray(path.read_bytes())
    packed[packed.find(content[50_000:50_100])] ^= 1
    path.write_bytes(packed)
    with pytest.raises(DamagedBackup, match=re.escape("changed at index/MAIN_1.stored")):
        verify_backup(path)


def forged(path, members, **changes):
    """A backup whose checksums agree, with other members and facts."""
    facts = {"version": 1, "index_format": FORMAT_VERSION, "bayegan": "9.9", "title": "x", "generation": 1,
             "articles": 1, "made": "2026-01-01T00:00:00+00:00"}  # fmt: skip
    with backup_written(path) as writer:
        writer.add_json(backup_file.FACTS, facts | changes)
        for name, content in members.items():
            writer.add(name, io.BytesIO(content), len(content))


@pytest.mark.parametrize(
    "name", ["../x.toml", "/etc/x.toml", "a/../../x.toml", "index/../../x", "x.sh", "index/MAIN_1.x/y", "..\\x.toml"]
)
def test_paths_that_escape_are_refused(tmp_path, name):
    """No name of a member leads out of the archive's folder, or to a file that is none of its own."""
    forged(tmp_path / "forged", {"archive.toml": b"", name: b"x"})
    with pytest.raises(DamagedBackup, match="no backup of Bayegan"):
        restore(tmp_path / "forged", tmp_path / "deep" / "again")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["deep", "forged"]


def test_another_version_says_what_to_do(tmp_path):
    """A backup of another form or index format is refused, with the version that can read it."""
    for changes, told in (({"version": 2}, "restore it with that version"), ({"index_format": 0}, "bayegan export")):
        forged(tmp_path / "forged", {}, **changes)
        with pytest.raises(FormatMismatch, match=told) as raised:
            restore(tmp_path / "forged", tmp_path / "again")
        assert "Bayegan 9.9" in str(raised.value)
        assert not (tmp_path / "again").exists()


def test_damage_is_not_backed_up(fed, tmp_path):
    """A changed file of the index is named, and the last backup stays."""
    path = tmp_path / "news.backup"
    path.write_text("the last one")
    damaged = max(fed.index_directory.glob("*.positions"), key=lambda path: path.stat().st_size)
    data = bytearray(damaged.read_bytes())
    data[70] ^= 1
    damaged.write_bytes(data)
    with pytest.raises(DamagedIndex, match=damaged.name):
        backup(fed, path)
    assert path.read_text() == "the last one"
    assert {found.name for found in tmp_path.iterdir()} == {"a.jsonl", "b.jsonl", "fed", "news.backup"}


def test_a_file_that_a_writer_removes_meanwhile_is_in_it(fed, tmp_path, write_jsonl):
    """Another process commits, and removes the generation's files, while the backup is written: it is still whole."""
    before, ran = held(fed), []

    def commits(done, total):
        if not ran:
            ran.append(bayegan("reindex", "--archive", str(fed.directory), "--from-store"))

    backup(fed, tmp_path / "x", commits)
    assert ran[0].returncode == 0
    restore(tmp_path / "x", tmp_path / "again")
    assert held(Archive(tmp_path / "again")) == before


def test_backups_while_indexing_runs_are_all_whole(fed, tmp_path, write_jsonl):
    """While one process indexes with many commits, each backup restores to a generation that was."""
    more = [write_jsonl(f"m{n}.jsonl", [{**NEWS[0], "code": f"m{n}-{i}"} for i in range(40)]) for n in range(5)]
    (tmp_path / "start.sh").write_text(
        "".join(f'"{BAYEGAN}" index --archive "{fed.directory}" "{source}"\n' for source in more)
    )
    known = {60 + 40 * count for count in range(len(more) + 1)}
    found = []
    with subprocess.Popen(["bash", tmp_path / "start.sh"], stdout=subprocess.DEVNULL) as indexing:
        while indexing.poll() is None:
            backup(fed, tmp_path / "x")
            found.append(restore(tmp_path / "x", tmp_path / "again", force=True).articles)
            again = Archive(tmp_path / "again")
            assert again.verify().problems == []
            assert len(held(again)) == found[-1]
    assert indexing.returncode == 0
    assert known >= set(found)
    assert len(set(found)) > 1


def test_a_full_disk_and_a_kill_leave_the_last_backup(fed, tmp_path):
    """Where the file cannot grow, or the process is killed, what is under the name is the backup from before."""
    path = tmp_path / "news.backup"
    path.write_text("the last one")
    done = subprocess.run(
        [BAYEGAN, "backup", path, "--archive", fed.directory], capture_output=True, text=True, check=False,
        preexec_fn=_no_room,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"cannot write {path}" in done.stderr
    assert {found.name for found in tmp_path.iterdir()} == {"a.jsonl", "b.jsonl", "fed", "news.backup"}
    script = (
        "import os, signal, sys; from pathlib import Path; from search.archive import Archive\n"
        "from search.keeping.backup import backup\n"
        "backup(Archive(sys.argv[1]), Path(sys.argv[2]), lambda done, total: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, fed.directory, path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text() == "the last one"


def test_no_room_to_restore(backed_up, tmp_path):
    """Where files cannot grow, restoring ends with 1 and one line, and leaves nothing behind."""
    command = [BAYEGAN, "restore", backed_up, "--archive", tmp_path / "again"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=_no_room)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "cannot write" in done.stderr
    assert not (tmp_path / "again").exists()


def _no_room():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


def test_a_killed_restore_changes_nothing_and_the_next_one_completes(fed, backed_up, tmp_path):
    """SIGKILL while a backup is unpacked: the archive there is as it was, and restoring again succeeds."""
    other = tmp_path / "other"
    shutil.copytree(fed.directory, other)
    before = held(Archive(other))
    script = (
        "import os, signal, sys; from pathlib import Path; from search.keeping.restoring import restore\n"
        "def kill(done, total):\n"
        "    if done > total // 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "restore(Path(sys.argv[1]), Path(sys.argv[2]), force=True, observe=kill)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, backed_up, other], check=False).returncode == -signal.SIGKILL
    assert held(Archive(other)) == before
    restore(backed_up, other, force=True)
    assert not (other / ".restoring").exists()
    assert held(Archive(other)) == before


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from search.keeping.restoring import restore
backup, origin, folder = map(Path, sys.argv[1:])
count, kill_at = 0, -1
def counted(original):
    def call(*arguments, **options):
        global count
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)
    return call
for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "rename"), (Path, "unlink"), (Path, "mkdir")):
    setattr(owner, name, counted(getattr(owner, name)))
shutil.copytree(origin, folder / "counted")
restore(backup, folder / "counted", force=True)
for number in range(1, count + 1):
    shutil.copytree(origin, folder / str(number))
    if (child := os.fork()) == 0:
        count, kill_at = 0, number
        restore(backup, folder / str(number), force=True)
        os._exit(0)
    print(number, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_killed_at_any_step_a_restored_archive_is_the_old_or_the_new_one(fed, backed_up, tmp_path, write_jsonl):
    """SIGKILL before each operation on the file system: the archive opens, is one of the two, and the next restore
    completes."""
    other = Archive(tmp_path / "other")
    other.index([write_jsonl("o.jsonl", [{**NEWS[0], "code": f"o{n}"} for n in range(3)])])
    old, new = held(other), held(fed)
    (tmp_path / "killed").mkdir()
    command = [sys.executable, "-c", KILLED, backed_up, other.directory, tmp_path / "killed"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    ends = set()
    for line in done.stdout.splitlines():
        number, code = line.split()
        directory = tmp_path / "killed" / number
        found = held(Archive(directory))
        ends.add((int(code), "old" if found == old else "new" if found == new else "mixed"))
        assert Archive(directory).verify().problems == []
        with Archive(directory).journal() as journal:
            known = {file.path.name for file in journal.sources() if journal.is_known(file)}
        assert known <= ({"o.jsonl"} if found == old else {"a.jsonl", "b.jsonl"})
        if code != "0":
            restore(backed_up, directory, force=True)
            assert held(Archive(directory)) == new
    assert ends == {(-signal.SIGKILL, "old"), (-signal.SIGKILL, "new")}


def test_the_commands_tell_what_they_did(fed, tmp_path):
    """backup, backup --verify and restore print a line, or JSON; damage ends with 1, an archive in the way with 2."""
    path, again = str(tmp_path / "x"), str(tmp_path / "again")
    done = bayegan("backup", path, "--archive", str(fed.directory), "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["articles"] == 60
    assert "x is whole: بایگانی, 60 articles, generation 2" in bayegan("backup", "--verify", path).stdout
    done = bayegan("restore", path, "--archive", again, "--json")
    assert json.loads(done.stdout)["generation"] == 2
    done = bayegan("restore", path, "--archive", again)
    assert (done.returncode, "--force" in done.stderr) == (2, True)
    Path(path).write_bytes(Path(path).read_bytes()[:-1])
    done = bayegan("backup", "--verify", path)
    assert (done.returncode, "cut" in done.stderr, done.stderr.count("\n")) == (1, True, 1)
    assert bayegan("backup", "--verify", str(tmp_path / "absent")).returncode == 2


def test_nothing_to_back_up_is_told(archive, tmp_path):
    """An archive that nothing was indexed into has no backup."""
    with pytest.raises(ArchiveNotFound, match="bayegan index"):
        backup(archive, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
