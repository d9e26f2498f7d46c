"""Feedback, and what is known of a shopper, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator

from backend.dependencies import ADMIN_KEY, FEEDBACK_KEY, FeedbackServiceDep, UserDataServiceDep
from backend.error_handlers import error_responses
from backend.interaction.schemas import (
    MAX_EXPORT,
    BatchResult,
    Feedback,
    FeedbackBatch,
    FeedbackResult,
    StateView,
    UserErased,
    UserExport,
    check_actor_id,
)
from backend.lean_route import LeanRoute
from backend.monitor.current import note_asked

router = APIRouter(prefix="/api/v1", tags=["interactions"], dependencies=[FEEDBACK_KEY], route_class=LeanRoute)
admin_router = APIRouter(prefix="/api/v1", tags=["interactions"], dependencies=[ADMIN_KEY], route_class=LeanRoute)

ActorPath = Annotated[str, Path(), AfterValidator(check_actor_id)]
ActorQuery = Annotated[str | None, Query(), AfterValidator(lambda v: v if v is None else check_actor_id(v))]
Vectors = Annotated[bool, Query(description="Show the vectors themselves.")]


@router.post(
    "/feedback",
    summary="Say what a shopper did",
    responses=error_responses(401, 403, 404, 409, 413, 422, 429, 503),
)
async def post_feedback(body: Feedback, service: FeedbackServiceDep) -> FeedbackResult:
    """Write one event. It is durable when this answers, and every later answer for its user and session knows it."""
    note_asked(body)
    return await service.record(body)


@router.post(
    "/feedback/batch",
    summary="Say what shoppers did",
    responses=error_responses(401, 403, 413, 422, 429, 503),
)
async def post_feedback_batch(body: FeedbackBatch, service: FeedbackServiceDep) -> BatchResult:
    """Write up to 500 events. Refused ones are named with index and reason, the others are written."""
    note_asked(body)
    return await service.record_batch(body.events)


@router.get(
    "/users/{user_id}/state", summary="What is known of a user?", responses=error_responses(401, 403, 422, 429, 503)
)
async def user_state(
    user_id: ActorPath, service: FeedbackServiceDep, session_id: ActorQuery = None, vectors: Vectors = False
) -> StateView:
    """Return the live state of a user, and of a session of theirs: what the next answer for them would use."""
    return await service.state(user_id, session_id, vectors)


@router.get(
    "/sessions/{session_id}/state",
    summary="What is known of a session?",
    responses=error_responses(401, 403, 422, 429, 503),
)
async def session_state(session_id: ActorPath, service: FeedbackServiceDep, vectors: Vectors = False) -> StateView:
    """Return the live state of a session alone."""
    return await service.state(None, session_id, vectors)


@admin_router.get(
    "/users/{user_id}/export", summary="Export a user", responses=error_responses(401, 403, 422, 429, 503)
)
async def export_user(
    user_id: ActorPath,
    service: UserDataServiceDep,
    after: Annotated[int, Query(ge=0, le=2**62, description="`next_after` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_EXPORT)] = MAX_EXPORT,
) -> UserExport:
    """Return the events of a user, and the nameless ones of their sessions, in pages."""
    return await service.export(user_id, after, limit)


@admin_router.delete("/users/{user_id}", summary="Erase a user", responses=error_responses(401, 403, 422, 429, 503))
async def erase_user(user_id: ActorPath, service: UserDataServiceDep) -> UserErased:
    """Delete all that is stored of a user. When this answers, no process remembers them."""
    return await service.erase(user_id)
