"""Delimited records on top of physical lines: quotes may span lines, damage may not spread.

The parsing is the csv module's. This file decides which lines it gets to see, so that one stray quote costs one
record: after a record that can't be read, reading goes on at the line after its first.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from backend.catalogue.feeds.encoding import TextSource
from backend.catalogue.feeds.lines import MAX_LINE_BYTES, Line, undecodable
from backend.catalogue.feeds.types import FeedError

MAX_RECORD_BYTES = MAX_LINE_BYTES
_REREAD_ALLOWANCE = 32 << 20
"""Bytes that may be read again after stray quotes, on top of the size of the file: keeps the work linear."""

_REASONS = {
    "field larger than field limit": "a quote that is never closed, or a field over 128 kB",
    "unexpected end of data": "a quote that is never closed",
    "expected after": "text after a closing quote: a quote inside a quoted field is written twice",
    "new-line character seen in unquoted field": "a carriage return outside quotes",
}


class Record(NamedTuple):
    """The cells of one record, or what is wrong with it (then `cells` is empty)."""

    line: int
    cells: list[str]
    raw: str
    problem: str | None


class _LineTooLong(Exception):
    """The next physical line is over the limit."""


class _RecordTooLong(Exception):
    """The record spans more than the limit."""


class RecordReader:
    """Iterates over the records of a delimited file.

    Set `width` once the header is known: a record of another width that swallowed a line which has the right width by
    itself is then recognised as an unbalanced quote.
    """

    def __init__(self, lines: Iterator[Line], source: TextSource, delimiter: str) -> None:
        self.width = 0
        self._lines = lines
        self._source = source
        self._delimiter = delimiter
        self._pending: deque[Line] = deque()
        self._taken: list[Line] = []
        self._texts: list[str] = []
        self._size = 0
        self._problem: str | None = None
        self._reread = 0
        self._csv = csv.reader(_Feed(self), delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[Record]:
        while True:
            self._taken.clear()
            self._texts.clear()
            self._size = 0
            self._problem = None
            try:
                cells = next(self._csv)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._reject_first(_explain(error))
            except _RecordTooLong:
                yield self._reject_first(
                    f"a quote that is never closed, or a record over {MAX_RECORD_BYTES >> 20} MB"
                )
            except _LineTooLong:
                alone = len(self._taken) == 1
                what = f"a line over {MAX_LINE_BYTES >> 20} MB" if alone else "a quote that is never closed"
                yield self._reject_first(what)
            else:
                if self._swallowed_a_record(cells):
                    yield self._reject_first("a quote that is never closed, or too many or too few fields")
                else:
                    yield Record(self._taken[0].number, cells, "".join(self._texts), self._problem)

    def take(self) -> str:
        """Return the text of the next physical line for the record under way."""
        line = self._pending.popleft() if self._pending else next(self._lines)
        self._taken.append(line)
        self._size += len(line.data)
        if line.too_long:
            raise _LineTooLong
        if self._size > MAX_RECORD_BYTES:
            raise _RecordTooLong
        text = self._decode(line)
        self._texts.append(text)
        return text

    def _decode(self, line: Line) -> str:
        try:
            text = line.data.decode(self._source.encoding)
        except UnicodeDecodeError as error:
            self._problem = self._problem or undecodable(line, error, self._source)
            text = line.data.decode(self._source.encoding, "replace")  # the quotes still tell where the record ends
        if "\0" in text:
            self._problem = self._problem or f"a NUL byte in line {line.number}"
        return text

    def _reject_first(self, reason: str) -> Record:
        """Give up on the first line of the record and hand the others out again."""
        first, others = self._taken[0], self._taken[1:]
        if others:
            self._reread += sum(len(line.data) for line in others)
            if self._reread > _REREAD_ALLOWANCE + first.offset:
                raise FeedError("too many quotes that are never closed: fix the quoting of the file")
            self._pending.extendleft(reversed(others))
        return Record(first.number, [], self._decode(first), reason)

    def _swallowed_a_record(self, cells: list[str]) -> bool:
        if len(self._taken) == 1 or not self.width or len(cells) == self.width:
            return False
        return any(self._stands_alone(text) for text in self._texts[1:])

    def _stands_alone(self, text: str) -> bool:
        try:
            return len(next(csv.reader([text], delimiter=self._delimiter, strict=True), [])) == self.width
        except csv.Error:
            return False


class _Feed:
    """What the csv module iterates over; a generator could not go on after an exception."""

    def __init__(self, records: RecordReader) -> None:
        self._records = records

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return self._records.take()


def _explain(error: csv.Error) -> str:
    message = str(error)
    return next((reason for part, reason in _REASONS.items() if part in message), message)
