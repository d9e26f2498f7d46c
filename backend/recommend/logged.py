"""What the log says about recommendations: what was chosen where, and what the drawn places earned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.interaction.log import EventLog
from backend.interaction.tables import InteractionRow
from backend.recommend.serving import list_of
from backend.recommend.tables import RecommendationRow
from ml.evaluate.replayed import LoggedChoice
from ml.profile.rules import InteractionType, ProfileRules
from ml.recommend.interactions import MAX_EVENTS
from ml.types import ProductId

NOWHERE = "unnamed"
"""Context of an act that came without one."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The places of m lists for which a product was drawn.

    A list that was kept and served again is one of them, not several: its product was drawn once. And how often it is
    served may depend on the draw, since a shopper who acts on it gets another list.

    Attributes:
        rewards: float64, shape (m,): the share of the list's servings on whose drawn product the shopper acted.
        propensities: float64, shape (m,): the chance that the drawn product had, above 0.
        best: bool, shape (m,): whether it is the one that stands there without exploration.
    """

    rewards: NDArray[np.float64]
    propensities: NDArray[np.float64]
    best: NDArray[np.bool_]


def logged_choices(db: Session, rules: ProfileRules) -> list[LoggedChoice]:
    """Return the newest million acts in the order of time, each with its context and strength."""
    columns = InteractionRow
    statement = select(
        columns.user_id, columns.session_id, columns.product_id, columns.context, columns.type, columns.rating,
        columns.occurred_at_us,
    ).where(columns.seq > EventLog(db).last_seq() - MAX_EVENTS)  # fmt: skip
    return [
        LoggedChoice(
            actor=f"u:{user_id}" if user_id is not None else f"s:{session_id}",
            product_id=ProductId(product_id),
            context=context or NOWHERE,
            strength=rules.weight_of(InteractionType(type_), rating),
            time_s=time_us / 1e6,
        )
        for user_id, session_id, product_id, context, type_, rating, time_us in db.execute(
            statement.order_by(columns.occurred_at_us, columns.seq)
        )
    ]


def drawn_slots(db: Session, rules: ProfileRules, since_us: int, least_strength: float) -> Mapping[str, Slots]:
    """Return what came of places whose product was drawn with a known chance, by context.

    Args:
        db: a reading transaction.
        rules: weights of acts.
        since_us: lists served before don't count.
        least_strength: of an act that counts as a reward; acts cite the list by its `recommendation_id`.
    """
    acts = select(
        InteractionRow.recommendation_id, InteractionRow.product_id, InteractionRow.type, InteractionRow.rating
    ).where(InteractionRow.recommendation_id.is_not(None), InteractionRow.received_at_us >= since_us)
    earned = {
        (id_, product_id)
        for id_, product_id, type_, rating in db.execute(acts)
        if rules.weight_of(InteractionType(type_), rating) >= least_strength
    }
    lists = select(RecommendationRow.id, RecommendationRow.context, RecommendationRow.items)
    earnings: dict[tuple[str, str, float, bool], list[bool]] = defaultdict(list)
    served = db.execute(lists.where(RecommendationRow.served_at_us >= since_us).execution_options(yield_per=1000))
    for id_, context, items in served:
        for product_id, propensity, explored in orjson.loads(items)[-1:]:  # the last place is the one that is drawn
            if propensity < 1:
                earnings[context, list_of(id_), propensity, explored].append((id_, product_id) in earned)
    rows: dict[str, list[tuple[float, float, bool]]] = defaultdict(list)
    for (context, _, propensity, explored), acted in earnings.items():
        rows[context].append((sum(acted) / len(acted), propensity, not explored))
    found = {}
    for context in sorted(rows):
        rewards, propensities, best = zip(*rows[context], strict=True)
        found[context] = Slots(np.array(rewards, float), np.array(propensities), np.array(best))
    return found
