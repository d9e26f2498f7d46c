"""Filtered recall of a catalogue's index against brute force; `scripts.evaluate recall` runs it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from backend.catalogue.opening import open_live
from backend.catalogue.space import VectorSpace
from ml.encoder.load import load_encoder
from ml.evaluate.recall import SHARES, measure, render, to_json
from ml.index.base import VectorIndex
from ml.types import ProductId
from scripts.console import UsageError, clear_errors, load_settings
from scripts.evaluated_catalogue import load_catalogue, workspace
from scripts.pipeline import open_database


def recall(
    catalogue: Annotated[Path | None, typer.Option(help="A feed; without it, the configured database.")] = None,
    pairs: Annotated[int, typer.Option(min=6, help="(filter, query) pairs, shared among six selectivities.")] = 5000,
    k: Annotated[int, typer.Option(min=1, help="Results wanted.")] = 20,
    written: Annotated[int, typer.Option(min=0, help="Products written before each search.")] = 3,
    seed: Annotated[int, typer.Option(help="Of filters, queries and writes.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Print recall under filters against brute force, straight after writes; fails where exact search isn't exact."""
    with clear_errors():
        settings = load_settings()
        encoder = load_encoder(settings.encoder_spec)
        if catalogue is None:
            with open_database(settings) as database:
                live = open_live(database, VectorSpace.of(encoder, settings), settings.faiss_index_path)
        else:
            live = load_catalogue(workspace(settings, catalogue), catalogue, encoder)
        print(recall_report(live.index, pairs=pairs, k=k, written=written, seed=seed, as_json=json))


def recall_report(index: VectorIndex, *, pairs: int, k: int, written: int, seed: int, as_json: bool) -> str:
    """Measure, and return what to print. The index is written to; database and snapshot stay as they are.

    Raises:
        UsageError: the catalogue is empty.
        typer.Exit: with code 1, after printing, when exact search missed a product or anything wrong was returned.
    """
    ids: list[ProductId] = sorted(
        {index.id_of(row) for row in range(index.row_count) if index.row_of(index.id_of(row)) == row}
    )
    if not ids:
        raise UsageError("there are no embedded products to search")
    start = time.perf_counter()
    each = -(-pairs // len(SHARES))
    figures = list(measure(index, ids, pairs=each, k=k, written=written, seed=seed))
    facts: dict[str, object] = {
        "products": len(ids),
        "dimension": index.dimension,
        "k": k,
        "written_before_each": written,
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 1),
    }
    report = to_json(figures, facts) if as_json else f"{_header(facts)}\n{render(figures, k)}"
    if any(row.exact < 1 or row.wrong for row in figures):
        print(report)
        raise typer.Exit(1)
    return report


def _header(facts: dict[str, object]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items())
