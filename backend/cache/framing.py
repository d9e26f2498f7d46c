"""Answers as they lie in Redis: what comes back from there is checked before it is believed."""

from __future__ import annotations

import hashlib
import struct
import time
import zlib

_HEAD = struct.Struct(
    "<4sBdI"
)  # magic, whether it is compressed, when it was made (Unix seconds), length of the body
_MAGIC = b"VTR1"
_DIGEST_BYTES = 16
COMPRESSED_FROM = 4096  # bytes; below it, a round trip costs more than what compressing saves
MAX_BODY = 16 << 20


class Corrupted(ValueError):
    """What Redis holds isn't what was put there."""


def pack(key: bytes, body: bytes) -> bytes:
    """Return an answer with all that `unpack` checks; long ones are compressed.

    Args:
        key: under which it is stored: a value that was put under another one isn't accepted.
        body: of the answer.
    """
    squeezed = zlib.compress(body, 1) if len(body) >= COMPRESSED_FROM else body
    content = squeezed if len(squeezed) < 0.8 * len(body) else body
    head = _HEAD.pack(_MAGIC, content is not body, time.time(), len(body))
    return head + _digest(key, head, content) + content


def unpack(key: bytes, value: bytes) -> tuple[bytes, float]:
    """Return the body of an answer, and its age in seconds.

    Raises:
        Corrupted: it isn't what `pack` made for this key.
    """
    start = _HEAD.size + _DIGEST_BYTES
    if len(value) < start or not value.startswith(_MAGIC):
        raise Corrupted("not an answer")
    head, digest, content = value[: _HEAD.size], value[_HEAD.size : start], value[start:]
    if digest != _digest(key, head, content):
        raise Corrupted("a wrong checksum")
    _, is_compressed, made_at, length = _HEAD.unpack(head)
    if length > MAX_BODY:
        raise Corrupted("too long")
    return (_inflated(content, length) if is_compressed else content), max(0.0, time.time() - made_at)


def _digest(key: bytes, head: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(b"%d %b%b%b" % (len(key), key, head, content), digest_size=_DIGEST_BYTES).digest()


def _inflated(content: bytes, length: int) -> bytes:
    inflate = zlib.decompressobj()
    try:
        body = inflate.decompress(content, length + 1)
    except zlib.error as error:
        raise Corrupted(str(error)) from error
    if len(body) != length:
        raise Corrupted("another length than was said")
    return body
