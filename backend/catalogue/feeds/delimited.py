"""CSV, TSV and their relatives as rows with named columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from backend.catalogue.feeds.encoding import TextSource
from backend.catalogue.feeds.lines import find_newline, split_lines
from backend.catalogue.feeds.records import Record, RecordReader
from backend.catalogue.feeds.types import FeedError, Rejected, Row, printable

MAX_COLUMNS = 2000


def read_delimited(source: TextSource, head: bytes, delimiter: str) -> Iterator[Row | Rejected]:
    """Yield the rows under the header line; blank lines are passed over.

    Args:
        source: the text.
        head: the beginning of the file, to find out how lines end.
        delimiter: one character.

    Raises:
        FeedError: there is no usable header.
    """
    reader = RecordReader(split_lines(source, find_newline(head)), source, delimiter)
    header: list[str] | None = None
    columns: list[str] = []
    for record in reader:
        if record.problem is None and not any(cell and not cell.isspace() for cell in record.cells):
            continue
        if header is None:
            header = record.cells
            columns = _columns(record)
            reader.width = len(columns)
            continue
        problem = record.problem or _misfit(record.cells, header)
        if problem is None:
            yield Row(record.line, dict(zip(columns, record.cells, strict=False)), record.raw)
        else:
            yield Rejected(record.line, problem, printable(record.raw))
    if header is None:
        raise FeedError("the file has no header line")


def _misfit(cells: list[str], header: list[str]) -> str | None:
    """Return what is wrong with the number of cells; blank ones past the last column do no harm."""
    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        return f"{len(cells)} fields, the header has {len(header)}"
    return "the header line again" if cells == header else None


def _columns(record: Record) -> list[str]:
    if record.problem is not None:
        raise FeedError(f"the header in line {record.line} can't be read: {record.problem}")
    columns = [" ".join(cell.split()) or f"column {number}" for number, cell in enumerate(record.cells, 1)]
    if len(columns) > MAX_COLUMNS:
        raise FeedError(f"the header has {len(columns)} columns, at most {MAX_COLUMNS} are read")
    twice = sorted(printable(name, 60) for name, count in Counter(columns).items() if count > 1)
    if twice:
        raise FeedError(f"the header names a column twice: {', '.join(twice)}; rename one of them")
    return columns
