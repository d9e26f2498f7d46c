"""Measure the retrieval stage of a search by words and meaning, as the server runs it, on an invented catalogue.

    python -m scripts.benchmark_hybrid --products 50000 --dimension 384
    python -m scripts.benchmark_hybrid --products 1000000 --dimension 512 --mode auto

Vectors are those of `scripts.benchmark_index`. A title has words of the product's cluster and words that all clusters
share, rare ones and common ones; a query has words of a product that is like its vector. Prices decide which share of
the products a filter allows. No encoder and no database take part.
"""

from __future__ import annotations

import json as json_module
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from backend.catalogue.columns import Columns
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.records import ChangedProduct
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.space import VectorSpace
from backend.catalogue.texts import Texts
from backend.search.reading import plain
from backend.search.retrieval import Found, Retrieval
from backend.search.rules.effects import NO_EFFECTS
from backend.search.schemas import SearchRequest
from backend.search.stages import Stages
from ml.index.manifest import SnapshotMeta
from ml.index.planner import Mode, PlannerSettings
from ml.index.snapshot import load_snapshot, save_snapshot
from ml.ranking.fusion import Fusion
from ml.types import Embedding, ProductId
from scripts.benchmark_index import FINGERPRINT, SHARES, World
from scripts.console import clear_errors, console

app = typer.Typer(add_completion=False, help=__doc__)
OWN_WORDS = 6  # of a cluster, of which a title has two
SHARED_WORDS = 5_000
PRICES = 100_000  # cents; evenly spread, so that an upper bound allows a known share
BLOCK = 5_000
DEPTH = 20


