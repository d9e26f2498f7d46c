"""Inflates the pixels of a PNG block by block, to see that they are what its header says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.catalogue.images.containers.base import CUT_OFF
from backend.catalogue.images.containers.inflate import Inflater, most_packed
from backend.catalogue.images.errors import ImageRefused

_LAST_FILTER = 4
_FOLLOWED = "something else follows the pixels in their place"
# Adam7: first column, first row, column step, row step.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def check_pixels(
    data: bytes, spans: Sequence[tuple[int, int]], width: int, height: int, pixel_bits: int, *, interlaced: bool
) -> None:
    """Inflate the pixels and forget them.

    Args:
        data: the file.
        spans: start and end of each piece of the compressed stream.
        width: in pixels.
        height: in pixels.
        pixel_bits: of one pixel.
        interlaced: whether it comes in Adam7's seven passes.

    Raises:
        ImageRefused: they are damaged, too few or too many, packed in more bytes than they can need, or a row has a
            filter that doesn't exist.
    """
    parts = _parts(width, height, pixel_bits) if interlaced else [(height, 1 + (width * pixel_bits + 7) // 8)]
    if sum(end - start for start, end in spans) > most_packed(sum(count * stride for count, stride in parts)):
        raise ImageRefused("damaged: more compressed data than its pixels can take")
    rows, stream = _Rows(parts), Inflater()
    for start, end in spans:
        if stream.ended and end > start:
            raise ImageRefused(_FOLLOWED)
        for block in stream.blocks(data[start:end]):
            rows.take(block)
        if stream.followed:
            raise ImageRefused(_FOLLOWED)
    if not stream.ended or not rows.complete:
        raise ImageRefused(CUT_OFF)


def _parts(width: int, height: int, pixel_bits: int) -> list[tuple[int, int]]:
    """Return rows and bytes a row, its filter included, of each pass that has any pixels."""
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in _PASSES]
    return [(rows, 1 + (columns * pixel_bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0]


class _Rows:
    """Counts inflated bytes as rows, and looks at the first byte of each."""

    def __init__(self, parts: Sequence[tuple[int, int]]) -> None:
        self._parts: Iterator[tuple[int, int]] = iter(parts)
        self._stride = 1
        self._left = 0  # bytes of this part that are still to come
        self._next_part()
        self.complete = False

    def take(self, block: bytes) -> None:
        """Count a block."""
        position = 0
        while position < len(block):
            if self.complete:
                raise ImageRefused("more pixels than the header says")
            taken = min(len(block) - position, self._left)
            to_filter = self._left % self._stride  # bytes until the next row begins; 0 at its beginning
            filters = block[position + to_filter : position + taken : self._stride]
            if filters and max(filters) > _LAST_FILTER:
                raise ImageRefused("damaged: a row with a filter that doesn't exist")
            position += taken
            self._left -= taken
            if not self._left:
                self._next_part()

    def _next_part(self) -> None:
        part = next(self._parts, None)
        if part is None:
            self.complete = True
        else:
            rows, self._stride = part
            self._left = rows * self._stride
