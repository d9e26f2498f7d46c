"""What comes back from Redis is what was put there, or it is refused."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cache import framing
from backend.cache.framing import COMPRESSED_FROM, Corrupted, pack, unpack


@pytest.mark.parametrize("body", [b"", b"{}", b"a" * (COMPRESSED_FROM - 1), b"a" * 50_000, bytes(range(256)) * 40])
def test_a_body_comes_back(body: bytes) -> None:
    found, age_s = unpack(b"key", pack(b"key", body))
    assert found == body
    assert 0 <= age_s < 60


def test_long_ones_are_compressed_where_that_pays() -> None:
    assert len(pack(b"key", b"the same words " * 1000)) < 2000
    noise = b"".join(struct.pack("<Q", pow(3, n, 2**64 - 59)) for n in range(2000))
    assert len(pack(b"key", noise)) < len(noise) + 64


@given(st.binary(max_size=200))
def test_anything_else_is_refused(value: bytes) -> None:
    with pytest.raises(Corrupted):
        unpack(b"key", value)


@given(st.integers(0), st.integers(1, 255), st.sampled_from([b'{"items":[]}', b"many words " * 900]))
def test_one_changed_byte_is_noticed(at: int, change: int, body: bytes) -> None:
    value = bytearray(pack(b"key", body))
    value[at % len(value)] ^= change
    with pytest.raises(Corrupted):
        unpack(b"key", bytes(value))


def test_the_answer_of_another_key_is_refused() -> None:
    with pytest.raises(Corrupted):
        unpack(b"another", pack(b"key", b"{}"))


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    """Even one with a right checksum: whoever can write to Redis can compute that too."""
    content = zlib.compress(b"\0" * (64 << 20), 9)
    for length in (10, framing.MAX_BODY + 1):
        head = framing._HEAD.pack(framing._MAGIC, True, 0.0, length)
        with pytest.raises(Corrupted):
            unpack(b"key", head + framing._digest(b"key", head, content) + content)