@app.command()
def benchmark(
    products: Annotated[int, typer.Option(min=5000, help="In the catalogue.")] = 50_000,
    dimension: Annotated[int, typer.Option(min=8, help="Of a vector.")] = 384,
    queries: Annotated[int, typer.Option(min=10, help="Searches with each filter.")] = 200,
    seed: Annotated[int, typer.Option(help="Of everything.")] = 0,
    mode: Annotated[str, typer.Option(help="SEARCH_MODE: auto or exact.")] = "auto",
    folder: Annotated[Path | None, typer.Option(help="Of an index that benchmark_index has built.")] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Print p50 and p95 by the share of products allowed, and what of the exact answers was found.

    The processor's own time, of filter and retrieval together, tells what a busy machine adds to the others.
    """
    world = World(products, dimension, seed)
    with clear_errors(), tempfile.TemporaryDirectory(prefix="benchmark-hybrid-") as temporary:
        directory = folder or Path(temporary)
        if not (directory / "CURRENT").exists():
            console.print(f"building {products} x {dimension}")
            ids = [ProductId(f"p{number:08d}") for number in range(products)]
            save_snapshot(directory, ids, world.blocks(), SnapshotMeta(FINGERPRINT, dimension, 0, {"text": 1.0}))
        live = catalogue(world, directory, PlannerSettings(mode="exact" if mode == "exact" else "auto"))
        asked = questions(world, queries)
        rows = [measure(live, asked, share) for share in SHARES]
    report = {"products": products, "dimension": dimension, "filters": rows}
    print(json_module.dumps(report) if json else render(rows))


def catalogue(world: World, directory: Path, planning: PlannerSettings) -> LiveCatalogue:
    """Open the vectors and invent what belongs to them."""
    index, _ = load_snapshot(directory, fingerprint=FINGERPRINT, dimension=world.dimension, planning=planning)
    columns, texts = Columns(), Texts.open(directory / "no-words", "", "english", None)
    start, made = time.perf_counter(), []
    for row, product in enumerate(invented(world)):
        columns.put(row, product)
        made.append(product)
        if len(made) == BLOCK:
            texts.put(range(row + 1 - len(made), row + 1), made)
            made = []
    texts.put(range(world.products - len(made), world.products), made)
    console.print(f"words and prices in {time.perf_counter() - start:.0f} s")
    space = VectorSpace(FINGERPRINT, world.dimension, False, "{title}", 1.0, 0.0)
    return LiveCatalogue(index, columns, texts, space, version=0, fusion=Fusion())


def invented(world: World) -> Iterator[ChangedProduct]:
    """Yield a product for each vector."""
    clusters = world.clusters()
    prices = np.random.default_rng([world.seed, 8]).permutation(world.products) * PRICES // world.products
    now = datetime.now(UTC)
    for number, (words, price) in enumerate(zip(titles(world, clusters, 7), prices.tolist(), strict=True)):
        yield ChangedProduct(
            id=f"p{number:08d}", sku=None, title=words, description=None, active=True, deleted=False,
            price_cents=price, stock_quantity=1, rating=4.0, review_count=3, quality_score=0.5, category="A",
            brand=None, merchant=None, colour=None, size=None, attributes={}, created_at=now, version=1,
            change_version=1,
        )  # fmt: skip


def titles(world: World, clusters: NDArray[np.int64], stream: int) -> Iterator[str]:
    """Yield a title for each product of these clusters: two words of its cluster and three of anybody's."""
    rng = np.random.default_rng([world.seed, stream])
    own = rng.integers(0, OWN_WORDS, (len(clusters), 2)) + OWN_WORDS * clusters[:, np.newaxis]
    weights = np.arange(1, SHARED_WORDS + 1) ** -0.8  # the commonest stands in one title of eight
    shared = rng.choice(SHARED_WORDS, (len(clusters), 3), p=weights / weights.sum())
    for first, second in zip(own.tolist(), shared.tolist(), strict=True):
        yield " ".join([*(f"kind{word}x" for word in first), *(f"word{word}x" for word in second)])


def questions(world: World, count: int) -> list[tuple[Embedding, str]]:
    """Return query vectors, and one to four words of a title of their cluster."""
    rng = np.random.default_rng([world.seed, 4])  # as `World.queries` draws its clusters
    clusters = rng.choice(world.clusters(), count)
    parts = np.random.default_rng([world.seed, 9]).integers([0, 1], [5, 5], (count, 2)).tolist()
    words = [
        " ".join(title.split()[start : start + length])
        for title, (start, length) in zip(titles(world, clusters, 10), parts, strict=True)
    ]
    return list(zip(world.queries(count), words, strict=True))


def measure(live: LiveCatalogue, asked: list[tuple[Embedding, str]], share: float) -> dict[str, Any]:
    """Search with one filter; every answer is compared with an exact one, outside the time that is taken."""
    where = RowFilter() if share == 1 else RowFilter(max_price_cents=max(0, round(share * PRICES) - 1))
    times: dict[str, list[float]] = {"filter": [], "retrieve": [], "processor": []}
    modes: list[Mode | str] = []
    recalls, totals, scanned, allowed = [], [], [], 0
    for vector, words in [*asked[:5], *asked]:  # the first ones warm up
        found, timings = run(live, vector, words, where, exact=False)
        for stage, values in times.items():
            values.append(timings[stage])
        modes.append(found.work.mode)
        recalls.append(found.recall(DEPTH))
        scanned.append(found.work.scanned)
        allowed = found.allowed
        exact, _ = run(live, vector, words, where, exact=True)
        totals.append(found.total / exact.total if exact.total else 1.0)
    return {
        "share": share,
        "allowed": allowed,
        "approximate": modes[5:].count("approximate"),
        "searches": len(asked),
        "scanned": round(float(np.mean(scanned))),
        "recall@20": round(float(np.mean(recalls[5:])), 4),
        "found_of_total": round(float(np.mean(totals[5:])), 4),
        **{
            f"{stage}_{name}_ms": round(float(np.percentile(values[5:], share_of_times)), 2)
            for stage, values in times.items()
            for name, share_of_times in (("p50", 50), ("p95", 95))
        },
    }


def run(
    live: LiveCatalogue, vector: Embedding, words: str, where: RowFilter, *, exact: bool
) -> tuple[Found, dict[str, float]]:
    """Return what one search finds, and the milliseconds of each stage, and of the processor in all."""
    request = SearchRequest(query=words, limit=DEPTH, exact=exact)
    stages = Stages()
    retrieval = Retrieval(live, request, vector, reading=plain(words, where), effects=NO_EFFECTS)
    start = time.thread_time()
    found = retrieval.run(lambda _: None, "", stages)
    return found, {**stages.timings_ms(), "processor": (time.thread_time() - start) * 1000}


def render(rows: list[dict[str, Any]]) -> str:
    """Return a table for people."""
    lines = [
        f"{'allowed':>8}{'approx.':>9}{'scanned':>10}{'recall@20':>11}{'of total':>10}"
        f"{'filter p50':>12}{'p95 ms':>8}{'retrieve p50':>14}{'p95 ms':>8}{'processor p50':>15}{'p95 ms':>8}"
    ]
    lines += [
        f"{row['share']:>8.1%}{row['approximate']:>5}/{row['searches']}{row['scanned']:>10}{row['recall@20']:>11.4f}"
        f"{row['found_of_total']:>10.4f}{row['filter_p50_ms']:>12.2f}{row['filter_p95_ms']:>8.2f}"
        f"{row['retrieve_p50_ms']:>14.2f}{row['retrieve_p95_ms']:>8.2f}"
        f"{row['processor_p50_ms']:>15.2f}{row['processor_p95_ms']:>8.2f}"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    app()
