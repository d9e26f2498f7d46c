"""Measure the server on a large invented catalogue: search over HTTP, memory, start, recall, and writes beside it.

    python -m scripts.benchmark_large --products 200000
    python -m scripts.benchmark_large --products 1000000 --folder var/bench/large --json
    python -m scripts.benchmark_large --workers 3 --database-url postgresql://user:password@host/empty

Model and precision are those of the settings (CLIP_MODEL, CLIP_PRETRAINED, ENCODER_PRECISION). No query comes twice,
so no answer is a kept one. Recall compares the first ten of an answer with those of the same search with `exact`.
Writes are new products with ready vectors, ten at a time, by a process of its own beside the server, as an embedding
process writes them; how long they take to be found counts from their commit. A folder is kept and used again. The
database is to be empty at first; by default it is a SQLite file in the folder.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from sqlalchemy import func, select

from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.base import Encoder
from ml.encoder.load import load_encoder
from scripts.bench.queries import UniqueQueries
from scripts.bench.servers import LIFTED
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.http_load import Request, measure
from scripts.large_shop import fill
from scripts.large_writes import Writes
from scripts.pipeline import index, open_database
from scripts.serving import Server, running_server

app = typer.Typer(add_completion=False)

SEARCH = "/api/v1/search"
TITLES = 20_000  # that queries are made from
K = 10
SETTLE_S = 3.0  # between looks whether the server still counts in the background


@app.command(help=__doc__)
def main(
    products: Annotated[int, typer.Option(min=1000)] = 1_000_000,
    requests: Annotated[int, typer.Option(min=20, help="Searches of each part.")] = 400,
    rate: Annotated[int, typer.Option(min=10, help="Products written a second, beside searches.")] = 100,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 1,
    folder: Annotated[Path | None, typer.Option(help="Kept, and used again; default a temporary one.")] = None,
    database_url: Annotated[str | None, typer.Option(help="Default SQLite in the folder.")] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    with clear_errors(), tempfile.TemporaryDirectory(prefix="vitrine-large-") as temporary:
        place = (folder or Path(temporary)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        settings = _settings(place, database_url)
        encoder = load_encoder(settings.encoder_spec)
        with open_database(settings) as database:
            report = _prepare(database, settings, encoder, products)
            queries = UniqueQueries(_titles(database))
            start = time.perf_counter()
            with running_server(settings, workers=workers, log=place / "server.log") as server:
                report["start"] = {"ready_s": time.perf_counter() - start, "processor_s": server.processor_s()}
                _settle(server)
                report |= _searches(server, queries, requests)
                report["memory, MiB"] = _memory(server)
                with Writes(database, settings, encoder, rate) as writes:
                    report["search, beside writes"] = measure(server, partial(_ask, queries, {}), 1, requests)
                    report["writes"] = writes.seen_by(server)
    print(orjson.dumps(report).decode() if json else _text(report))


def _settings(place: Path, database_url: str | None) -> Settings:
    url = Settings(_env_file=None, database_url=database_url or f"sqlite:///{place}/shop.db").database_url
    own = {
        "database_url": url,
        "faiss_index_path": place / "index",
        "media_path": place / "media",
        "recommender_path": place / "recommender",
        "product_text_template": "{title}",
    }
    return load_settings().model_copy(update=LIFTED | own)


def _prepare(database: Database, settings: Settings, encoder: Encoder, products: int) -> dict[str, dict[str, float]]:
    """Fill the database and build the index, unless that was done before; return how long it took."""
    with database.reading() as db:
        there = db.scalar(select(func.count()).select_from(ProductRow)) or 0
    if there >= products and settings.faiss_index_path.is_dir():
        return {}
    if there:
        raise UsageError(f"the database has {there} products already: name an empty one, or another folder")
    console.print(f"writing {products} products")
    start = time.perf_counter()
    fill(database, settings, encoder, products)
    filled = time.perf_counter()
    index(database, settings, encoder)
    return {"prepare": {"fill_s": filled - start, "index_s": time.perf_counter() - filled}}


def _titles(database: Database) -> list[str]:
    with database.reading() as db:
        return list(db.scalars(select(ProductRow.title).where(~ProductRow.deleted).limit(TITLES)))


def _settle(server: Server) -> None:
    """Wait until nothing is counted in the background any more."""
    before = -1.0
    while (spent := server.processor_s()) > before + SETTLE_S / 10:
        before = spent
        time.sleep(SETTLE_S)


def _searches(server: Server, queries: UniqueQueries, requests: int) -> dict[str, dict[str, float]]:
    """Measure searches one after the other, and with filters and facets; compare some with exact ones."""
    kinds: dict[str, dict[str, Any]] = {
        "search": {},
        "search, in stock": {"filters": {"in_stock": True}},
        "search, a tenth": {"filters": {"min_rating": 4.8}},
        "search, facets": {"facets": ["brand", "category", "price"]},
    }
    measure(server, partial(_ask, queries, {}), 1, 50)  # what searches read of the files is in memory from now on
    report = {name: measure(server, partial(_ask, queries, more), 1, requests) for name, more in kinds.items()}
    return (
        report
        | {"search, 8 clients": measure(server, partial(_ask, queries, {}), 8, requests)}
        | {"recall": _recall(server, queries, requests // 4)}
    )


def _ask(queries: UniqueQueries, more: dict[str, Any], _: np.random.Generator) -> Request:
    return "POST", SEARCH, orjson.dumps({"query": queries.draw(), **more})


def _recall(server: Server, queries: UniqueQueries, count: int) -> dict[str, float]:
    """Compare answers with exact ones, by score: equal scores stand for each other."""
    shares, approximate = [], 0
    with closing(server.connect()) as connection:
        for _ in range(count):
            asked = {"query": queries.draw(), "limit": K}
            found = server.call(connection, "POST", SEARCH, asked)
            best = server.call(connection, "POST", SEARCH, asked | {"exact": True})
            approximate += found["retrieval"]["mode"] == "approximate"
            if best["items"]:
                least = best["items"][-1]["score"]
                shares.append(sum(hit["score"] >= least for hit in found["items"]) / len(best["items"]))
    return {"at_10": float(np.mean(shares)), "least": min(shares), "approximate": approximate / count}


def _memory(server: Server) -> dict[str, float]:
    return {"resident": server.memory_mb(), "shared_counted_once": server.proportional_mb()}


def _text(report: dict[str, dict[str, float]]) -> str:
    return "\n".join(
        f"{name:<24}" + "".join(f"{key} {round(value, 3):>10,}   " for key, value in values.items())
        for name, values in report.items()
    )


if __name__ == "__main__":
    app()
