"""Cursors: where a page ended, as text that clients hand back unread."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import struct
from dataclasses import dataclass

from backend.errors import InvalidRequest

_HEADER = struct.Struct(">8s8sqdQQ")  # request digest, basis digest; key, rank, version of the last product; seen

MAX_SEEN = 2**40
MAX_KEY = 2**62


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last product of a page and how many came before it.

    Attributes:
        rank: what orders the list among equal keys, higher first: similarity, or browse rank.
        key: what orders it first, higher first, exactly: a price in cents, a time in microseconds; 0 where the rank
            alone does.
        version: of the product. While it has this version, only other products can have moved its rank.
        basis: what made the rank, such as vector space and weights; ranks of different ones mean different things.
    """

    rank: float
    product_id: str
    seen: int
    basis: str
    key: int = 0
    version: int = 0

    def encode(self, request: bytes) -> str:
        """Return the cursor as text.

        Args:
            request: everything that decides the list, as bytes; the cursor fits no other request.
        """
        digests = _digest(request), _digest(self.basis.encode())
        packed = _HEADER.pack(*digests, self.key, self.rank, self.version, self.seen)
        return base64.urlsafe_b64encode(packed + self.product_id.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None, request: bytes, basis: str) -> Cursor | int | None:
        """Read a cursor for the request that it came with.

        Returns:
            The cursor; or, when ranks are made otherwise by now (the shop has switched models, or changed what a rule
            pins or boosts), only how many products came before: the list goes on by position, as comparing with an
            old rank would skip or repeat at random. None without a cursor.

        Raises:
            InvalidRequest: damaged, or made for another request.
        """
        if text is None:
            return None
        try:
            packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            request_digest, basis_digest, key, rank, version, seen = _HEADER.unpack(packed[: _HEADER.size])
            product_id = packed[_HEADER.size :].decode()
        except (binascii.Error, struct.error, UnicodeDecodeError, ValueError) as error:
            raise InvalidRequest("the cursor is not one that this server gave") from error
        if not math.isfinite(rank) or seen > MAX_SEEN or abs(key) > MAX_KEY:
            raise InvalidRequest("the cursor is not one that this server gave")
        if request_digest != _digest(request):
            raise InvalidRequest("the cursor belongs to another query or other filters")
        alike: bool = basis_digest == _digest(basis.encode())
        return cls(rank, product_id, seen, basis, key, version) if alike else int(seen)


def _digest(what: bytes) -> bytes:
    return hashlib.blake2b(what, digest_size=8).digest()
