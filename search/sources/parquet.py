"""Parquet files -> their records, through the same mapping as JSONL and CSV; piece by piece.

pyarrow reads the format and is an extra, `bayegan[parquet]`. Of the columns only those are read that the mapping knows.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from search.article import Article
from search.errors import RejectedInput
from search.sources.decode import Decoded, decode
from search.sources.mapping import RecordMapper
from search.sources.paragraphs import without_controls
from search.sources.stream import Input, whole

if TYPE_CHECKING:
    from pyarrow import Array, RecordBatch, parquet

MAX_PACKED = 256 << 20  # bytes of a Parquet file that is not on the disk as it is, but inside an archive
MAX_ROW = 32 << 20  # bytes of a row, on the average of its group
_ROWS = 128  # that are read at once
_MOST_WHOLE = 128 << 20  # bytes of a packed row group whose columns are read whole
_BUFFER = 1 << 20  # bytes of a column that are read at once, of larger groups

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
        file, columns = _opened(found, mapper)
        yield from _rows(file, columns, found.source, mapper)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:  # the last: a name of a column
        reason = str(error).partition("\n")[0].rstrip(".")
        raise RejectedInput(found.source, f"a damaged Parquet file: {reason}; write it again") from error


def _opened(found: Input, mapper: RecordMapper) -> tuple[parquet.ParquetFile, list[str]]:
    """The file, which is read in pieces, and the columns to read; what is inside an archive has to be in memory.

    Texts are read as numbers into a dictionary, where the file has them so: a text that many rows share is there once.
    """
    from pyarrow import parquet, types

    packed = found.path if found.path is not None else io.BytesIO(whole(found.stream, found.source, MAX_PACKED))
    metadata = parquet.read_metadata(packed)
    schema = metadata.schema.to_arrow_schema()
    columns = [field for field in schema if mapper.is_column(field.name)]
    if not columns:
        names = ", ".join(schema.names[:10])
        raise RejectedInput(found.source, f"no column with a known name ({names}); map them in archive.toml, [fields]")
    texts = [field.name for field in columns if types.is_string(field.type) or types.is_large_string(field.type)]
    # A buffer grows to whatever a damaged page says to be its length; a column that was read whole has an end.
    buffer = _BUFFER if _largest_group(metadata) > _MOST_WHOLE else 0
    file = parquet.ParquetFile(packed, metadata=metadata, read_dictionary=texts, buffer_size=buffer, pre_buffer=False)
    return file, [field.name for field in columns]


def _largest_group(metadata: parquet.FileMetaData) -> int:
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    return max(
        (sum(group.column(at).total_compressed_size for at in range(group.num_columns)) for group in groups), default=0
    )


def _rows(file: parquet.ParquetFile, columns: list[str], source: str, mapper: RecordMapper) -> Found:
    row = 0
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        if group.total_byte_size > MAX_ROW * max(1, group.num_rows):
            yield RejectedInput(
                f"{source}:{row + 1}",
                f"{group.num_rows:,} rows of over {MAX_ROW >> 20} MB each, the limit; split them",
            )
            row += group.num_rows
            continue
        for batch in file.iter_batches(_ROWS, row_groups=[number], columns=columns, use_threads=False):
            named = list(zip(columns, _in_microseconds(batch).columns, strict=True))
            for place in range(batch.num_rows):
                row += 1
                yield _article(named, place, f"{source}:{row}", mapper)


def _in_microseconds(batch: RecordBatch) -> RecordBatch:
    """The batch with times that Python can hold."""
    import pyarrow

    for number, field in enumerate(batch.schema):
        if pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            kind = pyarrow.timestamp("us", tz=field.type.tz)
            batch = batch.set_column(number, field.name, batch.column(number).cast(kind, safe=False))
    return batch


def _article(named: Iterable[tuple[str, Array]], row: int, place: str, mapper: RecordMapper) -> Article | RejectedInput:
    """The article of one row of a batch; only the values of that row are in memory as Python has them."""
    try:
        values = {name: column[row].as_py() for name, column in named}
    except (ValueError, OverflowError) as error:  # letters that are no UTF-8, a year beyond 9999
        return RejectedInput(place, f"a value that cannot be read: {error}")
    notes: list[str] = []
    try:
        return mapper.article({name: _plain(value, place, notes) for name, value in values.items()}, place, notes)
    except RejectedInput as rejection:
        return rejection


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
