"""What searches of an index take while products get new vectors."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from ml.index.faiss_flat import FaissFlatIndex
from ml.types import Embeddings, ProductId
from scripts.console import UsageError

TURNS = 3
LOOKED_FOR = 10  # of so many upserts one is searched for at once
PATIENCE_S = 5.0


class Upserts:
    """Gives one product after the other a new vector at an even rate, in a thread of its own, while the block runs.

    Attributes:
        done: upserts.
        visible_ms: from before an upsert until a search for its vector found the product.
    """

    def __init__(
        self, index: FaissFlatIndex, ids: Sequence[ProductId], vectors: Embeddings, *, per_second: float
    ) -> None:
        self._index = index
        self._ids = ids
        self._vectors = vectors
        self._pause_s = 1 / per_second
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._failure: Exception | None = None
        self.done = 0
        self.visible_ms: list[float] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        try:
            due = time.perf_counter()
            while not self._stop.wait(max(0.0, due - time.perf_counter())):
                due += self._pause_s
                self._upsert(self.done)
        except Exception as error:
            self._failure = error

    def _upsert(self, number: int) -> None:
        lap, place = divmod(number, len(self._ids))
        product_id, vector = self._ids[place], self._vectors[(place + lap) % len(self._vectors)]
        start = time.perf_counter()
        self._index.upsert([product_id], vector[None])
        self.done += 1
        if self.done % LOOKED_FOR:
            return
        while self._index.id_of(int(self._index.candidates(vector, 1)[0][0])) != product_id:
            if time.perf_counter() - start > PATIENCE_S:
                raise UsageError(
                    f"{product_id} isn't found by its own vector {PATIENCE_S:.0f} s after it was written"
                )
        self.visible_ms.append((time.perf_counter() - start) * 1000)


def beside_upserts(
    index: FaissFlatIndex, asked: Embeddings, written: Embeddings, *, per_second: float, seconds: float, count: int
) -> dict[str, Any]:
    """Search without and with upserts in turn, each for so many seconds.

    Args:
        index: whose products get the vectors.
        asked: queries, float32, shape (q, d).
        written: new vectors, float32, shape (w, d), for as many products.
        per_second: upserts.
        seconds: of a turn.
        count: products to find.
    """
    rows = index.live_rows()
    ids = [index.id_of(int(row)) for row in np.random.default_rng(0).choice(rows, len(written), replace=False)]
    upserts = 0
    alone: list[float] = []
    beside: list[float] = []
    visible: list[float] = []
    for turn in range(TURNS):
        new = np.roll(written, turn, axis=0)  # else what a turn writes would be there since the one before
        alone += _search(index, asked, seconds, count)
        with Upserts(index, ids, new, per_second=per_second) as writer:
            beside += _search(index, asked, seconds, count)
        upserts += writer.done
        visible += writer.visible_ms
    figures = {name: np.percentile(times, [50, 95]) for name, times in (("alone", alone), ("beside", beside))}
    return {
        "upserts_per_second": round(upserts / (TURNS * seconds), 1),
        "slowest_visible_ms": round(max(visible), 3) if visible else None,
        **{f"{name}_p50_ms": round(float(p50), 3) for name, (p50, _) in figures.items()},
        **{f"{name}_p95_ms": round(float(p95), 3) for name, (_, p95) in figures.items()},
        "p95_times": round(float(figures["beside"][1] / figures["alone"][1]), 2),
    }


def _search(index: FaissFlatIndex, asked: Embeddings, seconds: float, count: int) -> list[float]:
    times: list[float] = []
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        index.candidates(asked[len(times) % len(asked)], count)
        times.append((time.perf_counter() - start) * 1000)
    return times
