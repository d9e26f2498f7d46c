"""Replays a shop's own log: what would a recommender have shown above what was chosen, by context?"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ml.errors import EstimateRefused
from ml.evaluate.next_item_report import Figure, figures_of
from ml.evaluate.ranks import RankMetrics, compare_with_target
from ml.types import ProductId

HISTORY = 50
"""Products of an actor that are remembered."""

REPEAT_S = 1800.0
"""A choice of a product that its actor acted on so shortly before isn't asked for: whatever lists it again wins."""

Score = Callable[[Sequence[ProductId], str], NDArray[np.float32]]
"""Scores n products for a history, newest first, in a context: float32, shape (n,)."""


class LoggedChoice(NamedTuple):
    """One act as the log has it."""

    actor: str
    product_id: ProductId
    context: str
    """Where it happened, such as feed or search."""
    strength: float
    """Weight of the type of interaction."""
    time_s: float
    """Unix time."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Figures of one context."""

    choices: int
    actors: int
    unknown: int
    """Choices of products that aren't scored; they count in no figure."""
    repeated: int
    """Choices of products that the actor had acted on within `REPEAT_S`; they count in no figure."""
    figures: Mapping[str, Figure]
    """By metric, over all n products."""


def replay(
    log: Iterable[LoggedChoice],
    score: Score,
    row_of: Mapping[ProductId, int],
    *,
    since_s: float,
    least_strength: float,
    seed: int = 0,
) -> dict[str, Replayed]:
    """Ask for every choice in the order of the log, with what its actor had done until then.

    The log shows what somebody else's ranking let people see, so figures compare recommenders with each other on the
    same log; they don't say what either would earn.

    Args:
        log: in the order of time.
        score: the recommender; it has learned from nothing at or after `since_s`.
        row_of: where each product's score stands, 0 to n - 1.
        since_s: choices before are history only.
        least_strength: weaker acts are history only; of 0 or less they aren't even that.
        seed: of the bootstrap.

    Returns:
        By context, in the order of names; those where nothing was asked for are left out.

    Raises:
        ValueError: the log isn't in the order of time.
        EstimateRefused: no choice is asked for.
    """
    metrics = RankMetrics.up_to(len(row_of))
    histories: dict[str, deque[tuple[ProductId, float]]] = defaultdict(lambda: deque(maxlen=HISTORY))
    numbers: dict[str, int] = {}
    found: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    actors: dict[str, list[int]] = defaultdict(list)
    unknown: dict[str, int] = defaultdict(int)
    repeated: dict[str, int] = defaultdict(int)
    before = -np.inf
    for choice in log:
        if choice.time_s < before:
            raise ValueError("a log is replayed in the order of time")
        before = choice.time_s
        history = histories[choice.actor]
        if choice.time_s >= since_s and choice.strength >= least_strength > 0:
            row = row_of.get(choice.product_id)
            if row is None:
                unknown[choice.context] += 1
            elif any(id_ == choice.product_id and choice.time_s - then <= REPEAT_S for id_, then in history):
                repeated[choice.context] += 1
            else:
                scores = score([id_ for id_, _ in history], choice.context)
                above, equal = compare_with_target(scores[:, None], row)
                found[choice.context].append(metrics.of(above.sum(axis=0), equal.sum(axis=0))[:, 0])
                actors[choice.context].append(numbers.setdefault(choice.actor, len(numbers)))
        if choice.strength > 0:
            history.appendleft((choice.product_id, choice.time_s))
    if not found:
        raise EstimateRefused(
            "the log holds no choice to ask for: of a known product, strong enough, since then, and no repetition"
        )
    return {
        context: Replayed(
            choices=len(found[context]),
            actors=len(set(actors[context])),
            unknown=unknown[context],
            repeated=repeated[context],
            figures=figures_of(np.stack(found[context]), np.array(actors[context]), seed),
        )
        for context in sorted(found)
    }
