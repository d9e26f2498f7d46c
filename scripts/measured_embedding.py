"""Bulk embedding beside the inference engine alone: both measured in one run, the engine before and after."""

from __future__ import annotations

import time
from dataclasses import dataclass

from backend.catalogue.embedding import Alone, Embedder, measure_alone
from backend.catalogue.space import Part
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.base import Encoder
from scripts.console import console
from scripts.pipeline import Timed, embed_part, open_embedder

_INPUTS: dict[Part, tuple[str, str]] = {
    "text": ("token batches", "rendering and tokenizing"),
    "image": ("pixel batches", "reading, decoding and resizing"),
}

UNSTEADY = 1.2
"""Ratio of the engine's two times above which other work on the machine has decided the figures."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What bulk embedding of one part reached, beside its engine.

    Attributes:
        part: texts or images.
        bulk: everything from reading products to written vectors.
        alone: the sample that the engine was measured on.
        before: seconds of the engine alone on the sample, before bulk embedding.
        after: the same afterwards.
        seconds: that measuring took on top.
    """

    part: Part
    bulk: Timed
    alone: Alone
    before: float
    after: float
    seconds: float

    def render(self) -> str:
        """Return the figures with what they include."""
        ready, preparing = _INPUTS[self.part]
        rows = self.alone.rows
        engine_s, prepare_s = (self.before + self.after) / 2 / rows, self.alone.prepare_s / rows
        # At best, since the engine keeps every core busy by itself and preparing takes its time from it.
        bound = 1 / (engine_s + prepare_s)
        unsteady = max(self.before, self.after) > UNSTEADY * min(self.before, self.after)
        return (
            f"{self.part}s: {self.bulk.rows:,} in {self.bulk.seconds:.1f} s ({self.bulk.rate:,.0f}/s), "
            f"{self.bulk.rate * engine_s:.2f} of the engine alone ({1 / engine_s:,.0f}/s)\n"
            f"  the engine alone is inference on ready {ready}: {rows / self.before:,.0f}/s before and "
            f"{rows / self.after:,.0f}/s after, on {rows:,} products drawn from the same ones\n"
            f"  {preparing} alone, threads: {self.alone.threads}: {1 / prepare_s:,.0f}/s; one after the other "
            f"the two make {bound:,.0f}/s, of which this is {self.bulk.rate / bound:.2f}\n"
            f"  measuring took {self.seconds:.1f} s more"
            + (
                "\n  the engine's own speed changed too much meanwhile for these shares to be trusted"
                if unsteady
                else ""
            )
        )


def embed_measured(database: Database, settings: Settings, encoder: Encoder) -> tuple[Timed, list[Measured]]:
    """Embed what is pending, and measure each part that there is something of."""
    embedder, parts = open_embedder(database, settings, encoder)
    total, measured = Timed(0, 0.0), []
    for part in parts:
        bulk, found = _part(embedder, part)
        total = Timed(total.rows + bulk.rows, total.seconds + bulk.seconds)
        if found is not None:
            measured.append(found)
    return total, measured


def _part(embedder: Embedder, part: Part) -> tuple[Timed, Measured | None]:
    start = time.perf_counter()
    with console.status(f"measuring the engine alone on {part}s"):
        alone = measure_alone(embedder, part)
        before = alone.run() if alone else 0.0
    extra = time.perf_counter() - start
    bulk = embed_part(embedder, part)
    if alone is None:
        return bulk, None
    after = alone.run()
    return bulk, Measured(part, bulk, alone, before, after, extra + after)
