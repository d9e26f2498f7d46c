"""Measure writes beside searches over HTTP: how many a second, and what they do to the searches.

    python -m scripts.benchmark_updates --catalogue products.jsonl.gz
    python -m scripts.benchmark_updates --catalogue products.jsonl.gz --rate 1000

Starts a server of its own. Shoppers search without pause: first alone, then while prices and stock change by bulk
upload, then while they change one by one, then while texts change, which are embedded. --rate holds the bulk upload
of prices and stock to so many products a second; by default it goes as fast as it can. Afterwards a second worker's
catalogue, in this process, applies all these changes at once. Without --catalogue the demo catalogue is used.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import numpy as np
import orjson
import typer

from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.opening import open_live
from backend.catalogue.records import ProductFilter, to_product_in
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.router import BULK_PATH
from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.load import load_encoder
from scripts.catalogue_queries import unique_queries
from scripts.console import UsageError, clear_errors, load_settings
from scripts.demo_catalogue import demo_feed
from scripts.evaluated_catalogue import load_catalogue
from scripts.pipeline import open_database
from scripts.serving import Server, running_server
from scripts.switch_load import Load

app = typer.Typer(add_completion=False)

UPLOAD = 250  # products in one upload
Product = dict[str, Any]
Write = Callable[[threading.Event], int]


@app.command(help=__doc__)
def main(
    catalogue: Annotated[Path | None, typer.Option(help="A feed, as for import_catalogue.")] = None,
    shoppers: Annotated[int, typer.Option(min=1, help="Searches at once.")] = 2,
    writers: Annotated[int, typer.Option(min=1, help="Clients that change one product at a time.")] = 4,
    seconds: Annotated[float, typer.Option(min=1, help="Of each part.")] = 10.0,
    rate: Annotated[
        float | None, typer.Option(help="Products a second by bulk upload; default as many as go.")
    ] = None,
    database_url: Annotated[str | None, typer.Option(help="An empty database; default SQLite in a folder.")] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Run the command."""
    with clear_errors(), tempfile.TemporaryDirectory() as temporary:
        settings = _settings(Path(temporary), database_url)
        encoder = load_encoder(settings.encoder_spec)
        load_catalogue(settings, catalogue or demo_feed(), encoder)
        space = VectorSpace.of(encoder, settings)
        with open_database(settings) as database:
            other = open_live(database, space, settings.faiss_index_path, settings.search_options)
            products = Changing(_stored(database))
            with running_server(settings) as server:
                beside = Beside(
                    server, database, space, products, unique_queries(settings, 500, seed=0), shoppers, seconds
                )
                parts: dict[str, Write | None] = {
                    "searches alone": None,
                    "bulk, price and stock": lambda stop: _upload(server, products.repriced, stop, rate),
                    "one by one, price and stock": lambda stop: _patch(server, products, writers, stop),
                    "bulk, new texts": lambda stop: _upload(server, products.retold, stop, None),
                }
                report = {name: beside.measure(write) for name, write in parts.items()}
            start, before = time.perf_counter(), other.version
            versions = other.catch_up(database) - before
            caught_up = {"versions": versions, "products": products.count, "s": round(time.perf_counter() - start, 2)}
            other.close()
    print(orjson.dumps(report | {"catch-up": caught_up}).decode() if json else _table(report, caught_up))


class Changing:
    """The products of the catalogue, each as it was written last."""

    def __init__(self, products: list[Product]) -> None:
        self.ids = [product["id"] for product in products]
        self._products = products
        self._turns, self._places = count(), count()
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._products)

    def repriced(self) -> list[Product]:
        """Return the next products with another price and stock."""
        return [self._changed(**_terms(turn)) for turn in islice(self._turns, UPLOAD)]

    def retold(self) -> list[Product]:
        """Return the next products with another text."""
        return [self._changed(description=f"Told for the {turn}th time.") for turn in islice(self._turns, UPLOAD)]

    def one(self) -> tuple[str, Product]:
        """Return an id, and what to change of it."""
        with self._lock:
            turn = next(self._turns)
        return self.ids[turn % self.count], _terms(turn)

    def _changed(self, **changes: Any) -> Product:
        with self._lock:
            place = next(self._places) % self.count
            self._products[place] |= changes
            return dict(self._products[place])


