"""The journal of an archive: which files were read, which article came from which, what was rejected, every run.

An SQLite file beside the index. The index is the truth about articles; the journal saves reading a file again that
did not change, answers the archivist's questions, and is what the index is verified against. Losing it loses no
article. An article stays in the archive, and here, when the file that it came from changes or vanishes.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, fields
from datetime import UTC, datetime
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection
from typing import Self

from search.journal.file import JournalFile
from search.journal.records import Reading, Rejection, Run
from search.journal.source_file import SourceFile

# What `known` says of a file: read whole and committed; or read whole by a rebuilding that is not committed yet.
_KNOWN, _READ = 1, 2
_ALL_ROWS = -1


class Journal:
    """The journal at `path`, created where there is none; used in a `with` statement.

    Identities and fingerprints are those of the index: unsigned integers of 64 bits.

    Raises:
        DamagedIndex: the file is no journal; it can be deleted, the next run then reads every source again.
        StorageFailure: it cannot be opened; from the methods that write, it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._file = JournalFile(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def check_writable(self) -> None:
        """Before work that ends in notes: raises StorageFailure where none can be made."""
        with self._file.transaction():
            pass

    def copy_to(self, path: Path) -> None:
        """Writes the journal as it is at one moment to a new file; who writes to it meanwhile is not disturbed."""
        self._file.copy_to(path)

    # Files

    def is_known(self, file: SourceFile) -> bool:
        """Whether the file was read before, in the same format, and has not changed since.

        Its content is compared (and what is noted of its times brought up to date) where its times leave a doubt.
        """
        rows = self._file.rows(
            "select size, modified, changed, format, digest from source where path = ? and known = 1",
            os.fsencode(file.path),
        )
        if not rows or (rows[0][0], rows[0][3]) != (file.size, file.format):
            return False
        _, modified, changed, _, digest = rows[0]
        if digest is None:  # noted by version 1, which went by the time alone
            return bool(modified == file.modified)
        if file.changed and (modified, changed) == (file.modified, file.changed):
            return True
        if digest != file.digest():
            return False
        with self._file.transaction() as connection:
            connection.execute(
                "update source set modified = ?, changed = ? where path = ?",
                (file.modified, file.changed, os.fsencode(file.path)),
            )
        return True

    def forget(self, files: Iterable[SourceFile] | None = None) -> None:
        """Makes the files (None: all) count as changed; what was rejected of them stays noted until they are read."""
        with self._file.transaction() as connection:
            if files is None:
                connection.execute("update source set known = 0")
            else:
                connection.executemany(
                    "update source set known = 0 where path = ?", ((os.fsencode(file.path),) for file in files)
                )

    def sources(self) -> list[SourceFile]:
        """Every file that was read, by path."""
        rows = self._file.stream("select path, size, modified, format, changed from source order by path")
        return [SourceFile(Path(os.fsdecode(path)), *rest) for path, *rest in rows]

    def count_sources(self) -> int:
        """How many files were read."""
        return int(self._file.rows("select count(*) from source")[0][0])

    def contents(self) -> Iterator[tuple[SourceFile, bytes]]:
        """Every file that was read, by path, and SHA-256 of what it held then; b"" where that is unknown."""
        rows = self._file.stream("select path, size, modified, format, changed, digest from source order by path")
        for path, size, modified, format_, changed, digest in rows:
            yield SourceFile(Path(os.fsdecode(path)), size, modified, format_, changed), digest or b""

    # Articles

    def record(self, readings: Iterable[Reading], generation: int) -> None:
        """Notes what was read since the last commit, and that the commit made `generation`; all of it, or nothing.

        What was noted before of a file that was now read to its end is replaced; of one that is still being read,
        only the articles are noted.
        """
        with self._file.transaction() as connection:
            _note(connection, readings, _KNOWN)
            _set_generation(connection, generation)

    def begin_rebuilding(self) -> None:
        """From now on, until `complete`, the articles here are those of no generation."""
        with self._file.transaction() as connection:
            connection.execute("delete from described")
            connection.execute("update source set known = 0 where known = ?", (_READ,))

    def note(self, readings: Iterable[Reading]) -> None:
        """Notes what was read, for a commit that is yet to come: should it not, changed files are read again."""
        with self._file.transaction() as connection:
            _note(connection, readings, _READ)

    def complete(self, articles: Iterable[tuple[int, int]], generation: int) -> None:
        """Notes that a rebuilt generation was committed, with all that was noted since `begin_rebuilding`.

        Args:
            articles: identity and fingerprint, as signed integers, of everything in it.
            generation: its number.
        """
        with self._file.transaction() as connection:
            _adopt(connection, articles)
            connection.execute("update source set known = ? where known = ?", (_KNOWN, _READ))
            _set_generation(connection, generation)

    def adopt(self, articles: Iterable[tuple[int, int]], generation: int) -> None:
        """Notes that a generation holds exactly these articles, where the journal missed how that came.

        The sources of those that are known stay; those of others become known when they are read again.
        """
        with self._file.transaction() as connection:
            _adopt(connection, articles)
            _set_generation(connection, generation)

    def generation(self) -> int:
        """The generation of the index that the articles here are those of; -1 where none was noted yet."""
        rows = self._file.rows("select generation from described")
        return int(rows[0][0]) if rows else -1

    def fingerprints(self) -> Iterator[tuple[int, int]]:
        """(identity, fingerprint) of every article of that generation."""
        for identity, fingerprint in self._file.stream("select identity, fingerprint from article"):
            yield _unsigned(identity), _unsigned(fingerprint)

    def source_of(self, identity: int) -> Path | None:
        """The file that an article was read from, or None where that is unknown."""
        rows = self._file.rows(
            "select path from article join source on source.id = article.source where identity = ?",
            *_signed([identity]),
        )
        return Path(os.fsdecode(rows[0][0])) if rows else None

    # Deletions

    def delete(self, keys: Mapping[int, str], generation: int) -> None:
        """Notes that articles (keys by identity) were deleted, by a commit that made `generation`.

        They are passed over when they are read again, until they are restored.
        """
        now = _now()
        with self._file.transaction() as connection:
            identities = _signed(keys)
            connection.executemany("delete from article where identity = ?", zip(identities, strict=True))
            connection.executemany(
                "insert or replace into deletion values (?, ?, ?)",
                zip(identities, map(_readable, keys.values()), repeat(now), strict=False),
            )
            _set_generation(connection, generation)

    def undelete(self, identities: Iterable[int] | None = None) -> None:
        """Makes deleted articles (None: all) come back when their sources are read again."""
        with self._file.transaction() as connection:
            if identities is None:
                connection.execute("delete from deletion")
            else:
                connection.executemany("delete from deletion where identity = ?", zip(_signed(identities), strict=True))

    def deleted(self) -> dict[int, str]:
        """Keys of all deleted articles, by identity."""
        return {_unsigned(identity): key for identity, key in self._file.stream("select identity, key from deletion")}

    # Rejections

    def rejections(self, *, reason: str = "", under: Path | None = None, limit: int = 0) -> Iterator[Rejection]:
        """What is rejected as of its last reading, in the order of the files.

        Args:
            reason: a text that the reason contains, whatever its case.
            under: a file or folder that it is (in).
            limit: how many at most; 0 means all.
        """
        where, values = _matching(reason, under)
        rows = self._file.stream(
            f"select path, place, reason, noted {where} order by path, rejection.rowid limit ?",
            *values, limit or _ALL_ROWS,
        )  # fmt: skip
        for path, place, why, noted in rows:
            yield Rejection(Path(os.fsdecode(path)), place, why, datetime.fromisoformat(noted))

    def rejected_files(self, *, reason: str = "", under: Path | None = None) -> list[SourceFile]:
        """The files that `rejections` are of, by path."""
        where, values = _matching(reason, under)
        rows = self._file.rows(f"select distinct path, size, modified, format, changed {where} order by path", *values)
        return [SourceFile(Path(os.fsdecode(path)), *rest) for path, *rest in rows]

    def count_rejections(self, *, reason: str = "", under: Path | None = None) -> int:
        """How many `rejections` there are."""
        where, values = _matching(reason, under)
        return int(self._file.rows(f"select count(*) {where}", *values)[0][0])

    # Runs

    def finish(self, run: Run) -> None:
        """Notes a run that has ended."""
        verb, started, *counts = astuple(run)
        values = (verb, started.isoformat(timespec="seconds"), *counts)
        with self._file.transaction() as connection:
            connection.execute(f"insert into run values ({', '.join('?' * len(fields(Run)))})", values)  # noqa: S608

    def runs(self, last: int = 10) -> list[Run]:
        """The last runs, the newest first."""
        rows = self._file.rows("select * from run order by rowid desc limit ?", last)
        return [Run(verb, datetime.fromisoformat(started), *rest) for verb, started, *rest in rows]


# The source of an article is the file that gave what the index holds; one that holds the same is no news.
_PUT_ARTICLE = """
insert into article values (?, ?, ?) on conflict do update
    set fingerprint = excluded.fingerprint, source = excluded.source
    where fingerprint <> excluded.fingerprint or source is null
"""


_ADOPT = (
    "create temp table held (identity integer primary key, fingerprint integer not null)",
    "delete from article where identity not in (select identity from held)",
    "insert into article select identity, fingerprint, null from held where true "
    "on conflict do update set fingerprint = excluded.fingerprint where fingerprint <> excluded.fingerprint",
    "drop table held",
)


def _note(connection: Connection, readings: Iterable[Reading], known: int) -> None:
    now = _now()
    for reading in readings:
        source = _source(connection, reading.file)
        if reading.ended:
            _note_end(connection, source, reading, known, now)
        identities, fingerprints = map(_signed, (reading.identities, reading.fingerprints))
        # In the order of the table, so that each page of it is fetched once; of equal identities the later stays last.
        rows = sorted(zip(identities, fingerprints, repeat(source), strict=False), key=itemgetter(0))
        connection.executemany(_PUT_ARTICLE, rows)


def _source(connection: Connection, file: SourceFile) -> int:
    """The number of a file, which becomes a source here if it is none yet."""
    path = os.fsencode(file.path)
    row = connection.execute("select id from source where path = ?", (path,)).fetchone()
    if row is None:
        row = connection.execute(
            "insert into source (path, size, modified, changed, format, articles, known) values (?, 0, 0, 0, ?, 0, 0) "
            "returning id",
            (path, file.format),
        ).fetchone()
    return int(row[0])


def _note_end(connection: Connection, source: int, reading: Reading, known: int, now: str) -> None:
    """Note what came of a file; one whose content the index has already stays known."""
    file = reading.file
    connection.execute(
        "update source set known = case when not ? then 0 when known = 1 and digest = ? then 1 else ? end, "
        "size = ?, modified = ?, changed = ?, format = ?, digest = ?, articles = ? where id = ?",
        (
            reading.steady, reading.digest, known, file.size, file.modified, file.changed, file.format,
            reading.digest, reading.articles, source,
        ),
    )  # fmt: skip
    connection.execute("delete from rejection where source = ?", (source,))
    connection.executemany(
        "insert into rejection values (?, ?, ?, ?)",
        ((source, _readable(place), _readable(reason), now) for place, reason in reading.rejections),
    )


def _adopt(connection: Connection, articles: Iterable[tuple[int, int]]) -> None:
    create, *rest = _ADOPT
    connection.execute(create)
    connection.executemany("insert or replace into held values (?, ?)", articles)
    for statement in rest:
        connection.execute(statement)


def _set_generation(connection: Connection, generation: int) -> None:
    connection.execute("delete from described")
    connection.execute("insert into described values (?)", (generation,))


def _matching(reason: str, under: Path | None) -> tuple[str, list[object]]:
    """The clauses that choose rejections, and their values."""
    clauses, values = ["true"], list[object]()
    if reason:
        clauses.append("instr(lower(reason), lower(?))")
        values.append(reason)
    if under is not None:
        path = os.fsencode(under)
        clauses.append("(path = ? or path > ? and path < ?)")
        values += [path, path.rstrip(b"/") + b"/", path.rstrip(b"/") + b"0"]  # 0 follows / in ASCII
    return f"from rejection join source on source.id = rejection.source where {' and '.join(clauses)}", values


def _signed(numbers: Iterable[int]) -> array[int]:
    """Unsigned integers of 64 bits as SQLite keeps them."""
    unsigned = array("Q", numbers)
    return array("q", unsigned.tobytes())


def _unsigned(number: int) -> int:
    return number % (1 << 64)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _readable(text: str) -> str:
    """Text that SQLite can hold: bytes of a file name that are no UTF-8 are shown escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
