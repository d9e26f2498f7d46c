"""All SQL about recommendations served and exposures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, or_, select, text
from sqlalchemy.orm import Session

from backend.catalogue.repository import chunks
from backend.database.upsert import insert_new
from backend.interaction.tables import InteractionRow
from backend.recommend.experiments import Exposure
from backend.recommend.tables import ExposureRow, RecommendationRow

_PACKED = ("weights", "experiments", "items")  # columns that hold JSON


@dataclass(frozen=True, slots=True)
class Served:
    """One list that was served.

    Attributes:
        id: of the recommendation.
        served_at_us: microseconds since 1970.
        weights: by part.
        experiments: variant by experiment.
        items: product, propensity and whether it was drawn, in their order.
    """

    id: str
    user_id: str | None
    session_id: str | None
    context: str
    rung: str
    served_at_us: int
    state_version: int
    catalogue_version: int
    model_version: str | None
    weights: dict[str, float]
    experiments: dict[str, str]
    items: tuple[tuple[str, float, bool], ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the people of one variant did after they met it.

    Attributes:
        exposed: people: users, and sessions without one.
        clicked: of these, who clicked on anything.
        bought: of these, who bought anything.
    """

    exposed: int = 0
    clicked: int = 0
    bought: int = 0


class RecommendationLog:
    """Reads and writes inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def hold_off_erasure(self) -> None:
        """Let no user be erased until this transaction ends; on SQLite that holds for every writer."""
        if self._db.connection().dialect.name != "sqlite":
            self._db.execute(text(f"LOCK TABLE {RecommendationRow.__tablename__} IN ROW EXCLUSIVE MODE"))

    def add(self, served: Sequence[Served], exposures: Sequence[Exposure]) -> None:
        """Write both; of exposures the first one of each actor stays."""
        insert_new(self._db, RecommendationRow, [_row(one) for one in served])
        insert_new(self._db, ExposureRow, [asdict(one) for one in exposures])

    def get(self, id_: str) -> Served | None:
        """Return one list."""
        row = self._db.get(RecommendationRow, id_)
        return None if row is None else _served(row)

    def erase(self, user_id: str, session_ids: Sequence[str]) -> dict[str, int]:
        """Delete what is stored of a user and of nameless visits in sessions of theirs; return rows by table."""
        lists = self._delete(RecommendationRow, RecommendationRow.user_id == user_id)
        exposures = self._delete(ExposureRow, and_(ExposureRow.kind == "u", ExposureRow.actor == user_id))
        for chunk in chunks(session_ids):
            nameless = and_(RecommendationRow.session_id.in_(chunk), RecommendationRow.user_id.is_(None))
            lists += self._delete(RecommendationRow, nameless)
            exposures += self._delete(ExposureRow, and_(ExposureRow.kind == "s", ExposureRow.actor.in_(chunk)))
        return {"recommendations": lists, "experiment_exposures": exposures}

    def prune(self, before_us: int, most: int) -> int:
        """Delete some of the lists served before a moment; return how many."""
        old = select(RecommendationRow.id).where(RecommendationRow.served_at_us < before_us).limit(most)
        return self._delete(RecommendationRow, RecommendationRow.id.in_(old))

    def of_actor(self, user_id: str | None, session_id: str | None) -> list[Served]:
        """Return the lists served to a user or in a session, the oldest first."""
        mine = [
            column == value
            for column, value in ((RecommendationRow.user_id, user_id), (RecommendationRow.session_id, session_id))
            if value is not None
        ]
        statement = select(RecommendationRow).where(or_(*mine))
        ordered = statement.order_by(RecommendationRow.served_at_us, RecommendationRow.id)
        return [_served(row) for row in self._db.scalars(ordered)]

    def outcomes(self, experiment: str) -> dict[str, Counted]:
        """Count what became of the people in an experiment, by variant."""
        found: dict[str, Counted] = {}
        for kind in ("u", "s"):
            did = {name: exists(_acts(kind, name)) for name in ("CLICK", "PURCHASE")}
            statement = (
                select(
                    ExposureRow.variant,
                    func.count(),
                    *(func.sum(case((act, 1), else_=0)) for act in did.values()),
                )
                .where(ExposureRow.experiment == experiment, ExposureRow.kind == kind)
                .group_by(ExposureRow.variant)
            )
            for variant, exposed, clicked, bought in self._db.execute(statement):
                known = found.get(variant, Counted())
                found[variant] = Counted(known.exposed + exposed, known.clicked + clicked, known.bought + bought)
        return found

    def _delete(self, table: type[RecommendationRow | ExposureRow], where: ColumnElement[bool]) -> int:
        return self._db.connection().execute(delete(table).where(where)).rowcount


def erase_recommendations(db: Session, user_id: str, session_ids: Sequence[str]) -> dict[str, int]:
    """Delete what this feature holds of a user, in the transaction that erases them."""
    return RecommendationLog(db).erase(user_id, session_ids)


def _acts(kind: str, type_: str) -> Select[int]:
    """Select the acts of one type by the person of an exposure, from then on."""
    mine = (
        InteractionRow.user_id == ExposureRow.actor
        if kind == "u"
        else and_(InteractionRow.session_id == ExposureRow.actor, InteractionRow.user_id.is_(None))
    )
    since = InteractionRow.received_at_us >= ExposureRow.first_at_us
    return select(InteractionRow.seq).where(mine, InteractionRow.type == type_, since).correlate(ExposureRow)


def _row(one: Served) -> dict[str, Any]:
    # `asdict` would copy each item of each list.
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return {**values, **{name: orjson.dumps(values[name]).decode() for name in _PACKED}}


def _served(row: RecommendationRow) -> Served:
    return Served(
        id=row.id,
        user_id=row.user_id,
        session_id=row.session_id,
        context=row.context,
        rung=row.rung,
        served_at_us=row.served_at_us,
        state_version=row.state_version,
        catalogue_version=row.catalogue_version,
        model_version=row.model_version,
        weights=orjson.loads(row.weights),
        experiments=orjson.loads(row.experiments),
        items=tuple((id_, propensity, explored) for id_, propensity, explored in orjson.loads(row.items)),
    )
