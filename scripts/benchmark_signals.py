"""Measure training, storing and asking a recommender on invented interactions.

    python -m scripts.benchmark_signals --products 50000 --acts 1000000

Products are chosen by a power law. Every product has as many others alike as a real table holds, at random: what that
costs doesn't depend on which. `score` is one request for 1,000 candidates without encoder, index, database and HTTP.
Times are the processor's, of one thread: other work on the machine counts for little, waiting for disks not at all.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import orjson
import typer
from numpy.typing import NDArray

from ml.recommend.alike import NEIGHBOURS, Alike
from ml.recommend.interactions import Act, Interactions
from ml.recommend.model import CollaborativeModel, train
from ml.recommend.recommender import Recommender
from ml.recommend.signals import History
from ml.recommend.storage import load_model, save_model
from ml.recommend.table import NeighbourTable
from ml.recommend.weights import load_weights
from ml.types import Fingerprint, ProductId
from scripts.console import clear_errors, peak_memory_mb

T = TypeVar("T")

app = typer.Typer(add_completion=False)
SKEW = 0.7
ACTS_PER_ACTOR = 12
DAYS_S = 90 * 86400.0
CANDIDATES = 1000


@app.command(help=__doc__)
def main(
    products: Annotated[int, typer.Option(min=200)] = 50_000,
    acts: Annotated[int, typer.Option(min=1000)] = 1_000_000,
    requests: Annotated[int, typer.Option(min=10, help="Asked of each kind.")] = 500,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Run the command."""
    with clear_errors(), tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(seed)
        share = np.arange(1, products + 1, dtype=np.float64) ** -SKEW
        share /= float(share.sum())
        ids = [ProductId(f"p{number}") for number in range(products)]
        row_of = {product_id: row for row, product_id in enumerate(ids)}
        figures: dict[str, float] = {}
        log = invented_log(rng, ids, share, acts)
        collected = _timed(figures, "collect s", lambda: Interactions.collect(log, row_of))
        model = _timed(figures, "train s", lambda: train(ids, invented_likeness(rng, products), collected))
        figures["peak memory MiB"] = peak_memory_mb()
        _timed(figures, "save s", lambda: _save(Path(folder), model))
        loaded, _ = _timed(figures, "load s", lambda: load_model(Path(folder)))
        recommender = Recommender(loaded, load_weights())
        for length in (1, 10, 50):
            histories = [History.of_rows(rng.choice(products, length, p=share).tolist()) for _ in range(requests)]
            rows, taste = rng.integers(0, products, CANDIDATES), rng.random(CANDIDATES, dtype=np.float32)
            taken = [_seconds(partial(recommender.score, history, rows, taste)) for history in histories]
            for percentile in (50, 95):
                figures[f"score p{percentile} ms, history {length}"] = 1000 * float(np.percentile(taken, percentile))
    print(
        orjson.dumps(figures).decode()
        if json
        else "\n".join(f"{name:<28}{value:>10.3f}" for name, value in figures.items())
    )


def invented_log(
    rng: np.random.Generator, ids: list[ProductId], share: NDArray[np.float64], count: int
) -> Iterator[Act]:
    """Yield acts of equally busy shoppers in no order of time."""
    rows = rng.choice(len(ids), count, p=share)
    actors = rng.integers(0, max(1, count // ACTS_PER_ACTOR), count)
    times = rng.random(count) * DAYS_S
    for row, actor, time_s in zip(rows.tolist(), actors.tolist(), times.tolist(), strict=True):
        yield Act(f"u{actor}", ids[row], 1.0, time_s)


def invented_likeness(rng: np.random.Generator, products: int) -> Alike:
    """Return as many likenesses as a real catalogue has."""
    apart = np.tile(np.arange(1, NEIGHBOURS + 1), products)
    rows = (np.repeat(np.arange(products), NEIGHBOURS) + apart) % products
    likeness = rng.uniform(0.1, 1, (2, len(rows))).astype(np.float32)
    starts = np.arange(products + 1, dtype=np.int64) * NEIGHBOURS
    return Alike(NeighbourTable(starts, rows.astype(np.int32), likeness.mean(axis=0)), likeness[0], likeness[1])


def _save(folder: Path, model: CollaborativeModel) -> None:
    save_model(folder, model, fingerprint=Fingerprint("0" * 16), catalogue_version=0, trained_to=0)


def _timed(figures: dict[str, float], name: str, work: Callable[[], T]) -> T:
    start = time.thread_time()
    result = work()
    figures[name] = time.thread_time() - start
    return result


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor's time, so that other work on the machine counts for little."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


if __name__ == "__main__":
    app()
