"""Measure recommendations and feedback over HTTP on a large invented catalogue.

    python -m scripts.benchmark_recommend
    python -m scripts.benchmark_recommend --products 5000 --collaborative
    python -m scripts.benchmark_recommend --database-url postgresql://user:password@host/empty

Products and shoppers are invented, and so are the vectors: words hashed to directions, of the model's dimension.
No answer comes from a cache: every list is made anew, and every event is durable before its answer. The database is
to be empty; by default it is a SQLite file in a temporary folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from sqlalchemy import func, select

from backend.catalogue.feeds import FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.history import HistorySummary, PastEvent, import_history
from backend.interaction.log import EventLog
from backend.interaction.schemas import Feedback
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.worker import LogWorker
from backend.recommend.training import train_once
from ml.encoder.base import Encoder
from ml.encoder.fake import FakeEncoder
from ml.encoder.load import load_encoder
from ml.profile.rules import InteractionType, ProfileRules
from ml.types import Fingerprint
from scripts.console import UsageError, clear_errors, load_settings
from scripts.http_load import Request, measure
from scripts.pipeline import embed, import_feed, index, open_database
from scripts.serving import running_server

app = typer.Typer(add_completion=False)

CONCURRENCY = (1, 8, 32)
EVENTS_EACH = 50
WORDS = ("mug", "shoe", "lamp", "tent", "shirt", "chair", "pan", "book", "watch", "bag", "ball", "knife", "rug")
TYPES = [kind.value for kind in InteractionType if kind is not InteractionType.RATING]


class InventedVectors(FakeEncoder):
    """Stands in for a model: the same name for its space, and no inference."""

    def __init__(self, model: Encoder) -> None:
        super().__init__(model.dimension, image_tower=model.has_image_tower)
        self._fingerprint = model.fingerprint

    @property
    def fingerprint(self) -> Fingerprint:
        """Of the model."""
        return self._fingerprint


@app.command(help=__doc__)
def main(
    products: Annotated[int, typer.Option(min=1000)] = 50_000,
    users: Annotated[int, typer.Option(min=10, help="Shoppers, with 50 events each.")] = 1000,
    requests: Annotated[int, typer.Option(min=100, help="Of each kind, at each concurrency.")] = 1000,
    database_url: Annotated[str | None, typer.Option(help="An empty database; default SQLite.")] = None,
    collaborative: Annotated[bool, typer.Option(help="With a model, which takes minutes to learn.")] = False,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    report: dict[str, dict[str, float]] = {}
    with clear_errors(), _empty(database_url) as settings:
        with open_database(settings) as database:
            _fill(database, settings, products, users)
            if collaborative:
                space = VectorSpace.of(load_encoder(settings.encoder_spec), settings)
                train_once(database, settings, space)
        askings = {
            "feedback": partial(ask_feedback, users, products),
            "recommend feed": partial(ask_feed, users),
            "recommend similar": partial(ask_similar, users, products),
        }
        with running_server(settings) as server:
            for clients in CONCURRENCY:
                for name, asking in askings.items():
                    report[f"{name}, {clients} clients"] = measure(server, asking, clients, requests)
    print(orjson.dumps(report).decode() if json else _text(report))


def ask_feedback(users: int, products: int, rng: np.random.Generator) -> Request:
    """Say that somebody did something."""
    user = rng.integers(users)
    event = {
        "user_id": f"u{user}",
        "session_id": f"s{user}",
        "product_id": f"p{rng.integers(products)}",
        "interaction_type": TYPES[rng.integers(len(TYPES))],
    }
    return "POST", "/api/v1/feedback", orjson.dumps(event)


def ask_feed(users: int, rng: np.random.Generator) -> Request:
    """Ask what to show somebody."""
    user = rng.integers(users)
    return "POST", "/api/v1/recommend", orjson.dumps({"user_id": f"u{user}", "session_id": f"s{user}"})


def ask_similar(users: int, products: int, rng: np.random.Generator) -> Request:
    """Ask what to show somebody beside a product."""
    user, product = rng.integers(users), rng.integers(products)
    body = {"user_id": f"u{user}", "context": "similar", "product_id": f"p{product}"}
    return "POST", "/api/v1/recommend", orjson.dumps(body)


def _fill(database: Database, settings: Settings, products: int, users: int) -> None:
    """Write products, their vectors, and what shoppers did with a few kinds of them each."""
    rng = np.random.default_rng(0)
    feed = settings.media_path.with_name("products.jsonl")
    with feed.open("wb") as file:
        for number in range(products):
            word = WORDS[number % len(WORDS)]
            colour, shape = rng.integers(50), rng.integers(200)
            product = {
                "id": f"p{number}",
                "title": f"{word} colour{colour} shape{shape}",
                "category": f"Department {number % len(WORDS) // 3} > {word}",
                "brand": f"Brand {rng.integers(300)}",
                "price": 1 + int(rng.integers(200)),
                "currency": "EUR",
                "stock_quantity": int(rng.integers(10)),
            }
            file.write(orjson.dumps(product) + b"\n")
    import_feed(database, settings, feed, FeedOptions(), rejects=RejectsFile(feed.with_name("rejects.jsonl")))
    encoder = InventedVectors(load_encoder(settings.encoder_spec))
    embed(database, settings, encoder)
    index(database, settings, encoder)
    now, events = datetime.now(UTC), []
    for user in range(users):
        favourites = rng.integers(len(WORDS), size=3)
        for number in range(EVENTS_EACH):
            chosen = int(rng.integers(products // len(WORDS))) * len(WORDS) + int(rng.choice(favourites))
            event = {
                "user_id": f"u{user}",
                "session_id": f"s{user}",
                "product_id": f"p{chosen}",
                "interaction_type": TYPES[rng.integers(len(TYPES))],
                "timestamp": now - timedelta(minutes=float(rng.random() * 20_000)),
            }
            events.append(PastEvent(user * EVENTS_EACH + number + 1, Feedback.model_validate(event), None))
    import_history(database, events, RejectsFile(feed.with_name("rejects.jsonl")), HistorySummary())
    worker = LogWorker(database, ProfileRules(), EventVectors())
    while worker.step(StateSpace.of(VectorSpace.of(encoder, settings))):
        pass


@contextmanager
def _empty(database_url: str | None) -> Iterator[Settings]:
    """Give settings for an empty database and a temporary folder.

    Raises:
        UsageError: the database has products or events.
    """
    with tempfile.TemporaryDirectory(prefix="vitrine-recommend-") as folder:
        place = Path(folder)
        url = Settings(_env_file=None, database_url=database_url or f"sqlite:///{place}/shop.db").database_url
        own = {
            "database_url": url,
            "api_enable_cache": False,
            "faiss_index_path": place / "index",
            "media_path": place / "media",
            "recommender_path": place / "recommender",
            "feedback_rate_per_minute": 10**7,
            "recommender_refresh_events": 10**7,
        }
        settings = load_settings().model_copy(update=own)
        with open_database(settings) as database, database.reading() as db:
            if db.scalar(select(func.count()).select_from(ProductRow)) or EventLog(db).last_seq():
                raise UsageError("name an empty database: this one has products or events")
        yield settings


def _text(report: dict[str, dict[str, Any]]) -> str:
    return "\n".join(
        f"{name:<32}" + "".join(f"{key} {value:>10,}   " for key, value in values.items())
        for name, values in report.items()
    )


if __name__ == "__main__":
    app()
