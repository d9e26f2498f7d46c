"""What workers counted that are gone, so that totals never go backwards while the server lives."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from backend.monitor.layout import BOUNDS_S, FORM_VERSION, TOTALS

FILE = "carried.json"
FORM = f"{FORM_VERSION} {TOTALS} {BOUNDS_S}"
"""What the numbers of a series mean: those of another form can't be added to them."""
Key = str  # names and labels, joined by `recorder.SEPARATOR`


@dataclass(slots=True)
class Totals:
    """What is summed from the start on.

    Attributes:
        counters: by name and labels.
        series: the first `layout.TOTALS` numbers of each.
        absorbed: files whose figures are in here already.
    """

    counters: dict[Key, float] = field(default_factory=dict)
    series: dict[Key, list[float]] = field(default_factory=dict)
    absorbed: list[str] = field(default_factory=list)

    def add(self, counters: Iterable[tuple[Key, float]], series: Iterable[tuple[Key, list[float]]]) -> None:
        """Add the totals of one worker."""
        for key, value in counters:
            self.counters[key] = self.counters.get(key, 0.0) + value
        for key, values in series:
            known = self.series.get(key)
            self.series[key] = values if known is None else [a + b for a, b in zip(known, values, strict=True)]

    @classmethod
    def read(cls, folder: Path) -> Totals:
        """Return what is carried in a folder; nothing where the file is missing, of another form or none of ours."""
        try:
            values = orjson.loads((folder / FILE).read_bytes())
            if values["form"] != FORM:
                return cls()
            return cls(values["counters"], values["series"], values["absorbed"])
        except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
            return cls()

    def write(self, folder: Path) -> None:
        """Replace what is carried, all or nothing."""
        new = folder / f"{FILE}.new"
        values = {"form": FORM, "counters": self.counters, "series": self.series, "absorbed": self.absorbed}
        new.write_bytes(orjson.dumps(values))
        os.replace(new, folder / FILE)
