"""The journal of an archive: what was read of which file, what was rejected or deleted, and every run."""

from search.journal.journal import Journal
from search.journal.records import Reading, Rejection, Run
from search.journal.source_file import SourceFile

__all__ = ["Journal", "Reading", "Rejection", "Run", "SourceFile"]
