"""How fast the inference engine is by itself on the pending work: what bulk embedding is compared with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.catalogue.embedding.ahead import ahead, threads
from backend.catalogue.embedding.embedder import Embedder
from backend.catalogue.embedding.prepare import Prepared
from backend.catalogue.space import Part

SAMPLE: dict[Part, int] = {"text": 2048, "image": 256}
"""Products that are measured; of the pictures, all their pixels are in memory for it."""

SEED = 0


@dataclass(frozen=True, slots=True)
class Alone:
    """A sample of the pending products of one part.

    Attributes:
        rows: parts in the sample.
        threads: that bulk embedding prepares on.
        prepare_s: seconds that they took to read, decode and resize the sample, or to render and tokenize it, with
            nothing beside it.
        run: lets the engine, and nothing else, encode the sample; returns the seconds.
    """

    rows: int
    threads: int
    prepare_s: float
    run: Callable[[], float]


def measure_alone(embedder: Embedder, part: Part) -> Alone | None:
    """Prepare a seeded sample of what is pending, in the batches that bulk embedding would make of it.

    Its ``run`` has been called once, so that the engine has met the shapes.

    Returns:
        None when nothing is pending, or nothing of the sample can be read.
    """
    preparer = embedder.preparer(part)
    products = embedder.sample_pending(part, SAMPLE[part], SEED)
    units = [products[start : start + preparer.unit] for start in range(0, len(products), preparer.unit)]
    with threads(preparer.threads, "measure") as pool:
        start = time.perf_counter()
        prepared = list(ahead(pool, preparer, units, most=len(units)))
        prepare_s = time.perf_counter() - start
    rows = sum(len(unit.sources) for unit in prepared)
    if not rows:
        return None

    def run() -> float:
        return _engine_seconds(prepared)

    run()
    return Alone(rows, preparer.threads, prepare_s, run)


def _engine_seconds(prepared: list[Prepared]) -> float:
    start = time.perf_counter()
    for unit in prepared:
        if unit.ready is not None:
            unit.ready()
    return time.perf_counter() - start