def _terms(turn: int) -> Product:
    """Return a price and stock that no product has from its turn before, however many products there are."""
    return {"price": round(10 + turn % 99_991 / 100, 2), "stock_quantity": turn % 50}


class Beside:
    """Searches while something is written."""

    def __init__(
        self,
        server: Server,
        database: Database,
        space: VectorSpace,
        products: Changing,
        queries: list[str],
        shoppers: int,
        seconds: float,
    ) -> None:
        self._server = server
        self._database = database
        self._space = space
        self._products = products
        self._queries = queries
        self._shoppers = shoppers
        self._seconds = seconds

    def measure(self, write: Write | None) -> dict[str, float]:
        """Return updates and searches a second, latencies of the searches, and how many products were embedded."""
        with self._database.reading() as db:
            version = CatalogueRepository(db).version()
        stop = threading.Event()
        timer = threading.Timer(self._seconds, stop.set)
        start = time.perf_counter()
        with Load(self._server, self._queries, self._shoppers) as load:
            timer.start()
            written = write(stop) if write is not None else 0
            stop.wait()
            took = time.perf_counter() - start
        if load.failures:
            raise UsageError(f"{len(load.failures)} searches failed, such as {load.failures[0]}")
        with self._database.reading() as db:
            vectors = EmbeddingRepository(db, self._space).vectors(self._products.ids)
        p50, p95, p99 = np.percentile(load.latencies_ms, [50, 95, 99])
        return {
            "updates_s": round(written / took, 1),
            "searches_s": round(len(load.latencies_ms) / took, 1),
            "search_p50_ms": round(float(p50), 1),
            "search_p95_ms": round(float(p95), 1),
            "search_p99_ms": round(float(p99), 1),
            "embedded": sum(stored > version for stored, _ in vectors.values()),
        }


def _upload(server: Server, change: Callable[[], list[Product]], stop: threading.Event, rate: float | None) -> int:
    """Upload products again and again; return how many."""
    written, start = 0, time.perf_counter()
    with closing(server.connect()) as connection:
        while not stop.is_set():
            lines = b"\n".join(map(orjson.dumps, change()))
            connection.request("POST", BULK_PATH, lines, {"Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            done = orjson.loads(answer.read())
            if answer.status != 200 or done["rejected"]:
                raise UsageError(f"an upload was refused: {done}")
            written += done["updated"]
            if rate is not None:
                stop.wait(max(0.0, start + written / rate - time.perf_counter()))
    return written


def _patch(server: Server, products: Changing, writers: int, stop: threading.Event) -> int:
    """Change one product after the other, from several clients at once; return how many."""

    def work(_: int) -> int:
        written = 0
        with closing(server.connect()) as connection:
            while not stop.is_set():
                id_, change = products.one()
                server.call(connection, "PATCH", f"/api/v1/products/{quote(id_)}", change)
                written += 1
        return written

    with ThreadPoolExecutor(writers) as threads:
        return sum(threads.map(work, range(writers)))


def _stored(database: Database) -> list[Product]:
    with database.reading() as db:
        rows = CatalogueRepository(db).page(ProductFilter(), "", 1_000_000)
        return [to_product_in(row) for row in rows]


def _settings(folder: Path, database_url: str | None) -> Settings:
    url = Settings(_env_file=None, database_url=database_url or f"sqlite:///{folder}/catalogue.db").database_url
    return load_settings().model_copy(
        update={"database_url": url, "faiss_index_path": folder / "index", "media_path": folder / "media"}
    )


def _table(report: dict[str, dict[str, float]], caught_up: dict[str, float]) -> str:
    names = list(next(iter(report.values())))
    lines = [" " * 28 + "".join(f"{name:>15}" for name in names)]
    lines += [f"{part:<28}" + "".join(f"{values[name]:>15}" for name in names) for part, values in report.items()]
    lines.append("another worker catches up: {products} products, {versions} versions in {s} s".format(**caught_up))
    return "\n".join(lines)


if __name__ == "__main__":
    app()
