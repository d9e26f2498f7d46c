"""Other stores with our encoder before them: text in, 20 products with their facts out, and no web server between."""

from __future__ import annotations

import importlib
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from backend.catalogue.tables import ProductRow
from ml.encoder.base import Encoder
from ml.types import Embedding
from scripts.bench.asking import CARDS, Ask
from scripts.bench.shop import Shop
from scripts.console import UsageError, console
from scripts.load.recording import OK, Recording
from scripts.local_services import fresh_database
from scripts.pipeline import open_database

BLOCK = 5000
NEIGHBOURS, BUILD_EF, SEARCH_EF = 32, 80, 64  # of the HNSW graphs
FACTS = ("id", "title", "price_cents", "currency", "category", "brand", "merchant", "stock_quantity", "rating")


class Peer(ABC):
    """A store that finds products near a vector."""

    name: str

    @abstractmethod
    def search(self, vector: Embedding) -> list[dict[str, Any]]:
        """Return the facts of the 20 nearest products; called from several threads."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open."""


class Chroma(Peer):
    """Chroma in this process, on disk."""

    name = "chroma"

    def __init__(self, folder: Path, facts: Sequence[dict[str, Any]], vectors: NDArray[np.float32]) -> None:
        chromadb = _installed("chromadb")
        settings = chromadb.Settings(anonymized_telemetry=False)
        self._client = chromadb.PersistentClient(path=str(folder), settings=settings)
        graph = {
            "space": "ip", "max_neighbors": NEIGHBOURS, "ef_construction": BUILD_EF, "ef_search": SEARCH_EF,
        }  # fmt: skip
        self._products = self._client.create_collection(
            "products", configuration={"hnsw": graph}, embedding_function=None
        )
        for start in range(0, len(facts), BLOCK):
            part = facts[start : start + BLOCK]
            self._products.add(
                ids=[one["id"] for one in part],
                embeddings=vectors[start : start + BLOCK],
                metadatas=[{name: value for name, value in one.items() if value is not None} for one in part],
            )

    def search(self, vector: Embedding) -> list[dict[str, Any]]:
        """Ask the collection."""
        found = self._products.query(query_embeddings=[vector], n_results=CARDS, include=["metadatas", "distances"])
        products: list[dict[str, Any]] = found["metadatas"][0]
        return products

    def close(self) -> None:
        """Nothing is open but files."""


class LanceDB(Peer):
    """LanceDB in this process, on disk."""

    name = "lancedb"

    def __init__(self, folder: Path, facts: Sequence[dict[str, Any]], vectors: NDArray[np.float32]) -> None:
        database = _installed("lancedb").connect(str(folder))
        flat = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
        rows = pa.Table.from_pylist(list(facts)).append_column("vector", flat)
        self._table = database.create_table("products", rows)
        self._table.create_index(
            metric="dot",
            index_type="IVF_HNSW_SQ",
            m=NEIGHBOURS,
            ef_construction=BUILD_EF,
            vector_column_name="vector",
        )

    def search(self, vector: Embedding) -> list[dict[str, Any]]:
        """Ask the table."""
        asked = self._table.search(vector).distance_type("dot").ef(SEARCH_EF).select([*FACTS, "_distance"])
        products: list[dict[str, Any]] = asked.limit(CARDS).to_list()
        return products

    def close(self) -> None:
        """Nothing is open but files."""


class PgVector(Peer):
    """PostgreSQL with the extension vector; each thread has a connection."""

    name = "pgvector"

    def __init__(self, url: str, facts: Sequence[dict[str, Any]], vectors: NDArray[np.float32]) -> None:
        self._engine = create_engine(url, poolclass=NullPool)
        self._own = threading.local()
        self._open: list[Any] = []
        with self._connection().cursor() as cursor:
            cursor.execute("CREATE EXTENSION vector")
            cursor.execute(f"CREATE TABLE items (facts jsonb, vector vector({vectors.shape[1]}))")
            for one, vector in zip(facts, vectors, strict=True):
                cursor.execute("INSERT INTO items VALUES (%s, %s)", (orjson.dumps(one).decode(), _written(vector)))
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(
                "CREATE INDEX ON items USING hnsw (vector vector_ip_ops) "
                f"WITH (m = {NEIGHBOURS}, ef_construction = {BUILD_EF})"
            )

    def search(self, vector: Embedding) -> list[dict[str, Any]]:
        """Ask the table."""
        with self._connection().cursor() as cursor:
            cursor.execute(
                "SELECT facts FROM items ORDER BY vector <#> %s::vector LIMIT %s", (_written(vector), CARDS)
            )
            return [facts for (facts,) in cursor.fetchall()]

    def close(self) -> None:
        """Close the connections."""
        for connection in self._open:
            connection.close()

    def _connection(self) -> Any:
        if not hasattr(self._own, "connection"):
            pooled = self._engine.raw_connection()
            self._open.append(pooled)
            connection = pooled.driver_connection  # psycopg2's own, without SQLAlchemy's work on each statement
            assert connection is not None  # noqa: S101  it was opened just now
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"SET hnsw.ef_search = {SEARCH_EF}")
            self._own.connection = connection
        return self._own.connection


@contextmanager
def loaded(shop: Shop, postgres: str) -> Iterator[list[Peer]]:
    """Fill all peers with the shop.

    Raises:
        UsageError: one isn't installed.
    """
    columns = [getattr(ProductRow, name) for name in FACTS]
    with open_database(shop.settings) as database, database.reading() as db:
        facts = [dict(zip(FACTS, row, strict=True)) for row in db.execute(select(*columns).order_by(ProductRow.id))]
    facts.sort(key=lambda one: str(one["id"]))
    vectors = np.load(shop.vectors)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrine-peers-")))
        url = stack.enter_context(fresh_database(postgres))
        peers: list[Peer] = []
        for make in (
            lambda: Chroma(folder / "chroma", facts, vectors),
            lambda: LanceDB(folder / "lancedb", facts, vectors),
            lambda: PgVector(url, facts, vectors),
        ):
            start = time.perf_counter()
            peer = make()
            stack.callback(peer.close)
            peers.append(peer)
            console.print(f"{peer.name} loaded in {time.perf_counter() - start:.0f} s")
        yield peers


def search_peer(peer: Peer, encoder: Encoder, ask: Ask, *, threads: int, seconds: float) -> Recording:
    """Let threads encode and search without pause; what isn't 20 products is noted as wrong.

    One thread encodes at a time, on all cores: that was measured to be faster than encoding at once, and so is what a
    careful assembly would do.
    """
    notes, lock, encoding = Recording(seconds), threading.Lock(), threading.Lock()
    start = time.perf_counter()

    def work(_: int) -> None:
        while (begun := time.perf_counter()) < start + seconds:
            with lock:
                query = orjson.loads(ask().body)["query"]
            with encoding:
                vector = encoder.encode_texts([query])[0]
            found = peer.search(vector)
            with lock:
                notes.add("search", begun - start, (time.perf_counter() - begun) * 1000, OK)
                if len(found) != CARDS:
                    notes.complaints.append(f"{peer.name} found {len(found)} products")

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return notes


def _written(vector: Embedding) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"


def _installed(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(f"{name} isn't installed: run `make bench-peers`") from error
