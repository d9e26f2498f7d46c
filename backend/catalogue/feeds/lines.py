"""Physical lines of a byte stream, never more than one block and one line in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from backend.catalogue.feeds.encoding import TextSource

MAX_LINE_BYTES = 1 << 20
"""A product takes at most about 250 kB in any text format; a longer line is damage."""

_KEPT_OF_A_LONG_LINE = 1200


class Line(NamedTuple):
    """A line with its end; of a line that is too long only the beginning is kept."""

    number: int
    offset: int
    data: bytes
    too_long: bool


def split_lines(source: TextSource, newline: bytes = b"\n", limit: int = MAX_LINE_BYTES) -> Iterator[Line]:
    """Yield lines in order.

    Args:
        source: where the bytes come from.
        newline: one byte; files of old spreadsheets end lines with a carriage return alone.
        limit: longest line, in bytes, that is handed out whole.
    """
    number, offset, rest, skipped = 1, source.start, b"", 0
    while block := source.read():
        pieces = (rest + block).split(newline)
        rest = pieces.pop()
        for piece in pieces:
            size = len(piece) + 1
            if skipped or size > limit:
                yield Line(number, offset, piece[:_KEPT_OF_A_LONG_LINE], too_long=True)
            else:
                yield Line(number, offset, piece + newline, too_long=False)
            number, offset, skipped = number + 1, offset + size + skipped, 0
        excess = len(rest) - _KEPT_OF_A_LONG_LINE
        if excess > 0 and (skipped or len(rest) > limit):
            skipped += excess
            rest = rest[:_KEPT_OF_A_LONG_LINE]
    if rest:
        yield Line(number, offset, rest, too_long=bool(skipped) or len(rest) > limit)


def find_newline(head: bytes) -> bytes:
    """Return the byte that ends lines, judged by the beginning of the file."""
    return b"\r" if b"\r" in head and b"\n" not in head else b"\n"


def undecodable(line: Line, error: UnicodeDecodeError, source: TextSource) -> str:
    """Return the reason shown for a line that isn't text in the file's encoding."""
    if not source.exact_offsets:
        return f"line {line.number} holds a broken UTF-16 sequence"
    value = error.object[error.start]
    return (
        f"byte 0x{value:02x} at offset {line.offset + error.start} is not valid {source.encoding}: "
        "give the file's real encoding with --encoding (often cp1252)"
    )
