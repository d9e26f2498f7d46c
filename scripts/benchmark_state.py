"""Measure feedback, live states and changes of single prices over HTTP, and the replay of a log.

    python -m scripts.benchmark_state http
    python -m scripts.benchmark_state http --database-url postgresql://user:password@host/empty
    python -m scripts.benchmark_state replay --events 1000000

`http` starts a server of its own on the demo catalogue; every event and every price is durable before its answer.
`replay` writes an invented log and rebuilds every user's vector from it, as scripts.replay does. Databases are to be
empty; by default they are SQLite files in a temporary folder.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import numpy as np
import orjson
import typer
from sqlalchemy import func, insert, select

from backend.catalogue.feeds import FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.events import microseconds
from backend.interaction.log import EventLog
from backend.interaction.replay import Replay
from backend.interaction.tables import InteractionVectorRow
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.worker import LogWorker
from ml.encoder.load import load_encoder
from ml.profile.rules import InteractionType, ProfileRules
from ml.types import Fingerprint
from scripts.console import UsageError, clear_errors, load_settings, peak_memory_mb
from scripts.demo_catalogue import demo_feed
from scripts.http_load import Request, measure
from scripts.pipeline import embed, import_feed, index, open_database
from scripts.serving import running_server

app = typer.Typer(add_completion=False, help=__doc__)

TYPES = [kind.value for kind in InteractionType if kind is not InteractionType.RATING]
DIMENSION = 384
BLOCK = 20_000

DatabaseUrl = Annotated[str | None, typer.Option(help="An empty database; default SQLite.")]
Json = Annotated[bool, typer.Option(help="Print one JSON object instead of text.")]


@app.command("http")
def over_http(
    requests: Annotated[int, typer.Option(min=100, help="At each concurrency.")] = 4000,
    users: Annotated[int, typer.Option(min=1, help="Shoppers who send them.")] = 1000,
    database_url: DatabaseUrl = None,
    json: Json = False,
) -> None:
    """Time feedback, the reading of states and changes of prices with 1, 8 and 32 clients."""
    with clear_errors(), _empty(database_url) as settings:
        with open_database(settings) as database:
            rejects = RejectsFile(settings.media_path.with_name("rejects.jsonl"))
            import_feed(database, settings, demo_feed(), FeedOptions(), rejects=rejects)
            encoder = load_encoder(settings.encoder_spec)
            embed(database, settings, encoder)
            index(database, settings, encoder)
            with database.reading() as db:
                products = list(db.scalars(select(ProductRow.id)))
        report: dict[str, Any] = {}
        with running_server(settings) as server:
            asked = {
                "feedback": partial(_feedback, users=users, products=products),
                "state": partial(_state, users=users),
                "price": partial(_price, products=products),
            }
            for clients in (1, 8, 32):
                for what, asking in asked.items():
                    report[f"{what}, {clients} clients"] = measure(server, asking, clients, requests)
    print(orjson.dumps(report).decode() if json else _text(report))


@app.command("replay")
def of_a_log(
    events: Annotated[int, typer.Option(min=1000, help="In the log.")] = 1_000_000,
    users: Annotated[int, typer.Option(min=1)] = 50_000,
    products: Annotated[int, typer.Option(min=1)] = 10_000,
    database_url: DatabaseUrl = None,
    json: Json = False,
) -> None:
    """Time the rebuilding of every user's vector, and the worker."""
    with clear_errors(), _empty(database_url) as settings, open_database(settings) as database:
        space = StateSpace.of(VectorSpace(Fingerprint("0" * 16), DIMENSION, False, "{title}", 1.0, 0.0))
        _invent(database, space, events, users, products)
        rules = ProfileRules()
        start, processor = time.perf_counter(), time.process_time()
        rebuilt = sum(1 for _ in Replay(database, space, rules, lambda _: None).run())
        seconds = time.perf_counter() - start
        report: dict[str, Any] = {
            "replay": {
                "events": events,
                "users": rebuilt,
                "seconds": round(seconds, 1),
                "processor_s": round(time.process_time() - processor, 1),
                "peak_memory_mb": round(peak_memory_mb()),
            }
        }
        worker, applied = LogWorker(database, rules, EventVectors()), 0
        start = time.perf_counter()
        while applied < min(events, 50_000) and (done := worker.step(space)):
            applied += done
        report["worker"] = {"events": applied, "events_per_second": round(applied / (time.perf_counter() - start))}
    print(orjson.dumps(report).decode() if json else _text(report))


