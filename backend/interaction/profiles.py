"""Long-term sums in SQL, and how far they have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
from sqlalchemy import ColumnElement, Table, bindparam, delete, exists, func, select, text, update
from sqlalchemy.orm import Session

from backend.catalogue.repository import chunks
from backend.database.upsert import insert_new, upsert
from backend.interaction.tables import ACTIVE, InteractionRow, ProfileRow, ProgressRow
from backend.interaction.vectors import StateSpace
from ml.profile.rules import ProfileRules
from ml.profile.sums import EMPTY_S, DecayedSums

_TABLE = cast(Table, ProfileRow.__table__)
STORED = ("sum", "mass", "reference_s", "events", "applied_seq")  # of a profile, beside whose it is
# Built once: a read of a shopper who isn't in memory begins with it.
_PROFILES = select(*(_TABLE.c[name] for name in ("user_id", *STORED))).where(
    _TABLE.c.space == bindparam("space"), _TABLE.c.user_id.in_(bindparam("users", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A user's long-term sum, of one decay class, over `events` events up to number `seq`."""

    sums: DecayedSums
    events: int
    seq: int


class StoredProfile(NamedTuple):
    """The columns of `STORED`."""

    sum: bytes
    mass: float
    reference_s: float | None
    events: int
    applied_seq: int


def profile_of(stored: StoredProfile, rules: ProfileRules, dimension: int) -> Profile:
    """Return the profile that a row holds."""
    reference = np.array([EMPTY_S if stored.reference_s is None else stored.reference_s])
    total = np.frombuffer(stored.sum, "<f8").astype(np.float64).reshape(1, dimension)
    sums = DecayedSums((rules.long_term_decay_s,), reference, total, np.array([stored.mass]))
    return Profile(sums, stored.events, stored.applied_seq)


def profile_space(space: StateSpace, rules: ProfileRules) -> str:
    """Name the profiles that belong together: of the same vectors under the same rules."""
    return f"{space.key}-{rules.digest}"


class ProfileRepository:
    """Reads and writes profiles of one space and set of rules inside the caller's transaction."""

    def __init__(self, db: Session, space: StateSpace, rules: ProfileRules) -> None:
        self._db = db
        self._name = profile_space(space, rules)
        self._rules = rules
        self._dimension = space.vectors.dimension

    def get(self, user_ids: Sequence[str]) -> dict[str, Profile]:
        """Return the profiles that there are."""
        found: dict[str, Profile] = {}
        connection = self._db.connection()
        for chunk in chunks(user_ids):
            rows = connection.execute(_PROFILES, {"space": self._name, "users": chunk})
            for user_id, *stored in rows:
                found[user_id] = profile_of(StoredProfile(*stored), self._rules, self._dimension)
        return found

    def active(self, count: int) -> list[str]:
        """Return the users with `ACTIVE` events or more who did something last, the latest first."""
        statement = (
            select(ProfileRow.user_id)
            # Not a parameter: then no plan could use the index, which holds these alone.
            .where(ProfileRow.space == self._name, text(f"events >= {ACTIVE}"))
            .order_by(ProfileRow.applied_seq.desc())
            .limit(count)
        )
        return list(self._db.scalars(statement))

    def put(self, profiles: Mapping[str, Profile]) -> None:
        """Write profiles, replacing those that are there."""
        rows = [
            {
                "space": self._name,
                "user_id": user_id,
                "sum": profile.sums.sums[0].astype("<f8").tobytes(),
                "mass": float(profile.sums.mass[0]),
                "reference_s": float(reference) if (reference := profile.sums.reference_s[0]) > EMPTY_S else None,
                "events": profile.events,
                "applied_seq": profile.seq,
            }
            for user_id, profile in sorted(profiles.items())
        ]
        upsert(self._db, ProfileRow, rows)

    def orphans(self) -> int:
        """Return how many profiles there are of users of whom the log knows nothing."""
        return self._db.scalar(select(func.count()).select_from(ProfileRow).where(*self._orphaned())) or 0

    def delete_orphans(self) -> None:
        """Delete them."""
        self._db.execute(
            delete(ProfileRow).where(*self._orphaned()), execution_options={"synchronize_session": False}
        )

    def _orphaned(self) -> tuple[ColumnElement[bool], ...]:
        known = exists().where(InteractionRow.user_id == ProfileRow.user_id)
        return ProfileRow.space == self._name, ~known


def lock_progress(db: Session, name: str, *, wait: bool = False) -> int | None:
    """Return how far something has come, and keep other workers from it till this transaction ends.

    None when another one is at it just now, unless this is to wait for it.
    """
    insert_new(db, ProgressRow, [{"name": name, "applied_seq": 0}])
    statement = select(ProgressRow.applied_seq).where(ProgressRow.name == name)
    return db.execute(statement.with_for_update(skip_locked=not wait)).scalar_one_or_none()


def read_progress(db: Session, name: str) -> int:
    """Return how far something has come; 0 when it hasn't begun."""
    return db.execute(select(ProgressRow.applied_seq).where(ProgressRow.name == name)).scalar() or 0


def set_progress(db: Session, name: str, seq: int) -> None:
    """Note how far something has come."""
    db.execute(update(ProgressRow).where(ProgressRow.name == name).values(applied_seq=seq))
