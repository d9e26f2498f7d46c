"""Measure search quality: against judgments, and between pictures and words.

    python -m scripts.evaluate search --catalogue products.jsonl.gz --judgments judgments.csv.gz
    python -m scripts.evaluate pictures
    python -m scripts.evaluate composed

The first imports the catalogue into a workspace of its own below var/evaluation, kept for the next run, and ranks it
as the server would.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from backend.catalogue.feeds import FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.opening import open_live
from backend.catalogue.space import VectorSpace
from backend.config import Settings
from ml.encoder.base import Encoder
from ml.encoder.load import load_encoder
from ml.evaluate.judgments import Judgments, read_judgments
from ml.evaluate.search import evaluate
from ml.types import ProductId
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.evaluate_composed import composed
from scripts.evaluate_pictures import measure, render
from scripts.pipeline import embed, import_feed, open_database

app = typer.Typer(add_completion=False, help=__doc__)
app.command()(composed)


@app.callback()
def commands() -> None:
    """Measure quality."""


@app.command()
def search(
    catalogue: Annotated[Path, typer.Option(help="A feed, as for import_catalogue.")],
    judgments: Annotated[Path, typer.Option(help="CSV with the columns query, product_id, rating.")],
    depth: Annotated[int, typer.Option(min=100, help="How far down the ranking is looked at, for MRR.")] = 1000,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Print nDCG@10 over the full catalogue and over judged products, judged@10, recall@100 and MRR."""
    with clear_errors():
        settings = workspace(load_settings(), catalogue)
        judged = read_judgments(judgments)
        encoder = load_encoder(settings.encoder_spec)
        live = load_catalogue(settings, catalogue, encoder)
        rankings, judged_rankings = rank(live, encoder, judged, depth)
        report = evaluate(judged, rankings, judged_rankings)
    print(report.to_json() if json else report.render())


@app.command()
def pictures(
    fashion: Annotated[Path | None, typer.Option(help="Folder of the fashion catalogue.")] = None,
    clothing: Annotated[Path | None, typer.Option(help="Folder of the clothing photos.")] = None,
    grocery: Annotated[Path | None, typer.Option(help="Folder of the grocery photos.")] = None,
    seed: Annotated[int, typer.Option(help="Of the drawn pictures.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a list.")] = False,
) -> None:
    """Print how well words find pictures and pictures words, drawn ones and those of the photo sets named."""
    with clear_errors():
        encoder = load_encoder(load_settings().encoder_spec)
        figures = measure(encoder, seed=seed, fashion=fashion, clothing=clothing, grocery=grocery)
    print(render(figures, as_json=json))


def workspace(settings: Settings, catalogue: Path) -> Settings:
    """Return settings whose database and index belong to one catalogue file alone."""
    if not catalogue.is_file():
        raise UsageError(f"{catalogue} is not a file")
    with catalogue.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    folder = Path("var/evaluation") / digest
    return settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder}/catalogue.db",
            "redis_url": None,
            "faiss_index_path": folder / "index",
            "media_path": folder / "media",
        }
    )


def load_catalogue(settings: Settings, catalogue: Path, encoder: Encoder) -> LiveCatalogue:
    """Import and embed what the workspace lacks, and open it."""
    with open_database(settings) as database:
        rejects = RejectsFile(settings.faiss_index_path.parent / "rejects.jsonl")
        summary, _ = import_feed(database, settings, catalogue, FeedOptions(), rejects=rejects)
        if summary.rejected:
            console.print(f"{summary.rejected} rows were rejected, see {rejects.path}")
        embed(database, settings, encoder)
        return open_live(database, VectorSpace.of(encoder, settings), settings.faiss_index_path)


def rank(
    live: LiveCatalogue, encoder: Encoder, judgments: Judgments, depth: int
) -> tuple[dict[str, list[ProductId]], dict[str, list[ProductId]]]:
    """Return for each query the first `depth` products, and the order of its judged ones."""
    vectors = encoder.encode_texts(list(judgments))
    rankings, judged_rankings = {}, {}
    for (query, ratings), vector in zip(judgments.items(), vectors, strict=True):
        rankings[query] = [hit.product_id for hit in live.nearest(vector, depth, None)]
        rows = {product_id: live.index.row_of(product_id) for product_id in ratings}
        if missing := [product_id for product_id, row in rows.items() if row is None]:
            raise UsageError(f"the catalogue lacks {len(missing)} judged products, such as {missing[0]}")
        allowed = np.zeros(live.index.row_count, np.bool_)
        allowed[[row for row in rows.values() if row is not None]] = True
        judged_rankings[query] = [hit.product_id for hit in live.nearest(vector, len(rows), allowed)]
    return rankings, judged_rankings


if __name__ == "__main__":
    app()
