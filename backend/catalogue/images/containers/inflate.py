"""Inflates what a stranger packed, piece by piece, and stops where it costs more than it can be worth."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from functools import cache
from time import thread_time

from backend.catalogue.images.errors import ImageRefused

_PIECE = 16 << 10  # of input, after which the output is looked at
_LEAST = _PIECE // 8  # honest pieces give 8/9 of their size or more, unless they are flushed after every few bytes
_BLOCK = 256 << 10  # of output
_SLACK = 16 << 10  # headers, sums and flushes
_FREE_S = 0.02
_PATIENCE = 5  # times what plain literals take; pictures of usual encoders were measured at up to 2


def most_packed(inflated: int) -> int:
    """Return how many bytes a deflate stream of so many inflated ones takes at most.

    No encoder takes more than nine bits a byte, the longest literals of the fixed code (RFC 1951, section 3.2.6).
    """
    return inflated + inflated // 8 + _SLACK


class Inflater:
    """One zlib stream.

    It may hold any number of blocks with a few bytes or none in them, each with code tables of its own: 10 MB of
    them take most of a second. Empty ones give themselves away by their output, others only by the time they take,
    which is compared with what this machine takes for ordinary data.
    """

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()
        self._fed = 0  # since the output was last looked at
        self._came = 0
        self._bytes = 0  # in and out, since the beginning
        self._spent_s = 0.0  # of this thread's processor time, so that other work on the machine doesn't count

    @property
    def ended(self) -> bool:
        """Whether the end of the stream has come."""
        return self._stream.eof

    @property
    def followed(self) -> bool:
        """Whether something came behind its end."""
        return bool(self._stream.unused_data)

    def blocks(self, packed: bytes) -> Iterator[bytes]:
        """Yield what the next bytes of the stream inflate to; those behind its end are left alone.

        Raises:
            ImageRefused: damaged, or too little comes of it.
        """
        for start in range(0, len(packed), _PIECE):
            piece = packed[start : start + _PIECE]
            self._fed += len(piece)
            self._bytes += len(piece)
            while piece and not self._stream.eof:
                block = self._inflate(piece)
                self._came += len(block)
                self._bytes += len(block)
                yield block
                piece = self._stream.unconsumed_tail
            self._check_progress()

    def _inflate(self, piece: bytes) -> bytes:
        start = thread_time()
        try:
            return self._stream.decompress(piece, _BLOCK)
        except zlib.error as error:
            raise ImageRefused("damaged: compressed data that can't be inflated") from error
        finally:
            self._spent_s += thread_time() - start

    def _check_progress(self) -> None:
        if self._spent_s > _FREE_S and self._spent_s > _FREE_S + _PATIENCE * self._bytes * _pace():
            raise ImageRefused("compressed in a way that takes far too long to inflate: save it anew")
        if self._fed < _PIECE or self._stream.eof:
            return
        if self._came < _LEAST:
            raise ImageRefused("damaged: compressed data with next to nothing in it")
        self._fed = self._came = 0


@cache
def _pace() -> float:
    """Return the seconds a byte, in and out together, that this machine takes for noise of six bits."""
    noise = random.Random(0).randbytes(1 << 17).translate(bytes(value & 63 for value in range(256)))  # noqa: S311  no secret
    packed = zlib.compress(noise)
    return min(_inflating_s(packed) for _ in range(5)) / (len(noise) + len(packed))


def _inflating_s(packed: bytes) -> float:
    start = thread_time()
    zlib.decompress(packed)
    return thread_time() - start
