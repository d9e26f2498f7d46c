"""Cursors: where a page ended, as text that clients hand back unread."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import struct
from dataclasses import dataclass

from backend.errors import InvalidRequest
from backend.search.schemas import SearchRequest

_HEADER = struct.Struct(">8sdQ")  # request digest, rank of the last product, products seen

MAX_SEEN = 2**40


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last product of a page and how many came before it.

    Attributes:
        rank: the value that orders the list, higher first: similarity, or browse rank.
    """

    rank: float
    product_id: str
    seen: int

    def encode(self, request: SearchRequest) -> str:
        """Return the cursor as text that only fits the same query and filters."""
        packed = _HEADER.pack(_digest(request), self.rank, self.seen) + self.product_id.encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def decode(cls, request: SearchRequest) -> Cursor | None:
        """Read a request's cursor, if it has one.

        Raises:
            InvalidRequest: damaged, or made for another query or other filters.
        """
        if request.cursor is None:
            return None
        try:
            packed = base64.b64decode(
                request.cursor + "=" * (-len(request.cursor) % 4), altchars=b"-_", validate=True
            )
            digest, rank, seen = _HEADER.unpack(packed[: _HEADER.size])
            product_id = packed[_HEADER.size :].decode()
        except (binascii.Error, struct.error, UnicodeDecodeError, ValueError) as error:
            raise InvalidRequest("the cursor is not one that this server gave") from error
        if not math.isfinite(rank) or seen > MAX_SEEN:
            raise InvalidRequest("the cursor is not one that this server gave")
        if digest != _digest(request):
            raise InvalidRequest("the cursor belongs to another query or other filters")
        return cls(rank, product_id, seen)


def _digest(request: SearchRequest) -> bytes:
    what = request.model_dump_json(include={"query", "filters"})
    return hashlib.blake2b(what.encode(), digest_size=8).digest()
