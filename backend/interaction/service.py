"""Feedback as the router needs it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from backend.access.quota import Quota
from backend.catalogue.validation import first_messages
from backend.errors import EventConflict, InvalidRequest, ProductNotFound, VitrineError
from backend.ids import new_uuid
from backend.interaction.events import NewEvent, Outcome, content_hash, microseconds, moment
from backend.interaction.schemas import (
    ActorSummary,
    BatchItem,
    BatchResult,
    Feedback,
    FeedbackError,
    FeedbackResult,
    RecentEvent,
    StateView,
)
from backend.interaction.states import UserStates
from backend.interaction.vectors import StateSpace
from backend.interaction.writer import EventWriter
from ml.profile.rules import InteractionType
from ml.types import Embedding


class FeedbackService:
    """Takes what shoppers do, and shows what has become of it."""

    def __init__(self, writer: EventWriter, states: UserStates, quota: Quota, space: StateSpace) -> None:
        self._writer = writer
        self._states = states
        self._quota = quota
        self._space = space

    async def record(self, feedback: Feedback) -> FeedbackResult:
        """Write one event; it is durable, and in every later answer for its user and session, when this returns.

        Raises:
            ProductNotFound: there never was such a product.
            EventConflict: another event has this id.
            RateLimited: this user or session sends too many.
            Overloaded: too many events wait already.
        """
        grant = await self._quota.grant(_actor(feedback))
        if not grant.granted:
            raise self._quota.refusal(grant)
        event = new_event(feedback, datetime.now(UTC))
        (outcome,) = await self._writer.write(self._space, [event])
        if (error := _error(event, outcome)) is not None:
            raise error
        assert outcome.version is not None  # noqa: S101  of what isn't an error
        return FeedbackResult(
            event_id=event.event_id, duplicate=outcome.kind == "duplicate", state_version=outcome.version
        )

    async def record_batch(self, events: Sequence[Any]) -> BatchResult:
        """Write those of several events that can be written, in one transaction.

        Raises:
            Overloaded: too many events wait already; none of these is written.
        """
        now = datetime.now(UTC)
        checked = await self._limited([_check(values) for values in events], now)
        good = [event for event in checked if isinstance(event, NewEvent)]
        outcomes = iter(await self._writer.write(self._space, good))
        results, versions = [], []
        for index, event in enumerate(checked):
            if isinstance(event, VitrineError):
                results.append(_rejected(index, None, event))
                continue
            outcome = next(outcomes)
            if (error := _error(event, outcome)) is not None:
                results.append(_rejected(index, event.event_id, error))
                continue
            status = "duplicate" if outcome.kind == "duplicate" else "accepted"
            results.append(BatchItem(index=index, status=status, event_id=event.event_id))
            versions.append(outcome.version or 0)
        count = [item.status for item in results].count
        return BatchResult(
            accepted=count("accepted"),
            duplicates=count("duplicate"),
            rejected=count("rejected"),
            state_version=max(versions, default=None),
            results=results,
        )

    async def state(self, user_id: str | None, session_id: str | None, with_vectors: bool) -> StateView:
        """Return the state that the next answer for this shopper would use."""
        state = await self._states.read(user_id, session_id, self._space)

        def summary(events: int, vector: Embedding | None) -> ActorSummary:
            shown = vector.tolist() if with_vectors and vector is not None else None
            return ActorSummary(events=events, vector=shown, has_vector=vector is not None)

        return StateView(
            user_id=user_id,
            session_id=session_id,
            state_version=state.version,
            vector_space=self._space.vectors.fingerprint,
            long_term=summary(state.user_events, state.long_term),
            session=summary(state.session_events, state.session),
            recent=[
                RecentEvent(
                    product_id=event.product_id,
                    interaction_type=InteractionType(event.type),
                    timestamp=moment(event.occurred_at_us),
                )
                for event in state.recent
            ],
            purchased=sorted(state.purchased),
        )

    async def _limited(
        self, checked: Sequence[Feedback | VitrineError], now: datetime
    ) -> list[NewEvent | VitrineError]:
        """Let as many events of each actor through as it may send, the first ones."""
        good = Counter(_actor(one) for one in checked if isinstance(one, Feedback))
        grants = dict(
            zip(good, await asyncio.gather(*(self._quota.grant(*item) for item in good.items())), strict=True)
        )
        taken: Counter[str] = Counter()
        events: list[NewEvent | VitrineError] = []
        for one in checked:
            if isinstance(one, VitrineError):
                events.append(one)
                continue
            actor = _actor(one)
            taken[actor] += 1
            let_through = taken[actor] <= grants[actor].granted
            events.append(new_event(one, now) if let_through else self._quota.refusal(grants[actor]))
        return events


def _check(values: Any) -> Feedback | VitrineError:
    try:
        return Feedback.model_validate(values)
    except ValidationError as error:
        messages = (f"{found['field']}: {found['message']}".removeprefix(": ") for found in first_messages(error))
        return InvalidRequest("; ".join(messages))


def new_event(feedback: Feedback, received: datetime) -> NewEvent:
    """Return the event of a request; what is dated in the future happened when it was received."""
    received_us = microseconds(received)
    occurred_us = received_us if feedback.timestamp is None else microseconds(feedback.timestamp)
    return NewEvent(
        event_id=feedback.event_id or str(new_uuid()),
        has_own_id=feedback.event_id is not None,
        content_hash=content_hash(feedback.model_dump(mode="json", exclude={"event_id"}, exclude_none=True)),
        user_id=feedback.user_id,
        session_id=feedback.session_id,
        product_id=feedback.product_id,
        type=feedback.interaction_type,
        rating=feedback.rating,
        context=feedback.context,
        position=feedback.position,
        recommendation_id=feedback.recommendation_id,
        query=feedback.query,
        occurred_at_us=min(occurred_us, received_us),
        received_at_us=received_us,
    )


def _actor(feedback: Feedback) -> str:
    return f"u:{feedback.user_id}" if feedback.user_id is not None else f"s:{feedback.session_id}"


def _error(event: NewEvent, outcome: Outcome) -> VitrineError | None:
    if outcome.kind == "unknown_product":
        return ProductNotFound(f"no product {event.product_id}", product_id=event.product_id)
    if outcome.kind == "conflict":
        return EventConflict("another event has this event_id", event_id=event.event_id)
    return None


def _rejected(index: int, event_id: str | None, error: VitrineError) -> BatchItem:
    return BatchItem(
        index=index,
        status="rejected",
        event_id=event_id,
        error=FeedbackError(code=error.code, message=error.message),
    )
