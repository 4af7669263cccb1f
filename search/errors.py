"""The tree of errors.

BayeganError                      exit 1  HTTP 500
├── UsageError                    exit 2  HTTP 400   what was asked for cannot be asked
│   ├── InvalidParameter                  HTTP 400   ... and this parameter is at fault
│   ├── PathNotFound                                 a file or folder named by the user is not there
│   └── InvalidSettings                              a setting or `archive.toml` cannot be used
├── SourceVanished                exit 1             a folder is gone that was being read
├── RejectedInput                 exit 3             one input holds no article; the others go on
├── NotFound                      exit 1  HTTP 404   no such article
├── ArchiveError                  exit 1  HTTP 503
│   ├── ArchiveNotFound                              no archive at that place, or nothing indexed yet
│   ├── FormatMismatch                               the index was written by another version
│   ├── DamagedIndex                                 a file of the index is missing, cut or changed
│   ├── DamagedBackup                                a backup was cut or changed, or is none
│   ├── ArchiveLocked                                another process is writing
│   └── StorageFailure                               the disk is full, read-only or not ours to write
└── ServerError                   exit 1             the server cannot start (port in use, ...)

Every message is one line: what happened and what to do. Exceptions of a library are translated where
they enter: Whoosh's in `engine/`, lxml's in `sources/`, the operating system's where a file is opened.
"""

from __future__ import annotations

from typing import ClassVar


class BayeganError(Exception):
    """Root of all errors that Bayegan raises on purpose.

    Args:
        message: one line in English: what happened and what to do.
        persian: the same for readers of the page, where they can meet it; the message itself where empty.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, persian: str = "") -> None:
        super().__init__(" ".join(message.split()))
        self.persian = persian or str(self)


class UsageError(BayeganError):
    """What was asked for cannot be asked."""

    exit_code = 2
    http_status = 400


class InvalidParameter(UsageError):
    """A parameter of a request has a value that it cannot have; `parameter` names it."""

    def __init__(self, parameter: str, message: str, *, persian: str = "") -> None:
        super().__init__(message, persian=persian)
        self.parameter = parameter


class PathNotFound(UsageError):
    """A file or folder that the user named does not exist."""


class InvalidSettings(UsageError):
    """A setting, or a line of `archive.toml`, cannot be used."""


class SourceVanished(BayeganError):
    """A folder or file that the user named is gone while it is read; what was committed is kept."""


class RejectedInput(BayeganError):
    """One input holds no article that can be read.

    Args:
        source: the file, and the place in it.
        reason: what is wrong with it.
    """

    exit_code = 3

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class NotFound(BayeganError):
    """No article has that identity."""

    http_status = 404


class ArchiveError(BayeganError):
    """The archive as a whole cannot serve."""

    http_status = 503


class ArchiveNotFound(ArchiveError):
    """There is no archive at that place, or nothing was indexed into it yet."""


class FormatMismatch(ArchiveError):
    """The index was written in another format; `bayegan reindex` writes it anew."""


class DamagedIndex(ArchiveError):
    """A file of the index is missing, cut short or changed; the message names it."""


class DamagedBackup(ArchiveError):
    """A backup was cut or changed, or is none; nothing was restored from it."""


class ArchiveLocked(ArchiveError):
    """Another process is writing to the archive."""


class StorageFailure(ArchiveError):
    """The disk is full, read-only, or not ours to write to; the last generation is untouched."""


class ServerError(BayeganError):
    """The server cannot start."""
