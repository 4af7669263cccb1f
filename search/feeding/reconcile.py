"""The journal and the index, brought together again where one missed what became of the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from search.engine.index import Index
from search.engine.lock import WriteLock
from search.journal import Journal


def reconcile(journal: Journal, directory: Path) -> None:
    """Makes the journal say what the newest generation of the index in `directory` holds.

    They differ after a run that was killed between its two commits (the index is newer), an index that was put back
    or removed (older: then every source counts as changed), and a journal that is new or of version 1.

    Raises:
        ArchiveLocked, FormatMismatch, DamagedIndex, StorageFailure: see `search.errors`.
    """
    if 0 <= journal.generation() == Index.latest_generation(directory):
        return
    with WriteLock(directory):
        generation = Index.latest_generation(directory)
        if generation < max(journal.generation(), 0):
            journal.forget()
        held = fingerprints(Index.open(directory)) if generation >= 0 else ()
        journal.adopt(held, generation)


def fingerprints(index: Index) -> Iterator[tuple[int, int]]:
    """Identity and fingerprint of every article of a generation, by identity; signed integers of 64 bits."""
    columns: list[list[np.ndarray]] = [[np.empty(0, np.uint64)], [np.empty(0, np.uint64)]]
    for segment in index.snapshot.segments:
        live = slice(None) if segment.live is None else segment.live
        for column, name in zip(columns, ("identity", "fingerprint"), strict=True):
            column.append(segment.numbers(name)[live])
    identities, values = (np.concatenate(column).view(np.int64) for column in columns)
    order = np.argsort(identities)
    return zip(identities[order].tolist(), values[order].tolist(), strict=True)
