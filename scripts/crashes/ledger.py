"""What was acknowledged, and what was on its way when the server died."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]
FIELDS = ("title", "price", "stock_quantity", "active")


@dataclass(frozen=True, slots=True)
class Entry:
    """One product; no fields when it is deleted, or was never there."""

    fields: Fields | None
    version: int

    def is_shown_as(self, shown: Mapping[str, Any] | None) -> bool:
        """Whether the server shows exactly this."""
        if self.fields is None or shown is None:
            return self.fields is None and shown is None
        return shown["version"] == self.version and all(shown[name] == self.fields[name] for name in FIELDS)


ABSENT = Entry(None, 0)
Block = dict[str, Entry]
"""Products that are written together or not at all, as they are to be."""


@dataclass(slots=True)
class Ledger:
    """The books of one writer, who alone writes its products, one request at a time."""

    entries: dict[str, Entry] = field(default_factory=dict)
    sent: list[Block] = field(default_factory=list)
    acknowledged: int = 0

    def of(self, id_: str) -> Entry:
        """Return a product as it was last acknowledged."""
        return self.entries.get(id_, ABSENT)

    def send(self, blocks: list[Block]) -> None:
        """Note a request before it leaves."""
        self.sent = blocks

    def acknowledge(self) -> None:
        """Note that the request on its way was answered."""
        for block in self.sent:
            self.entries |= block
            self.acknowledged += len(block)
        self.sent = []

    def settle(self, shown: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Compare with what a restarted server shows, keep what it did of the last request, and return what is wrong.

        Args:
            shown: every product that the server has, by id.
        """
        wrong: list[str] = []
        reached = True  # blocks are written one after the other
        for block in self.sent:
            done = all(entry.is_shown_as(shown.get(id_)) for id_, entry in block.items())
            undone = all(self.of(id_).is_shown_as(shown.get(id_)) for id_ in block)
            if not (done or undone) or (done and not reached):
                wrong += [f"{id_}: half of a request is there: {shown.get(id_)}" for id_ in list(block)[:3]]
            if done:
                self.entries |= block
            reached = done
        self.sent = []
        for id_, entry in self.entries.items():
            if not entry.is_shown_as(shown.get(id_)):
                wrong.append(f"{id_}: acknowledged was {entry}, there is {shown.get(id_)}")
        return wrong
