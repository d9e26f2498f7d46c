"""Writes events into the log, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from backend.interaction.events import NewEvent, Outcome
from backend.interaction.log import EventLog
from backend.interaction.vectors import ProductVector, StateSpace, store_vectors


def append_events(
    db: Session, space: StateSpace | None, products: Mapping[str, ProductVector], events: Sequence[NewEvent]
) -> list[Outcome]:
    """Write events of one state space in the caller's transaction; return what became of each.

    Args:
        db: a writing transaction.
        space: that the products' vectors are of; None when the events have no vectors of their own.
        products: those that exist, from `EventVectors.current`.
        events: in the order in which they are to be written.
    """
    log = EventLog(db)
    last = log.take(len(events))
    known = log.known(sorted({event.event_id for event in events if event.has_own_id}))
    outcomes: list[Outcome] = []
    rows = []
    used: dict[str, ProductVector] = {}
    for event in events:
        product = products.get(event.product_id)
        if (hash_ := known.get(event.event_id)) is not None:
            outcomes.append(Outcome("duplicate" if hash_ == event.content_hash else "conflict"))
        elif product is None:
            outcomes.append(Outcome("unknown_product"))
        else:
            last += 1
            known[event.event_id] = event.content_hash
            used[event.product_id] = product
            vector = {"space": None if space is None else space.key, "vector_version": product.version}
            rows.append({**event.row(), "seq": last, **vector})
            outcomes.append(Outcome("accepted", last))
    if space is not None:
        store_vectors(db, space, used)
    log.append(rows, last)
    return [
        Outcome("duplicate", log.actor_version(event.user_id, event.session_id))
        if outcome.kind == "duplicate"
        else outcome
        for event, outcome in zip(events, outcomes, strict=True)
    ]
