"""Deflate streams that are cheap to send and dear to inflate: RFC 1951."""

from __future__ import annotations

import zlib

_HEADER = b"\x78\x01"
_FINAL = b"\x03\x00"  # an empty block of the fixed code, the last one; begins at a whole byte
_EMPTY_FIXED = "010" + "0000000"
_CODE_LENGTHS = 18  # of the code of the lengths, up to that of length 1


def empty_blocks(size: int, *, fixed: bool = False) -> bytes:
    """Return a stream of about `size` bytes that inflates to nothing.

    Args:
        size: in bytes.
        fixed: blocks of the fixed code, of 10 bits; else each brings its own tables, in 90.
    """
    block = _EMPTY_FIXED if fixed else _dynamic_block(0)
    return _HEADER + _repeated(block, size // len(block)) + _FINAL + zlib.adler32(b"").to_bytes(4, "big")


def tiny_blocks(inflated: int, zeros: int = 12) -> bytes:
    """Return a stream of about `inflated` zeros, with tables of its own for each few of them."""
    rounds = inflated // (8 * zeros)
    sum_of_zeros = zlib.adler32(bytes(rounds * 8 * zeros)).to_bytes(4, "big")
    return _HEADER + _repeated(_dynamic_block(zeros), rounds) + _FINAL + sum_of_zeros


def _repeated(block: str, rounds: int) -> bytes:
    """Return eight blocks a round, which end at a whole byte."""
    return int((block * 8)[::-1], 2).to_bytes(len(block), "little") * rounds


def _dynamic_block(zeros: int) -> str:
    """Return the bits of a block of so many zero bytes, in the order of the stream."""
    counts = "0" * 5 + "0" * 5 + _number(_CODE_LENGTHS - 4, 4)  # 257 literals and lengths, 1 distance
    code = "".join("100" if symbol in {18, 1} else "000" for symbol in (16, 17, 18, *[0] * 14, 1))
    one, run = "0", "1"  # a length of 1; a run of up to 138 lengths of 0, its number behind it
    first = one if zeros else ""
    runs = run + _number(138 - 11, 7) + run + _number((255 if zeros else 256) - 138 - 11, 7)
    end = "1" if zeros else "0"
    return "001" + counts + code + first + runs + one + one + "0" * zeros + end


def _number(value: int, bits: int) -> str:
    return f"{value:0{bits}b}"[::-1]
