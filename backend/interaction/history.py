"""Events of the past from a file: our own fields, or those of OpenSearch's User Behavior Insights (UBI)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from backend.catalogue.feeds.delimited import read_delimited
from backend.catalogue.feeds.encoding import open_text
from backend.catalogue.feeds.jsonl import read_jsonl
from backend.catalogue.feeds.source import ByteSource
from backend.catalogue.feeds.types import OnBytes, Rejected, Row, printable
from backend.catalogue.importing import RejectsFile
from backend.catalogue.repository import chunks
from backend.catalogue.tables import ProductRow
from backend.catalogue.validation import first_messages
from backend.database.engine import Database
from backend.interaction.append import append_events
from backend.interaction.events import NewEvent
from backend.interaction.schemas import Feedback
from backend.interaction.service import new_event
from backend.interaction.vectors import ProductVector

BLOCK = 1000
_DELIMITERS = "\t;,|"
# Where each field is looked for, in this order: our own name, then UBI's; a dot leads into an object.
_SOURCES = {
    "event_id": ("event_id",),
    "user_id": ("user_id", "client_id"),
    "session_id": ("session_id", "event_attributes.session_id"),
    "product_id": ("product_id", "event_attributes.object.object_id"),
    "interaction_type": ("interaction_type", "action_name"),
    "rating": ("rating", "event_attributes.rating"),
    "context": ("context",),
    "position": ("position", "event_attributes.position.ordinal"),
    "recommendation_id": ("recommendation_id", "query_id"),
    "query": ("query", "user_query"),
    "timestamp": ("timestamp",),
}
_ACTIONS = {
    "impression": "VIEW", "item_impression": "VIEW", "view": "VIEW", "click": "CLICK", "item_click": "CLICK",
    "add_to_cart": "ADD_TO_CART", "remove_from_cart": "REMOVE_FROM_CART", "purchase": "PURCHASE", "like": "LIKE",
    "dislike": "DISLIKE", "share": "SHARE", "rating": "RATING", "rate": "RATING",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastEvent:
    """A usable record: the line it starts on, what it says, and what it looks like."""

    line: int
    feedback: Feedback
    raw: str | bytes | None


@dataclass(slots=True)
class HistorySummary:
    """What an import did."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """Records read."""
        return self.accepted + self.duplicates + self.rejected


def read_history(path: Path, on_bytes: OnBytes | None = None) -> Iterator[PastEvent | Rejected]:
    """Read JSON Lines, CSV or TSV, gzipped or not, front to back in constant memory.

    Raises:
        FeedError: the file can't be read, or not further.
    """
    with ByteSource(path, on_bytes) as source:
        head = source.head()
        text = open_text(source, None)
        first = head.decode(text.encoding, "replace").lstrip("\ufeff \r\n\t")
        rows = read_jsonl(text) if first.startswith("{") else read_delimited(text, head, _delimiter(first))
        for row in rows:
            yield row if isinstance(row, Rejected) else _event(row)


def import_history(
    database: Database,
    events: Iterable[PastEvent | Rejected],
    rejects: RejectsFile,
    summary: HistorySummary,
    on_rows: Callable[[int], None] = lambda _: None,
) -> None:
    """Write events into the log, a block in one transaction; those that are there already stay as they are.

    Args:
        database: where the log is.
        events: from `read_history`.
        rejects: gets what can't be used, with its line and reason.
        summary: counts; it is right also when the file breaks off with an error.
        on_rows: told how many more are done.
    """
    block: list[PastEvent] = []
    try:
        for event in events:
            if isinstance(event, Rejected):
                summary.rejected += 1
                rejects.write(event.line, event.reason, event.raw)
                continue
            block.append(event)
            if len(block) == BLOCK:
                full, block = block, []
                _write(database, full, rejects, summary)
                on_rows(len(full))
    finally:
        # What was read before a broken end is whole, and kept.
        _write(database, block, rejects, summary)
        on_rows(len(block))
        rejects.close()


def _write(database: Database, block: list[PastEvent], rejects: RejectsFile, summary: HistorySummary) -> None:
    if not block:
        return
    now = datetime.now(UTC)
    events = [_with_id(new_event(past.feedback, now)) for past in block]
    with database.writing() as db:
        ids = sorted({event.product_id for event in events})
        found = [
            id_ for chunk in chunks(ids) for id_ in db.scalars(select(ProductRow.id).where(ProductRow.id.in_(chunk)))
        ]
        # Imported events belong to no space: in each, the product's vector of that space stands for them.
        products = dict.fromkeys(found, ProductVector(0, None, None))
        outcomes = append_events(db, None, products, events)
    for past, event, outcome in zip(block, events, outcomes, strict=True):
        if outcome.kind == "accepted":
            summary.accepted += 1
        elif outcome.kind == "duplicate":
            summary.duplicates += 1
        else:
            unknown = outcome.kind == "unknown_product"
            reason = f"no product {event.product_id}" if unknown else f"another event has the id {event.event_id}"
            summary.rejected += 1
            rejects.write(past.line, reason, printable(past.raw))


def _with_id(event: NewEvent) -> NewEvent:
    """Name an event by its content where the file doesn't: so it is counted once, however often it is imported."""
    return event if event.has_own_id else replace(event, event_id=f"h-{event.content_hash}", has_own_id=True)


def _event(row: Row) -> PastEvent | Rejected:
    values = {
        field: value for field, sources in _SOURCES.items() if (value := _find(row.values, sources)) is not None
    }
    try:
        return PastEvent(row.line, Feedback.model_validate(_typed(values)), row.raw)
    except ValidationError as error:
        reason = "; ".join(
            f"{found['field']}: {found['message']}".removeprefix(": ") for found in first_messages(error)
        )
    except (ValueError, OverflowError) as error:
        reason = str(error)
    return Rejected(row.line, reason, printable(row.raw))


def _find(values: Mapping[str, Any], sources: Iterable[str]) -> Any:
    for source in sources:
        value: Any = values.get(source)
        if value is None:
            value = values
            for step in source.split("."):
                value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None and value != "":
            return value
    return None


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Bring what a text file or another system says into the types of our own requests."""
    typed = dict(values)
    for field in ("event_id", "user_id", "session_id", "product_id", "recommendation_id", "query"):
        if isinstance(typed.get(field), int) and not isinstance(typed[field], bool):
            typed[field] = str(typed[field])
    action = typed.get("interaction_type")
    if isinstance(action, str):
        typed["interaction_type"] = _ACTIONS.get(action.lower(), action)
    if isinstance(typed.get("rating"), str):
        typed["rating"] = float(typed["rating"])
    if isinstance(typed.get("position"), str):
        typed["position"] = int(typed["position"])
    if "timestamp" not in typed:
        raise ValueError("timestamp: of a past event it can't be left out")
    typed["timestamp"] = _moment(typed["timestamp"])
    return typed


def _moment(value: Any) -> Any:
    """Read ISO 8601, in UTC where it names no zone, or milliseconds since 1970."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (OSError, OverflowError) as error:  # which of them depends on the platform and the size
            raise ValueError("timestamp: it lies outside of the years 1 to 9999") from error
    if isinstance(value, str):
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return value


def _delimiter(text: str) -> str:
    header = text.splitlines()[0] if text else ""
    return max(_DELIMITERS, key=header.count) if any(sign in header for sign in _DELIMITERS) else ","
