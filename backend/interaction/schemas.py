"""Requests and answers about interactions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backend.catalogue.fields import ODD_ID, Cleaned, check_product_id, written_out
from ml.profile.rules import InteractionType

MAX_BATCH = 500
MAX_QUERY_LENGTH = 2000
MAX_EXPORT = 1000
_ACTOR_ID = re.compile(r"(?!\.{1,2}$)[^\s/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]{1,128}")  # as products' ids
_TOKEN = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def check_actor_id(value: str) -> str:
    """Return the id of a user or session unchanged.

    Raises:
        ValueError: it is empty, longer than 128 characters, or holds white space, a slash, a control character, or
            U+FFFD, which bytes that aren't UTF-8 have become.
    """
    if not _ACTOR_ID.fullmatch(value):
        raise ValueError(ODD_ID)
    return value


def _check_token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("an id of ours or an event's has 1 to 64 letters, digits, `.`, `_`, `:` or `-`")
    return value


def _utc_from_1970(value: datetime) -> datetime:
    """Return the moment in UTC: in any zone it is the same event."""
    if value < _FIRST:
        raise ValueError("a timestamp isn't before 1970")
    try:
        return value.astimezone(UTC)
    except OverflowError:  # in the last hours of the year 9999; what is in the future happens now
        return datetime.max.replace(tzinfo=UTC)


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


ActorId = Annotated[str, AfterValidator(check_actor_id)]
Token = Annotated[str, AfterValidator(_check_token)]
Context = Annotated[
    Literal["feed", "search", "similar", "category", "cart", "product", "other"], BeforeValidator(_lower)
]


class Feedback(BaseModel):
    """One act of a shopper."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        json_schema_extra={
            "examples": [
                {
                    "user_id": "u-17",
                    "session_id": "s-1",
                    "product_id": "A-17",
                    "interaction_type": "CLICK",
                    "position": 3,
                    "event_id": "0b5c1e6e-6d5f-4d6f-9b43-3f6d3c1c7a10",
                }
            ]
        },
    )

    user_id: ActorId | None = Field(default=None, description="Who; at least one of user and session is needed.")
    session_id: ActorId | None = Field(default=None, description="One visit, before and after a login.")
    product_id: Annotated[str, AfterValidator(check_product_id)]
    interaction_type: Annotated[InteractionType, BeforeValidator(_upper)]
    rating: Annotated[float, Field(ge=1, le=5, strict=True)] | None = Field(
        default=None, description="1 to 5 stars; of a `RATING`, and only of it."
    )
    context: Context | None = Field(default=None, description="Where the product was shown.")
    position: Annotated[int, Field(ge=0, le=100_000, strict=True)] | None = Field(
        default=None, description="Its place in the list that was shown."
    )
    recommendation_id: Token | None = Field(default=None, description="Of the answer that showed it.")
    query: Annotated[str, Field(max_length=MAX_QUERY_LENGTH), Cleaned] | None = Field(
        default=None, description="What the shopper had searched for."
    )
    event_id: Token | None = Field(
        default=None,
        description="The event's own id. Sent again with it, the event is counted once; without it, each time.",
    )
    timestamp: Annotated[AwareDatetime, BeforeValidator(written_out), AfterValidator(_utc_from_1970)] | None = Field(
        default=None, description="When it happened, with its time zone; now, if left out or in the future."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.user_id is None and self.session_id is None:
            raise ValueError("user_id or session_id is needed")
        if (self.rating is not None) != (self.interaction_type is InteractionType.RATING):
            raise ValueError("rating belongs to RATING, which needs it")
        return self


class FeedbackBatch(BaseModel):
    """Several acts, in the order in which they are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Each is checked by itself, so that a bad one doesn't cost the others.
    events: Annotated[list[Any], Field(min_length=1, max_length=MAX_BATCH)] = Field(
        json_schema_extra={"items": {"$ref": "#/components/schemas/Feedback"}}
    )


class FeedbackResult(BaseModel):
    """An event that is in the log."""

    event_id: str
    duplicate: bool = Field(description="It was there already, and has been counted once.")
    state_version: int = Field(
        description="Later answers for this user or session are of this version or a newer one."
    )


class FeedbackError(BaseModel):
    """Why an event of a batch was refused."""

    code: str
    message: str


class BatchItem(BaseModel):
    """What became of one event of a batch."""

    index: int
    status: Literal["accepted", "duplicate", "rejected"]
    event_id: str | None = None
    error: FeedbackError | None = None


class BatchResult(BaseModel):
    """What became of a batch; refused events don't keep the others back."""

    accepted: int
    duplicates: int
    rejected: int
    state_version: int | None = Field(description="The newest version of any actor in the batch; null without any.")
    results: list[BatchItem]


class RecentEvent(BaseModel):
    """One event of a shopper's recent past."""

    product_id: str
    interaction_type: InteractionType
    timestamp: datetime


class ActorSummary(BaseModel):
    """What the vector of a user or session stands on."""

    events: int
    vector: list[float] | None = Field(description="Null when there's nothing to go by, or it wasn't asked for.")
    has_vector: bool


class StateView(BaseModel):
    """The live state of a shopper, as the next recommendation would use it."""

    user_id: str | None
    session_id: str | None
    state_version: int
    vector_space: str
    long_term: ActorSummary
    session: ActorSummary
    recent: list[RecentEvent]
    purchased: list[str]


class ExportedEvent(BaseModel):
    """One event as it is stored."""

    event_id: str
    user_id: str | None
    session_id: str | None
    product_id: str
    interaction_type: InteractionType
    rating: float | None
    context: str | None
    position: int | None
    recommendation_id: str | None
    query: str | None
    timestamp: datetime
    received_at: datetime


class UserExport(BaseModel):
    """A page of what a user did; vectors and popularity are derived from it."""

    user_id: str
    events: list[ExportedEvent]
    next_after: int | None = Field(description="`after` of the next page; null on the last one.")


class UserErased(BaseModel):
    """What was deleted of a user."""

    user_id: str
    deleted: dict[str, int] = Field(description="Rows by table.")
    sessions: int = Field(description="Sessions tied to the user, whose nameless events are gone too.")
    awaiting_checkpoint: bool = Field(
        description="Whether it is still in the files of SQLite, as somebody reads them: a worker goes on trying."
    )
