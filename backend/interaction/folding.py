"""Events → running sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.interaction.events import LoggedEvent
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
