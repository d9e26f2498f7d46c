"""How popular products are: decayed, derived from the log, and out of any one actor's reach.

An actor, a user or else a session, has one vote for a product, however much they do: their strongest act so far,
where each fades with the same decay. Every product has `PRIOR` votes to begin with, so one actor moves no product's
popularity by more than ``1 / PRIOR``, 1%.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from backend.catalogue.repository import chunks
from backend.database.upsert import upsert
from backend.interaction.events import LoggedEvent
from backend.interaction.tables import PopularityRow, VoteRow
from ml.profile.rules import InteractionType, ProfileRules

PRIOR = 100.0
DECAY_S = 14 * 86_400.0
_WEIGHTS = ProfileRules()  # 0 to 1; the shop's own weights are about taste, and may change
_DOMINATES = 0.5  # share of a sum from which taking a vote off it would leave little but rounding

Vote = tuple[str, str]  # product, actor


def actor_of(user_id: str | None, session_id: str | None) -> str:
    """Name the actor of an event."""
    return f"u:{user_id}" if user_id is not None else f"s:{session_id}"


class Popularity:
    """Reads and writes popularity inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def scores(self, product_ids: Sequence[str], now_s: float) -> dict[str, float]:
        """Return the popularity of products: `PRIOR` and what their votes are worth now, at most 1 each."""
        found: dict[str, float] = dict.fromkeys(product_ids, PRIOR)
        for chunk in chunks(product_ids):
            statement = select(PopularityRow.product_id, PopularityRow.log_score).where(
                PopularityRow.product_id.in_(chunk)
            )
            found.update((id_, _popularity(score, now_s)) for id_, score in self._db.execute(statement))
        return found

    def top(self, limit: int, now_s: float) -> list[tuple[str, float]]:
        """Return the most popular products with their popularity, best first; equal ones by id."""
        statement = (
            select(PopularityRow.product_id, PopularityRow.log_score)
            .order_by(PopularityRow.log_score.desc(), PopularityRow.product_id)
            .limit(limit)
        )
        return [(id_, _popularity(score, now_s)) for id_, score in self._db.execute(statement)]

    def count(self, events: Iterable[tuple[str | None, str | None, LoggedEvent]]) -> None:
        """Count events that weren't counted yet, each with its user and session."""
        votes: dict[Vote, float] = {}
        for user_id, session_id, event in events:
            if (strength := _strength(event)) is not None:
                vote = event.product_id, actor_of(user_id, session_id)
                votes[vote] = max(votes.get(vote, -math.inf), strength)
        known = self._known(list(votes))
        stronger = {vote: k for vote, k in votes.items() if k > known.get(vote, -math.inf)}
        if not stronger:
            return
        scores = self._rows({product_id for product_id, _ in stronger})
        for (product_id, actor), strength in stronger.items():
            score, actors = scores.get(product_id, (-math.inf, 0))
            former = known.get((product_id, actor))
            scores[product_id] = _voted(score, strength, former), actors + (former is None)
        rows = [{"product_id": id_, "actor": actor, "strength": k} for (id_, actor), k in sorted(stronger.items())]
        upsert(self._db, VoteRow, rows)
        self._put(scores)

    def forget(self, actors: Sequence[str]) -> int:
        """Take back all votes of actors; return how many."""
        votes = [
            row
            for chunk in chunks(actors)
            for row in self._db.execute(
                select(VoteRow.product_id, VoteRow.strength).where(VoteRow.actor.in_(chunk))
            ).all()
        ]
        for chunk in chunks(actors):
            statement = delete(VoteRow).where(VoteRow.actor.in_(chunk))
            self._db.execute(statement.execution_options(synchronize_session=False))
        scores = self._rows({product_id for product_id, _ in votes})
        inexact = set()
        for product_id, strength in votes:
            score, count = scores[product_id]
            share = math.exp(min(0.0, strength - score))
            if share > _DOMINATES or count == 1:
                inexact.add(product_id)
            scores[product_id] = (score if product_id in inexact else score + math.log1p(-share)), count - 1
        for product_id in inexact:
            strengths = self._db.scalars(select(VoteRow.strength).where(VoteRow.product_id == product_id)).all()
            scores[product_id] = (
                float(np.logaddexp.reduce(np.array(strengths))) if strengths else -math.inf,
                len(strengths),
            )
        gone = [id_ for id_, (_, count) in scores.items() if count == 0]
        for chunk in chunks(gone):
            statement = delete(PopularityRow).where(PopularityRow.product_id.in_(chunk))
            self._db.execute(statement.execution_options(synchronize_session=False))
        self._put({id_: row for id_, row in scores.items() if row[1] > 0})
        return len(votes)

    def _known(self, votes: Sequence[Vote]) -> dict[Vote, float]:
        found: dict[Vote, float] = {}
        key = tuple_(VoteRow.product_id, VoteRow.actor)
        for start in range(0, len(votes), 250):  # two variables each
            statement = select(VoteRow.product_id, VoteRow.actor, VoteRow.strength)
            rows = self._db.execute(statement.where(key.in_(votes[start : start + 250])))
            found.update(((id_, actor), strength) for id_, actor, strength in rows)
        return found

    def _rows(self, product_ids: Collection[str]) -> dict[str, tuple[float, int]]:
        found: dict[str, tuple[float, int]] = {}
        for chunk in chunks(sorted(product_ids)):
            statement = select(PopularityRow.product_id, PopularityRow.log_score, PopularityRow.actors).where(
                PopularityRow.product_id.in_(chunk)
            )
            found.update((id_, (score, actors)) for id_, score, actors in self._db.execute(statement))
        return found

    def _put(self, scores: Mapping[str, tuple[float, int]]) -> None:
        rows = [
            {"product_id": id_, "log_score": score, "actors": actors}
            for id_, (score, actors) in sorted(scores.items())
        ]
        upsert(self._db, PopularityRow, rows)


def _strength(event: LoggedEvent) -> float | None:
    """Return the logarithm of what an act is worth, as of 1970, where later ones are worth more; None if nothing."""
    weight = _WEIGHTS.weight_of(InteractionType(event.type), event.rating)
    return math.log(weight) + event.occurred_at_us / 1e6 / DECAY_S if weight > 0 else None


def _voted(score: float, strength: float, former: float | None) -> float:
    """Return the logarithm of a sum with a vote, in place of the actor's weaker former one."""
    if former is None:
        return float(np.logaddexp(score, strength))
    return score + math.log1p(math.exp(strength - score) - math.exp(former - score))


def _popularity(log_score: float, now_s: float) -> float:
    return PRIOR + math.exp(log_score - now_s / DECAY_S)
