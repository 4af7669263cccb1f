"""Parquet files -> their records, through the same mapping as JSONL and CSV; row group by row group.

pyarrow reads the format and is an extra, `bayegan[parquet]`. Of the columns only those are read that the mapping knows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from search.article import Article
from search.errors import RejectedInput
from search.sources.decode import Decoded, decode
from search.sources.mapping import RecordMapper
from search.sources.paragraphs import without_controls
from search.sources.stream import Input, whole

if TYPE_CHECKING:
    from pyarrow import RecordBatch, parquet

MAX_PACKED = 256 << 20  # bytes of a Parquet file that is not on the disk as it is, but inside an archive
MAX_ROW_GROUP = 512 << 20  # bytes of one row group, unpacked; files are written in groups of at most about 128 MB
_ROWS = 500  # that are turned into records at once

Found = Iterator[Article | RejectedInput]


def read_parquet(found: Input, mapper: RecordMapper) -> Found:
    """The articles of a Parquet file; the place of each is its row, counted from 1.

    Raises:
        RejectedInput: pyarrow is not installed, the file is damaged, or has no column that the mapping knows.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise RejectedInput(
            found.source, "a Parquet file, which needs pyarrow; install it with: pip install 'bayegan[parquet]'"
        ) from error
    try:
        yield from _rows(_opened(found), found.source, mapper)
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise RejectedInput(found.source, f"a damaged Parquet file: {reason}; write it again") from error


def _opened(found: Input) -> parquet.ParquetFile:
    """The file itself, which is read in pieces; what is inside an archive has to be in memory."""
    from pyarrow import parquet

    packed = found.path if found.path is not None else io.BytesIO(whole(found.stream, found.source, MAX_PACKED))
    return parquet.ParquetFile(packed)


def _rows(file: parquet.ParquetFile, source: str, mapper: RecordMapper) -> Found:
    columns = [name for name in file.schema_arrow.names if mapper.is_column(name)]
    if not columns:
        names = ", ".join(file.schema_arrow.names[:10])
        raise RejectedInput(source, f"no column with a known name ({names}); map them in archive.toml, [fields]")
    row = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).total_byte_size
        if size > MAX_ROW_GROUP:
            rows = file.metadata.row_group(group).num_rows
            yield RejectedInput(
                f"{source}:{row + 1}",
                f"a row group of {size >> 20} MB, over the limit of {MAX_ROW_GROUP >> 20} MB: {rows:,} rows left out; "
                "write smaller row groups",
            )
            row += rows
            continue
        for batch in file.iter_batches(_ROWS, row_groups=[group], columns=columns, use_threads=False):
            for record in _records(_in_microseconds(batch), row, source):
                row += 1
                yield from (
                    [record] if isinstance(record, RejectedInput) else _article(record, f"{source}:{row}", mapper)
                )


def _in_microseconds(batch: RecordBatch) -> RecordBatch:
    """The batch with times that Python can hold."""
    import pyarrow

    for number, field in enumerate(batch.schema):
        if pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            kind = pyarrow.timestamp("us", tz=field.type.tz)
            batch = batch.set_column(number, field.name, batch.column(number).cast(kind, safe=False))
    return batch


def _records(batch: RecordBatch, row: int, source: str) -> list[dict[str, Any] | RejectedInput]:
    """The rows of a batch; a rejection for each that has a value that cannot be read."""
    try:
        return list(batch.to_pylist())
    except (ValueError, OverflowError) as error:  # letters that are no UTF-8, a year beyond 9999
        if batch.num_rows == 1:
            return [RejectedInput(f"{source}:{row + 1}", f"a value that cannot be read: {error}")]
        single = (_records(batch.slice(number, 1), row + number, source) for number in range(batch.num_rows))
        return [record for records in single for record in records]


def _article(record: dict[str, Any], place: str, mapper: RecordMapper) -> Found:
    notes: list[str] = []
    try:
        yield mapper.article({name: _plain(value, place, notes) for name, value in record.items()}, place, notes)
    except RejectedInput as rejection:
        yield rejection


def _plain(value: Any, place: str, notes: list[str]) -> Any:
    """A value as JSON would have it: times as text, bytes as the text that they are."""
    match value:
        case str():
            return without_controls(value)
        case bytes():
            decoded: Decoded = decode(value, place)
            notes += [note for note in decoded.notes if note not in notes]
            return without_controls(decoded.text)
        case datetime():
            return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()
        case date():
            return value.isoformat()
        case list():
            return [_plain(item, place, notes) for item in value]
        case dict():
            return {name: _plain(item, place, notes) for name, item in value.items()}
        case bool() | int() | float() | None:
            return value
        case _:  # decimals, times of day, durations
            return str(value)
