"""Writes events into the log, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.interaction.events import NewEvent, Outcome
from backend.interaction.log import EventLog
from backend.interaction.vectors import ProductVector, StateSpace, store_vectors


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is to become of events, before they have their numbers in the log.

    Attributes:
        outcomes: of each event; the version of an accepted one counts from 1, and a duplicate has none yet.
        rows: of the accepted ones, in their order, without `seq`.
        used: their products.
    """

    outcomes: list[Outcome]
    rows: list[dict[str, Any]]
    used: dict[str, ProductVector]

    def numbered(self, before: int, versions: Mapping[int, int]) -> list[Outcome]:
        """Return the outcomes as they are now.

        Args:
            before: number of the last event in front of these.
            versions: of the actors of duplicates, by the place of the event.
        """
        return [
            Outcome("accepted", before + outcome.version)
            if outcome.version is not None
            else Outcome(outcome.kind, versions.get(place))
            for place, outcome in enumerate(self.outcomes)
        ]

    def duplicates(self) -> list[int]:
        """Return the places of events that are in the log already."""
        return [place for place, outcome in enumerate(self.outcomes) if outcome.kind == "duplicate"]


def sort_out(
    space: StateSpace | None,
    products: Mapping[str, ProductVector],
    logged: Mapping[str, str],
    events: Sequence[NewEvent],
) -> Sorted:
    """Find out which events are to be written.

    Args:
        space: that the products' vectors are of; None when the events have no vectors of their own.
        products: those that exist, from `EventVectors`.
        logged: content hashes by id, of events that are in the log.
        events: in the order in which they are to be written.
    """
    known = dict(logged)
    found = Sorted([], [], {})
    for event in events:
        product = products.get(event.product_id)
        if (hash_ := known.get(event.event_id)) is not None:
            found.outcomes.append(Outcome("duplicate" if hash_ == event.content_hash else "conflict"))
        elif product is None:
            found.outcomes.append(Outcome("unknown_product"))
        else:
            known[event.event_id] = event.content_hash
            found.used[event.product_id] = product
            vector = {"space": None if space is None else space.key, "vector_version": product.version}
            found.rows.append({**event.row(), **vector})
            found.outcomes.append(Outcome("accepted", len(found.rows)))
    return found


def own_ids(events: Sequence[NewEvent]) -> list[str]:
    """Return the ids that clients gave, which the log may know, in a fixed order."""
    return sorted({event.event_id for event in events if event.has_own_id})


def append_events(
    db: Session, space: StateSpace | None, products: Mapping[str, ProductVector], events: Sequence[NewEvent]
) -> list[Outcome]:
    """Write events of one state space in the caller's transaction; return what became of each.

    Args:
        db: a writing transaction.
        space: as for `sort_out`.
        products: those that exist, from `EventVectors.current`.
        events: in the order in which they are to be written.
    """
    log = EventLog(db)
    before = log.take(len(events))
    found = sort_out(space, products, log.known(own_ids(events)), events)
    if space is not None:
        store_vectors(db, space, found.used)
    rows = [{**row, "seq": seq} for seq, row in enumerate(found.rows, before + 1)]
    log.append(rows, before + len(rows))
    versions = {
        place: log.actor_version(events[place].user_id, events[place].session_id) for place in found.duplicates()
    }
    return found.numbered(before, versions)
