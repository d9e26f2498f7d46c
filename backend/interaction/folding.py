"""Events → running sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backend.interaction.events import LoggedEvent
from ml.profile.bulk import EventBlock, fold_actors
from ml.profile.rules import InteractionType, ProfileRules
from ml.profile.sums import DecayedSums
from ml.types import Embedding


def fold(
    onto: DecayedSums,
    rules: ProfileRules,
    events: Sequence[LoggedEvent],
    vectors: Sequence[Embedding | None],
    *,
    session: bool,
) -> DecayedSums:
    """Return sums with more events; those without a vector count for nothing.

    Args:
        onto: the sums so far.
        rules: weights and decays.
        events: any number, in any order, none of which is in the sums yet.
        vectors: of each, float32, shape (d,).
        session: fade as in a session, and not in the long term.
    """
    held = [(event, vector) for event, vector in zip(events, vectors, strict=True) if vector is not None]
    if not held:
        return onto
    kinds = [InteractionType(event.type) for event, _ in held]
    weights = [rules.weight_of(kind, event.rating) for kind, (event, _) in zip(kinds, held, strict=True)]
    classes = [rules.session_class(kind) if session else 0 for kind in kinds]
    times = np.array([event.occurred_at_us for event, _ in held]) / 1e6
    table = np.stack([vector for _, vector in held])  # (n, d)
    return onto.added(times, np.array(weights), np.array(classes, np.int64), table)


def fold_users(
    rules: ProfileRules,
    events: Sequence[LoggedEvent],
    vectors: Sequence[Embedding | None],
    *,
    users: NDArray[np.int64],
    user_count: int,
    dimension: int,
) -> list[DecayedSums]:
    """Return the long-term sums of many users over their events.

    Args:
        rules: weights and decay.
        events: any number, in any order.
        vectors: of each, float32, shape (d,); those that are one object are kept once.
        users: int64, shape (n,): whose event, 0 to `user_count` - 1.
        user_count: how many users there are.
        dimension: d.
    """
    places: dict[int, int] = {}
    table: list[Embedding] = []
    held, rows = [], []
    for place, vector in enumerate(vectors):
        if vector is None:
            continue
        row = places.setdefault(id(vector), len(table))
        if row == len(table):
            table.append(vector)
        held.append(place)
        rows.append(row)
    weights: dict[tuple[str, float | None], float] = {}
    for place in held:
        if (key := (events[place].type, events[place].rating)) not in weights:
            weights[key] = rules.weight_of(InteractionType(key[0]), key[1])
    block = EventBlock(
        actors=users[held],
        times_s=np.array([events[place].occurred_at_us for place in held], np.float64) / 1e6,
        weights=np.array([weights[events[place].type, events[place].rating] for place in held], np.float64),
        classes=np.zeros(len(held), np.int64),
        rows=np.array(rows, np.int64),
        vectors=np.stack(table) if table else np.empty((0, dimension), np.float32),
    )
    return fold_actors(block, user_count, (rules.long_term_decay_s,))
