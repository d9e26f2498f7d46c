"""Parquet in small batches; a gzipped one is unpacked to an unnamed temporary file, as it is read from its end."""

from __future__ import annotations

import datetime
import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import IO, Any

import pyarrow
import pyarrow.parquet

from backend.catalogue.feeds.source import BLOCK, ByteSource
from backend.catalogue.feeds.types import FeedError, RecordError, Rejected, Row, printable

BATCH_ROWS = 512
MAX_UNPACKED_BYTES = 16 << 30


def read_parquet(source: ByteSource) -> Iterator[Row | Rejected]:
    """Yield the rows, counted from 1.

    Raises:
        FeedError: the file is damaged, or doesn't fit on the disk when unpacked.
    """
    name = source.path.name
    with _seekable(source) as file:
        number = 0
        try:
            table = pyarrow.parquet.ParquetFile(file)
            columns = table.schema_arrow.names
            if len(set(columns)) < len(columns):
                raise FeedError(f"{name} has two columns of the same name: rename one of them")
            for batch in table.iter_batches(batch_size=BATCH_ROWS):
                for values in batch.to_pylist():
                    number += 1
                    yield _row(number, values)
                if not source.gzipped:  # unpacking has already counted a gzipped one
                    source.report(share=number / table.metadata.num_rows)
        except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:  # the last one of a damaged schema
            raise FeedError(f"{name} is not readable as Parquet: {printable(str(error), 200)}") from error


def _row(number: int, values: dict[str, Any]) -> Row | Rejected:
    try:
        return Row(number, {key: _plain(value) for key, value in values.items()}, None)
    except RecordError as error:
        return Rejected(number, str(error), printable(values))


def _plain(value: Any) -> Any:
    """Return the value as JSON would have it; NaN is how data frames write "missing"."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        pairs = bool(value) and all(isinstance(item, tuple) for item in value)  # how pyarrow hands out a map
        return {str(key): _plain(item) for key, item in value} if pairs else [_plain(item) for item in value]
    convert = _CONVERSIONS.get(type(value))
    return value if convert is None else convert(value)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise RecordError("a binary column that isn't UTF-8 text") from error


_CONVERSIONS: dict[type, Callable[[Any], Any]] = {
    float: lambda value: None if math.isnan(value) else value,
    Decimal: lambda value: None if value.is_nan() else str(value),
    bytes: _text,
    datetime.date: datetime.date.isoformat,
    datetime.datetime: datetime.datetime.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: datetime.timedelta.total_seconds,
}


@contextmanager
def _seekable(source: ByteSource) -> Iterator[IO[bytes]]:
    if not source.gzipped:
        with source.path.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as spool:
        size = 0
        while block := source.read(BLOCK):
            size += len(block)
            if size > MAX_UNPACKED_BYTES:
                raise FeedError(f"{source.path.name} unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB: split it")
            spool.write(block)
        spool.seek(0)
        yield spool