@contextmanager
def _empty(database_url: str | None) -> Iterator[Settings]:
    """Give settings for an empty database and a temporary folder.

    Raises:
        UsageError: the database has products or events.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        url = Settings(_env_file=None, database_url=database_url or f"sqlite:///{place}/state.db").database_url
        own = {"faiss_index_path": place / "index", "media_path": place / "media", "feedback_rate_per_minute": 10**7}
        settings = load_settings().model_copy(update={"database_url": url, **own})
        with open_database(settings) as database, database.reading() as db:
            if db.scalar(select(func.count()).select_from(ProductRow)) or EventLog(db).last_seq():
                raise UsageError("name an empty database: this one has products or events")
        yield settings


def _feedback(rng: np.random.Generator, users: int, products: list[str]) -> Request:
    user, product = f"u{rng.integers(users)}", products[rng.integers(len(products))]
    kind = TYPES[rng.integers(len(TYPES))]
    event = {"user_id": user, "session_id": f"{user}-s", "product_id": product, "interaction_type": kind}
    return "POST", "/api/v1/feedback", orjson.dumps(event)


def _state(rng: np.random.Generator, users: int) -> Request:
    user = f"u{rng.integers(users)}"
    return "GET", f"/api/v1/users/{user}/state?session_id={user}-s", None


def _price(rng: np.random.Generator, products: list[str]) -> Request:
    change = {"price": int(rng.integers(1, 10_000)), "stock_quantity": int(rng.integers(100))}
    return "PATCH", f"/api/v1/products/{quote(products[rng.integers(len(products))], safe='')}", orjson.dumps(change)


def _invent(database: Database, space: StateSpace, events: int, users: int, products: int) -> None:
    """Write a log of events over 60 days, whose shoppers and products are as unevenly busy as in shops."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(products, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with database.writing() as db:
        stored = ({"product_id": f"p{n}", "vector": row.tobytes()} for n, row in enumerate(vectors))
        db.execute(insert(InteractionVectorRow), [{"space": space.key, "version": 1, **row} for row in stored])
    now_us, day_us = microseconds(datetime.now(UTC)), 86_400 * 10**6
    for first in range(0, events, BLOCK):
        count = min(BLOCK, events - first)
        who = (users * rng.random(count) ** 2).astype(int).tolist()
        which = (products * rng.random(count) ** 3).astype(int).tolist()
        kinds = rng.integers(len(TYPES), size=count).tolist()
        when = (now_us - rng.random(count) * 60 * day_us).astype(np.int64).tolist()
        rows = [
            {
                "seq": first + n + 1, "event_id": f"e{first + n}", "content_hash": "", "user_id": f"u{who[n]}",
                "session_id": f"u{who[n]}-s", "product_id": f"p{which[n]}", "type": TYPES[kinds[n]],
                "occurred_at_us": when[n], "received_at_us": now_us, "space": space.key, "vector_version": 1,
            }
            for n in range(count)
        ]  # fmt: skip
        with database.writing() as db:
            EventLog(db).append(rows, first + count)


def _text(report: dict[str, dict[str, Any]]) -> str:
    return "\n".join(
        f"{name:<24}" + "".join(f"{key} {value:>10,}   " for key, value in values.items())
        for name, values in report.items()
    )


if __name__ == "__main__":
    app()
