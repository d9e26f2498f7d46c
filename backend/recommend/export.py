"""What was recommended to a user, and which experiments they are in: the rest of what is stored of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.interaction.events import moment
from backend.interaction.user_sessions import user_sessions
from backend.recommend.tables import ExposureRow, RecommendationRow

AFTER = r"^[0-9]{1,18}-[A-Za-z0-9._:-]{1,64}$"
"""Form of `next_after`: when the last list of a page was served, and its id."""


class ExportedList(BaseModel):
    """One list as it was served."""

    recommendation_id: str
    user_id: str | None
    session_id: str | None
    context: str
    rung: str
    served_at: datetime
    state_version: int
    weights: dict[str, float]
    experiments: dict[str, str]
    product_ids: list[str]


class ExportedExposure(BaseModel):
    """An experiment that somebody is in."""

    experiment: str
    variant: str
    session_id: str | None = Field(description="Of a visit without a name; null where the user themselves was met.")
    first_at: datetime


class RecommendationExport(BaseModel):
    """A page of what was recommended to a user, the oldest first; on the first page all their experiments too.

    Which places were drawn, with what chance, and the versions of model and catalogue are left out: they tell of the
    shop, not of the user.
    """

    user_id: str
    recommendations: list[ExportedList]
    experiments: list[ExportedExposure]
    next_after: str | None = Field(description="`after` of the next page; null on the last one.")


def export_recommendations(db: Session, user_id: str, after: str | None, limit: int) -> RecommendationExport:
    """Return a page of the lists that `erase_recommendations` would delete of a user and of their nameless visits.

    On the first page their exposures to experiments too.

    Args:
        db: a reading transaction.
        user_id: whose.
        after: `next_after` of the page before, as `AFTER` has it; None begins.
        limit: lists on the page.
    """
    table = RecommendationRow
    mine = or_(table.user_id == user_id, and_(table.user_id.is_(None), table.session_id.in_(user_sessions(user_id))))
    statement = select(table).where(mine).order_by(table.served_at_us, table.id).limit(limit + 1)
    if after is not None:
        served_at_us, _, id_ = after.partition("-")
        statement = statement.where(tuple_(table.served_at_us, table.id) > (int(served_at_us), id_))
    rows = list(db.scalars(statement))
    more = rows[limit - 1] if len(rows) > limit else None
    return RecommendationExport(
        user_id=user_id,
        recommendations=[_exported(row) for row in rows[:limit]],
        experiments=_exposures(db, user_id) if after is None else [],
        next_after=None if more is None else f"{more.served_at_us}-{more.id}",
    )


def _exposures(db: Session, user_id: str) -> Sequence[ExportedExposure]:
    table = ExposureRow
    mine = or_(
        and_(table.kind == "u", table.actor == user_id),
        and_(table.kind == "s", table.actor.in_(user_sessions(user_id))),
    )
    ordered = select(table).where(mine).order_by(table.experiment, table.kind, table.actor)
    return [
        ExportedExposure(
            experiment=row.experiment,
            variant=row.variant,
            session_id=row.actor if row.kind == "s" else None,
            first_at=moment(row.first_at_us),
        )
        for row in db.scalars(ordered)
    ]


def _exported(row: RecommendationRow) -> ExportedList:
    return ExportedList(
        recommendation_id=row.id,
        user_id=row.user_id,
        session_id=row.session_id,
        context=row.context,
        rung=row.rung,
        served_at=moment(row.served_at_us),
        state_version=row.state_version,
        weights=orjson.loads(row.weights),
        experiments=orjson.loads(row.experiments),
        product_ids=[id_ for id_, *_ in orjson.loads(row.items)],
    )
