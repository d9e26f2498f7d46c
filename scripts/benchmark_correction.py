"""Measure what a search costs the processor when its words are typed right, and when they have to be corrected.

    python -m scripts.benchmark_correction --catalogue products.jsonl.gz --judgments judgments.csv.gz

The products of a real feed are repeated, with vectors a little moved, until there are enough: their words stay as
common, and as often together, as in the feed. Queries are the judged ones, each as it is and mistyped. Times are
those of the processor, of all threads together, so a busy machine changes them little.
"""

from __future__ import annotations

import json as json_module
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer

from backend.catalogue.columns import Columns
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.records import ChangedProduct
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.texts import Texts
from backend.config import Settings
from backend.search.meant import likeliest
from backend.search.understanding import WORDS
from ml.encoder.base import Encoder
from ml.encoder.load import load_encoder
from ml.evaluate.judgments import read_judgments
from ml.evaluate.typos import TooShort, mistype
from ml.index.manifest import SnapshotMeta
from ml.index.snapshot import load_snapshot, save_snapshot
from ml.types import Embeddings, ProductId
from scripts.benchmark_hybrid import run
from scripts.console import clear_errors, console, load_settings
from scripts.evaluated_catalogue import load_catalogue, workspace
from scripts.pipeline import open_database

app = typer.Typer(add_completion=False, help=__doc__)
MOVED = 0.2  # length of what is added to a repeated vector
STAGES = ("correct", "encode", "choose", "retrieve", "all")
BLOCK = 5_000
Result = TypeVar("Result")


