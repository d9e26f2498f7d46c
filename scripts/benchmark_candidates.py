"""Measure what a list loses by candidates that are found by outlines instead of exactly.

    python -m scripts.benchmark_candidates var/bench/ViT-B-32-int8-50000-1000/vectors.npy

The vectors are those of products in an order in which similar ones are near each other, as `make bench` leaves them.
Shoppers like some products around one place of that order, or around two.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import faiss
import numpy as np
import orjson
import typer
from numpy.typing import NDArray

from backend.threads import one_blas_thread, one_openmp_thread
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.merge import MergeSettings
from ml.types import Embedding, Embeddings, ProductId
from scripts.console import UsageError, clear_errors

app = typer.Typer(add_completion=False)

SHOWN, CANDIDATES = 20, 200
AROUND, LIKED = 200, 40  # products around a place, of which a shopper liked so many
SHARES = (0.95, 0.5, 0.2, 0.05)


@dataclass(frozen=True, slots=True)
class Row:
    """What is found where a share of the products may be listed.

    Attributes:
        candidates, lowest: share of the 200 nearest products that is among the candidates, on average and at least.
        shown: the same of the 20 nearest.
        next_exact, next_found: how often the product that the shopper likes next is among the 20 nearest that they
            haven't liked, of all products and of the candidates.
    """

    share: float
    candidates: float
    lowest: float
    shown: float
    next_exact: float
    next_found: float


@app.command(help=__doc__)
def main(
    vectors: Annotated[Path, typer.Argument(help="A NumPy file, float32 of shape (n, d).")],
    shoppers: Annotated[int, typer.Option(min=10, help="Made up for each share.")] = 500,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    one_blas_thread()
    one_openmp_thread()
    with clear_errors():
        if not vectors.is_file():
            raise UsageError(f"{vectors} is not a file")
        products = np.load(vectors).astype(np.float32)
        products /= np.linalg.norm(products, axis=1, keepdims=True)
        index = _index(products)
        rng = np.random.default_rng(1)
        rows = [_measured(index, products, share, shoppers, rng) for share in SHARES]
    tuning = None if index.tuning is None else index.tuning.model_dump()
    print(orjson.dumps({"tuning": tuning, "rows": [asdict(row) for row in rows]}).decode() if json else _text(rows))


def _index(vectors: Embeddings) -> FaissFlatIndex:
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    ids = [ProductId(f"{number:08}") for number in range(len(vectors))]
    index = FaissFlatIndex(vectors.shape[1], flat, ids, merging=MergeSettings(background=False))
    index.merge()
    return index


def _measured(
    index: FaissFlatIndex, vectors: Embeddings, share: float, shoppers: int, rng: np.random.Generator
) -> Row:
    near, first, right, found_right = [], [], 0, 0
    for number in range(shoppers):
        liked, following = _history(len(vectors), 1 + number % 2, rng)
        taste = _taste(vectors, liked, rng)
        allowed = rng.random(len(vectors)) < share
        allowed[liked] = False
        allowed[following] = True
        exact, _ = index.search(taste, CANDIDATES, allowed)
        found = index.likely_rows(taste, CANDIDATES, allowed)
        near.append(len(np.intersect1d(exact, found)) / len(exact))
        first.append(len(np.intersect1d(exact[:SHOWN], found)) / len(exact[:SHOWN]))
        right += following in exact[:SHOWN]
        shown = found[np.argsort(-index.inner_products(taste, found), kind="stable")[:SHOWN]]
        found_right += following in shown
    mean, shown_mean = float(np.mean(near)), float(np.mean(first))
    return Row(share, mean, min(near), shown_mean, right / shoppers, found_right / shoppers)


def _history(count: int, places: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], int]:
    """Return the rows that a shopper liked, and the one that comes next."""
    homes = rng.integers(count, size=places)
    around = (homes[rng.integers(places, size=LIKED + 1)] + rng.integers(AROUND, size=LIKED + 1)) % count
    return np.setdiff1d(around[:-1], around[-1:]), int(around[-1])


def _taste(vectors: Embeddings, liked: NDArray[np.int64], rng: np.random.Generator) -> Embedding:
    total = rng.exponential(size=len(liked)) @ vectors[liked].astype(np.float64)
    taste: Embedding = (total / np.linalg.norm(total)).astype(np.float32)
    return taste


def _text(rows: list[Row]) -> str:
    lines = [f"{'allowed':>8}{'of 200':>9}{'lowest':>9}{'of 20':>9}{'next, exact':>13}{'next, found':>13}"]
    lines += [
        f"{row.share:>8.0%}{row.candidates:>9.4f}{row.lowest:>9.3f}{row.shown:>9.4f}"
        f"{row.next_exact:>13.3f}{row.next_found:>13.3f}"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    app()
