"""The shop that is measured: invented products with vectors of a model, and shoppers with a history, kept on disk."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select

from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.feeds import FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import ProductRow
from backend.config import DEFAULT_MODEL, Settings
from backend.database.engine import Database
from backend.interaction.history import HistorySummary, PastEvent, import_history
from backend.interaction.log import EventLog
from backend.interaction.schemas import Feedback
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.worker import LogWorker
from demo.products import DEFAULT_SEED, all_variants, products
from ml.encoder.base import Encoder
from ml.encoder.load import load_encoder
from ml.profile.rules import InteractionType, ProfileRules
from scripts.console import UsageError, console
from scripts.pipeline import embed, import_feed, index, open_database

EVENTS_EACH = 50
TYPES = [kind.value for kind in InteractionType if kind is not InteractionType.RATING]
TEMPLATE = "{title}"  # embedding 50,000 products takes minutes as it is, and searching costs the same


@dataclass(frozen=True, slots=True)
class Shop:
    """What a run needs to know of the shop.

    Attributes:
        settings: of the model, with the SQLite file that everything is kept in.
        folder: of this model and size alone.
        ids: of the products, sorted.
        titles: of the products, in their order; all different.
        prices: of the products, in their order.
        users: how many shoppers have a history; they are u0, u1 and so on.
    """

    settings: Settings
    folder: Path
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    prices: tuple[float, ...]
    users: int

    @property
    def vectors(self) -> Path:
        """The file with the products' vectors, float32 of shape (n, d), in their order."""
        return self.folder / "vectors.npy"


def build_shop(base: Settings, root: Path, count: int, users: int) -> Shop:
    """Make the shop, as far as it isn't there.

    Args:
        base: settings of the model.
        root: where shops are kept, by model and size.
        count: products.
        users: shoppers with 50 events each.
    """
    model = Path(base.clip_pretrained or base.clip_model).stem
    folder = root / f"{model}-{base.encoder_precision}-{count}-{users}"
    folder.mkdir(parents=True, exist_ok=True)
    settings = base.model_copy(
        update={
            "database_url": f"sqlite:///{folder}/shop.db",
            "redis_url": None,
            "faiss_index_path": folder / "index",
            "media_path": folder / "media",
            "recommender_path": folder / "recommender",
            "product_text_template": TEMPLATE,
        }
    )
    with open_database(settings) as database:
        with database.reading() as db:
            empty = CatalogueRepository(db).is_empty()
        if empty:
            feed = folder / "products.jsonl"
            feed.write_bytes(b"".join(orjson.dumps(facts) + b"\n" for facts in invented(count)))
            import_feed(database, settings, feed, FeedOptions(), rejects=RejectsFile(folder / "rejects.jsonl"))
        encoder = load_encoder(settings.encoder_spec)
        if embed(database, settings, encoder).rows or not (folder / "vectors.npy").exists():
            index(database, settings, encoder)
            _save_vectors(database, VectorSpace.of(encoder, settings), folder / "vectors.npy")
        with database.reading() as db:
            rows = db.execute(select(ProductRow.id, ProductRow.title, ProductRow.price_cents)).all()
            known = EventLog(db).last_seq()
        rows = sorted(rows)
        if not known:
            _write_history(database, settings, encoder, [row.id for row in rows], users)
    return Shop(
        settings,
        folder,
        tuple(row.id for row in rows),
        tuple(row.title for row in rows),
        tuple((row.price_cents or 0) / 100 for row in rows),
        users,
    )


def model_settings(
    base: Settings, architecture: str, checkpoint: Path | None, precision: str, root: Path
) -> Settings:
    """Return settings of an architecture with a checkpoint; without one it gets random weights, made once."""
    made = checkpoint or root / f"{architecture}.safetensors"
    if checkpoint is None and not made.exists():
        console.print(f"making random weights for {architecture}: they cost what real ones do and understand nothing")
        command = [sys.executable, "-m", "scripts.make_checkpoint", architecture, str(made)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if not made.is_file():
        raise UsageError(f"{made} is not a file")
    # In full, so that commands started in another folder find it.
    own = {"clip_model": architecture, "clip_pretrained": str(made.resolve()), "encoder_precision": precision}
    return base.model_copy(update=own)


def small_settings(base: Settings) -> Settings:
    """Return settings of the model that ships."""
    return base.model_copy(update={"clip_model": DEFAULT_MODEL, "clip_pretrained": None, "encoder_precision": "int8"})


def invented(count: int) -> Iterator[dict[str, Any]]:
    """Yield products of as many demo shops as it takes; no two have the same title."""
    titles: set[str] = set()
    for seed in itertools.count(DEFAULT_SEED):
        for product in products(sum(1 for _ in all_variants(seed)), seed):
            facts = product.facts
            if facts["title"] in titles:
                continue
            titles.add(facts["title"])
            own = {"id": f"S{seed}-{facts['id']}", "sku": f"{seed}-{facts['sku']}", "image_url": None}
            group = {
                "attributes": facts["attributes"] | {"item_group": f"{seed}-{facts['attributes']['item_group']}"}
            }
            yield facts | own | group
            if len(titles) == count:
                return


def _save_vectors(database: Database, space: VectorSpace, path: Path) -> None:
    with database.reading() as db:
        embeddings = EmbeddingRepository(db, space)
        ids = sorted(embeddings.searchable_ids())
        stored = embeddings.vectors(ids)
    np.save(path, np.stack([stored[id_][1] for id_ in ids]).astype(np.float32))


def _write_history(database: Database, settings: Settings, encoder: Encoder, ids: list[str], users: int) -> None:
    """Let shoppers do something to a few neighbouring products each, within the last two weeks."""
    rng, now = np.random.default_rng(0), datetime.now(UTC)
    events = []
    for user in range(users):
        home = rng.integers(len(ids))
        for number in range(EVENTS_EACH):
            product = ids[(home + int(rng.integers(200))) % len(ids)]
            event = {
                "user_id": f"u{user}",
                "session_id": f"s{user}",
                "product_id": product,
                "interaction_type": TYPES[rng.integers(len(TYPES))],
                "timestamp": now - timedelta(minutes=float(rng.random() * 20_000)),
            }
            events.append(PastEvent(user * EVENTS_EACH + number + 1, Feedback.model_validate(event), None))
    rejects = RejectsFile(settings.media_path.with_name("rejects.jsonl"))
    import_history(database, events, rejects, HistorySummary())
    worker = LogWorker(database, ProfileRules(), EventVectors())
    while worker.step(StateSpace.of(VectorSpace.of(encoder, settings))):
        pass