@app.command()
def benchmark(
    catalogue: Annotated[Path, typer.Option(help="A feed, as for import_catalogue.")],
    judgments: Annotated[Path, typer.Option(help="CSV with the columns query, product_id, rating.")],
    products: Annotated[int, typer.Option(min=100, help="In the repeated catalogue.")] = 50_000,
    repeats: Annotated[int, typer.Option(min=1, help="Times that each query is asked; the least time counts.")] = 3,
    seeds: Annotated[int, typer.Option(min=1, help="Ways in which each query is mistyped.")] = 2,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Print mean and p95 of the processor's milliseconds of each stage, by number of typing errors."""
    with clear_errors(), tempfile.TemporaryDirectory(prefix="benchmark-correction-") as folder:
        settings = workspace(load_settings(), catalogue)
        encoder = load_encoder(settings.encoder_spec)
        live = repeated(settings, load_catalogue(settings, catalogue, encoder), products, Path(folder))
        queries = list(read_judgments(judgments))
        rows = [
            measure(live, encoder, asked, errors, repeats)
            for errors, asked in ((0, queries), *((n, mistyped(queries, n, seeds)) for n in (1, 2)))
        ]
    print(json_module.dumps({"products": products, "queries": rows}) if json else render(rows))


def repeated(settings: Settings, live: LiveCatalogue, count: int, folder: Path) -> LiveCatalogue:
    """Return a catalogue of so many products: those of another one, again and again."""
    with open_database(settings) as database, database.reading() as db:
        found = sorted(CatalogueRepository(db).changed_since(-1), key=lambda product: product.id)
        held = [product for product in found if live.index.row_of(ProductId(product.id)) is not None]
    rows = np.array([live.index.row_of(ProductId(product.id)) for product in held], np.int64)
    ids = [ProductId(f"p{number:08d}") for number in range(count)]
    meta = SnapshotMeta(live.space.fingerprint, live.space.dimension, 0, {"text": 1.0})
    save_snapshot(folder, ids, _moved(live.index.embeddings(rows), count), meta)
    index, _ = load_snapshot(folder, fingerprint=live.space.fingerprint, dimension=live.space.dimension)
    columns, texts = Columns(), Texts.open(folder / "no-words", "", settings.search_language, settings.synonyms_path)
    source: Iterator[ChangedProduct] = islice(cycle(held), count)
    for start in range(0, count, BLOCK):
        block = list(islice(source, BLOCK))
        for row, product in enumerate(block, start):
            columns.put(row, product)
        texts.put(range(start, start + len(block)), block)
    console.print(f"{len(held)} products repeated to {count}")
    return LiveCatalogue(index, columns, texts, live.space, version=0, fusion=live.fusion)


def _moved(vectors: Embeddings, count: int) -> Iterator[Embeddings]:
    """Yield vectors in turn, each moved a little in a direction of its own."""
    rng = np.random.default_rng(0)
    for start in range(0, count, BLOCK):
        block = vectors[np.arange(start, min(count, start + BLOCK)) % len(vectors)]
        noise = rng.standard_normal(block.shape).astype(np.float32)
        block = block + noise * (MOVED / np.linalg.norm(noise, axis=1, keepdims=True))
        yield (block / np.linalg.norm(block, axis=1, keepdims=True)).astype(np.float32)


def mistyped(queries: Sequence[str], errors: int, seeds: int) -> list[str]:
    """Return each query with so many typing errors, in as many ways as there are seeds; without those too short."""
    found = []
    for seed in range(seeds):
        for query in queries:
            try:
                found.append(mistype(query, errors, random.Random(f"{seed} {query}")))  # noqa: S311  no secret
            except TooShort:
                continue
    return found


def measure(
    live: LiveCatalogue, encoder: Encoder, queries: Sequence[str], errors: int, repeats: int
) -> dict[str, Any]:
    """Ask each query as a search does: correct, encode what may be meant, choose, retrieve."""
    times: dict[str, list[float]] = {stage: [] for stage in STAGES}
    corrected, readings = 0, 0
    for query in queries:
        attempts = [_asked(live, encoder, query) for _ in range(repeats)]
        for stage in STAGES:
            times[stage].append(min(spent[stage] for spent, _, _ in attempts))
        _, count, changed = attempts[0]
        readings += count
        corrected += changed
    return {
        "errors": errors,
        "queries": len(queries),
        "corrected": corrected,
        "readings": round(readings / len(queries), 2),
        **{f"{stage}_mean_ms": round(float(np.mean(values)), 3) for stage, values in times.items()},
        **{f"{stage}_p95_ms": round(float(np.percentile(values, 95)), 3) for stage, values in times.items()},
    }


def _asked(live: LiveCatalogue, encoder: Encoder, query: str) -> tuple[dict[str, float], int, bool]:
    """Return the milliseconds of each stage, how many readings were in question, and whether the query changed."""
    spent: dict[str, float] = {}
    readings = _timed(spent, "correct", lambda: live.texts.readings(query, WORDS))
    vectors = _timed(spent, "encode", lambda: [encoder.encode_texts([reading.text])[0] for reading in readings])
    chosen = _timed(spent, "choose", lambda: likeliest(live, readings, vectors))
    vector = vectors[readings.index(chosen)]
    _timed(spent, "retrieve", lambda: run(live, vector, chosen.text, RowFilter(), exact=False))
    spent["all"] = sum(spent.values())
    return spent, len(readings), bool(chosen.changes)


def _timed(spent: dict[str, float], stage: str, work: Callable[[], Result]) -> Result:
    start = time.process_time()
    result = work()
    spent[stage] = (time.process_time() - start) * 1000
    return result


def render(rows: Sequence[dict[str, Any]]) -> str:
    """Return a table for people."""
    lines = [f"{'errors':>7}{'queries':>9}{'corrected':>11}{'readings':>10}"]
    lines[0] += "".join(f"{stage:>11}{'p95 ms':>8}" for stage in STAGES)
    for row in rows:
        line = f"{row['errors']:>7}{row['queries']:>9}{row['corrected']:>11}{row['readings']:>10.2f}"
        lines.append(
            line + "".join(f"{row[f'{stage}_mean_ms']:>11.2f}{row[f'{stage}_p95_ms']:>8.2f}" for stage in STAGES)
        )
    return "\n".join(lines)


if __name__ == "__main__":
    app()
