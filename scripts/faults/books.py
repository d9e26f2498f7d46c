"""What was acknowledged, so that every later answer can be held against it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from math import inf

LAG_S = 5.0  # by when a worker must have what another one acknowledged: its poll is each second


@dataclass(frozen=True, slots=True)
class Write:
    """An acknowledged write of one product.

    Attributes:
        price: that it set; of one product no two writes set the same.
        version: of the catalogue that has it.
        at: monotonic seconds of the answer.
    """

    price: int
    version: int
    at: float


@dataclass(slots=True)
class _Product:
    written: list[Write] = field(default_factory=list)
    open: set[int] = field(default_factory=set)  # prices that were sent, and may be set at any moment from then on


class ProductBook:
    """Prices of products, each of which is written by one client, one after the other; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._products: dict[str, _Product] = {}
        self._latest: list[tuple[float, int]] = []
        self._outage = (0.0, 0.0)  # the last one, from when until when

    def database_down(self, begin: float, end: float = inf) -> None:
        """Note from when until when the database doesn't answer: no worker learns from it what another one wrote."""
        self._outage = begin, end

    def due_by(self, moment: float) -> float:
        """Return the moment until which a worker must have, by another one, what others acknowledged."""
        begin, end = self._outage
        return min(moment, begin) - LAG_S if moment < end + LAG_S else moment - LAG_S

    def send(self, product_id: str, price: int) -> None:
        """Note a write before it leaves."""
        with self._lock:
            self._products.setdefault(product_id, _Product()).open.add(price)

    def acknowledge(self, product_id: str, write: Write) -> None:
        """Note its answer."""
        with self._lock:
            product = self._products[product_id]
            product.open.discard(write.price)
            product.written.append(write)
            self._latest.append((write.at, write.version))

    @property
    def count(self) -> int:
        """Acknowledged writes."""
        return len(self._latest)

    def version_at(self, moment: float) -> int:
        """Return the highest catalogue version that was acknowledged until a moment; 0 for none."""
        with self._lock:
            return max((version for at, version in self._latest if at <= moment), default=0)

    def acceptable(
        self, product_id: str, price: int, *, until: float | None = None, version: int | None = None
    ) -> bool:
        """Whether a price may be shown.

        Args:
            product_id: of a product of the book.
            price: as shown.
            until: a moment: what was acknowledged until then must be in.
            version: a catalogue version: what was acknowledged with it or an earlier one must be in.
        """
        with self._lock:
            product = self._products[product_id]
            if price in product.open:
                return True
            known = [
                one.price
                for one in product.written
                if (until is not None and one.at <= until) or (version is not None and one.version <= version)
            ]
            return price in {one.price for one in product.written} and price >= max(known, default=0)

    def wrong_at_the_end(self, stored: dict[str, float]) -> list[str]:
        """Return what is wrong with the prices that are stored when nobody writes any more."""
        with self._lock:
            return [
                f"{id_}: stored is {stored.get(id_)}, acknowledged was {last}, open are {sorted(one.open)[-5:]}"
                for id_, one in self._products.items()
                if (last := one.written[-1].price if one.written else None) is not None
                and stored.get(id_) != last
                and stored.get(id_) not in one.open
            ]


class EventBook:
    """Ids of acknowledged events; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: list[str] = []

    def acknowledge(self, event_id: str) -> None:
        """Note an event that is durable."""
        with self._lock:
            self._ids.append(event_id)

    def __len__(self) -> int:
        return len(self._ids)

    def wrong_at_the_end(self, stored: list[str]) -> list[str]:
        """Return what is wrong with the ids that are in the log."""
        wrong = []
        if lost := set(self._ids) - set(stored):
            wrong.append(f"{len(lost)} acknowledged events are lost, such as {sorted(lost)[:3]}")
        if len(stored) != len(set(stored)):
            wrong.append(f"{len(stored) - len(set(stored))} events are in the log twice")
        return wrong
