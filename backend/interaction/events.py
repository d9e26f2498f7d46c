"""An act of a shopper on its way into the log, and the parts of it that are folded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

import orjson

from ml.profile.rules import InteractionType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

OutcomeKind = Literal["accepted", "duplicate", "conflict", "unknown_product"]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that isn't in the log yet.

    Attributes:
        event_id: the client's, or one of our own.
        has_own_id: whether the client gave the id, so that the log may know it already.
        content_hash: of everything the client sent but the id: a repetition has the same.
        occurred_at_us: microseconds since 1970; never later than `received_at_us`.
    """

    event_id: str
    has_own_id: bool
    content_hash: str
    user_id: str | None
    session_id: str | None
    product_id: str
    type: InteractionType
    rating: float | None
    context: str | None
    position: int | None
    recommendation_id: str | None
    query: str | None
    occurred_at_us: int
    received_at_us: int

    def row(self) -> dict[str, Any]:
        """Return the columns of the log that it brings along."""
        # One by one: `asdict` looks into each value for more to copy, and takes longer than the database.
        return {
            "event_id": self.event_id,
            "content_hash": self.content_hash,
            "user_id": self.user_id,
            "session_id": self.session_id,
            "product_id": self.product_id,
            "type": self.type.value,
            "rating": self.rating,
            "context": self.context,
            "position": self.position,
            "recommendation_id": self.recommendation_id,
            "query": self.query,
            "occurred_at_us": self.occurred_at_us,
            "received_at_us": self.received_at_us,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event.

    Attributes:
        kind: ``duplicate`` when the same event was in the log, ``conflict`` when another one has its id.
        version: of the actor's state from here on; None for what wasn't written.
    """

    kind: OutcomeKind
    version: int | None = None


class LoggedEvent(NamedTuple):
    """What the fold reads of one event."""

    seq: int
    product_id: str
    type: str
    rating: float | None
    occurred_at_us: int
    space: str | None
    vector_version: int | None


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970; exact."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the moment of `microseconds`, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def content_hash(values: Mapping[str, Any]) -> str:
    """Return 32 hex digits of what a client sent."""
    return hashlib.sha256(orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
