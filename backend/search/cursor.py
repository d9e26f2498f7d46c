"""Cursors: where a page ended, as text that clients hand back unread."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import struct
from dataclasses import dataclass

from backend.catalogue.ranking import Hit
from backend.errors import InvalidRequest

_CHECK = 4  # bytes: a cursor that was cut or mistyped isn't read as another one
_HEADER = struct.Struct(
    ">8s8sqdQB"
)  # request digest, basis digest; key, rank of the last product; seen; earlier ones
_EARLIER = struct.Struct(">8sqd")  # digest of the id, key, rank

MAX_SEEN = 2**40
MAX_KEY = 2**62


EARLIER = 2  # products before the last one that a cursor holds


@dataclass(frozen=True, slots=True)
class Anchor:
    """A product shown shortly before the last one: where to go on when that one is gone.

    Attributes:
        digest: of its id.
        key, rank: as of a `Cursor`.
    """

    digest: bytes
    key: int
    rank: float

    @classmethod
    def of(cls, hit: Hit) -> Anchor:
        """Hold on to a product."""
        return cls(digest(hit.product_id.encode()), hit.key, hit.rank)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last product of a page and how many came before it.

    Attributes:
        rank: what orders the list among equal keys, higher first: similarity, or browse rank.
        key: what orders it first, higher first, exactly: a price in cents, a time in microseconds; 0 where the rank
            alone does.
        basis: what made the rank, such as vector space and weights; ranks of different ones mean different things.
        earlier: the products shown before the last one, the latest first; at most `EARLIER`.
    """

    rank: float
    product_id: str
    seen: int
    basis: str
    key: int = 0
    earlier: tuple[Anchor, ...] = ()

    def encode(self, request: bytes) -> str:
        """Return the cursor as text.

        Args:
            request: everything that decides the list, as bytes; the cursor fits no other request.
        """
        digests = digest(request), digest(self.basis.encode())
        packed = _HEADER.pack(*digests, self.key, self.rank, self.seen, len(self.earlier))
        packed += b"".join(_EARLIER.pack(one.digest, one.key, one.rank) for one in self.earlier)
        packed += self.product_id.encode()
        return base64.urlsafe_b64encode(digest(packed)[:_CHECK] + packed).decode().rstrip("=")

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
            whole = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            check, packed = whole[:_CHECK], whole[_CHECK:]
            request_digest, basis_digest, key, rank, seen, count = _HEADER.unpack(packed[: _HEADER.size])
            end = _HEADER.size + min(count, EARLIER) * _EARLIER.size
            earlier = tuple(Anchor(*values) for values in _EARLIER.iter_unpack(packed[_HEADER.size : end]))
            product_id = packed[end:].decode()
        except (binascii.Error, struct.error, UnicodeDecodeError, ValueError) as error:
            raise InvalidRequest("the cursor is not one that this server gave") from error
        places = [(key, rank), *((one.key, one.rank) for one in earlier)]
        possible = all(math.isfinite(rank) and abs(key) <= MAX_KEY for key, rank in places)
        if check != digest(packed)[:_CHECK] or not possible or seen > MAX_SEEN:
            raise InvalidRequest("the cursor is not one that this server gave")
        if request_digest != digest(request):
            raise InvalidRequest("the cursor belongs to another query or other filters")
        alike: bool = basis_digest == digest(basis.encode())
        return cls(rank, product_id, seen, basis, key, earlier) if alike else int(seen)


def digest(what: bytes) -> bytes:
    """Return 8 bytes that stand for others."""
    return hashlib.blake2b(what, digest_size=8).digest()
