"""Learns the collaborative model from the log of interactions, in a process of its own.

    python -m backend.recommend.training < task.json

The server starts it; searches go on beside it. What it writes is derived: the folder may be deleted at any time.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.repository import CatalogueRepository, chunks
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.log import EventLog
from backend.interaction.profiles import lock_progress, read_progress, set_progress
from backend.interaction.vectors import StateSpace
from backend.log import configure_logging
from ml.errors import RecommenderDamaged
from ml.lexical.analyzer import Analyzer
from ml.profile.rules import InteractionType, ProfileRules
from ml.recommend.alike import Alike, compare
from ml.recommend.interactions import MAX_EVENTS, Act, Interactions
from ml.recommend.model import TrainingSettings, train
from ml.recommend.storage import ModelManifest, load_model, save_model
from ml.recommend.transitions import TransitionSettings
from ml.types import Embeddings, ProductId

logger = logging.getLogger(__name__)

ERASURES = "recommender erasures"  # the name under which it is noted what the model has forgotten
BLOCK = 20_000  # events read at once
HALF_LIFE_S = 90 * 86_400.0
NICENESS = 10  # searches go first
LOCK = "TRAINING"


def folder_of(settings: Settings, space: VectorSpace) -> Path:
    """Return where the model over one vector space is kept."""
    return settings.recommender_path / StateSpace.of(space).key


def train_once(database: Database, settings: Settings, space: VectorSpace) -> ModelManifest | None:
    """Learn a model from the whole log, or its newest million events, and make it current.

    Returns:
        What was written; None when another process is at it, or there are no products yet.
    """
    folder = folder_of(settings, space)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        started = time.monotonic()
        with database.reading() as db:
            erasures, trained_to = EventLog(db).erasures(), EventLog(db).last_seq()
            version = CatalogueRepository(db).version()
            ids, vectors = _vectors(db, space)
            if not ids:
                return None
            rules = ProfileRules.read(settings.interaction_rules_path)
            row_of = {id_: row for row, id_ in enumerate(ids)}
            acts = Interactions.collect(_acts(db, rules, trained_to), row_of)
            alike = _known_alike(folder, space, version, ids)
            texts = _texts(db, ids) if alike is None else []
        if alike is None:
            alike = compare(vectors, texts, Analyzer(settings.search_language))
        chosen = TrainingSettings(transitions=TransitionSettings(half_life_s=HALF_LIFE_S))
        model = train(ids, alike, acts, chosen)
        manifest = save_model(
            folder, model, fingerprint=space.fingerprint, catalogue_version=version, trained_to=trained_to
        )
        with database.writing() as db:
            lock_progress(db, ERASURES)
            set_progress(db, ERASURES, erasures)
    logger.info("learned from %d events about %d products in %.1f s", len(acts), len(ids), time.monotonic() - started)
    return manifest


def forgotten(db: Session) -> int:
    """Return how many erased users the current model has forgotten."""
    return read_progress(db, ERASURES)


def _vectors(db: Session, space: VectorSpace) -> tuple[list[ProductId], Embeddings]:
    embeddings = EmbeddingRepository(db, space)
    ids = sorted(embeddings.searchable_ids())
    stored = embeddings.vectors(ids)
    rows = [stored[id_][1] for id_ in ids]
    return [ProductId(id_) for id_ in ids], np.stack(rows) if rows else np.zeros((0, space.dimension), np.float32)


def _texts(db: Session, ids: list[ProductId]) -> list[str]:
    found: dict[str, str] = {}
    for chunk in chunks(ids):
        statement = select(ProductRow.id, ProductRow.title, ProductRow.brand).where(ProductRow.id.in_(chunk))
        found.update((id_, f"{title} {brand or ''}") for id_, title, brand in db.execute(statement))
    return [found.get(id_, "") for id_ in ids]


def _acts(db: Session, rules: ProfileRules, up_to: int) -> Iterator[Act]:
    """Yield the newest events of the log, in their order."""
    log, seq = EventLog(db), max(0, up_to - MAX_EVENTS)
    while seq < up_to:
        events = log.after(seq, BLOCK)
        if not events:
            return
        for user_id, session_id, event in events:
            actor = f"u:{user_id}" if user_id is not None else f"s:{session_id}"
            strength = rules.weight_of(InteractionType(event.type), event.rating)
            bought = event.type == "PURCHASE"
            yield Act(actor, ProductId(event.product_id), strength, event.occurred_at_us / 1e6, bought)
        seq = events[-1][2].seq


def _known_alike(folder: Path, space: VectorSpace, version: int, ids: list[ProductId]) -> Alike | None:
    """Return what the current model holds of the same catalogue: comparing all products takes the most time."""
    try:
        model, manifest = load_model(folder)
    except RecommenderDamaged:
        return None
    same = manifest.catalogue_version == version and manifest.fingerprint == space.fingerprint
    return model.alike if same and model.product_ids == tuple(ids) else None


def task_of(settings: Settings, space: VectorSpace) -> bytes:
    """Return what the process is to read from its standard input."""
    return orjson.dumps({"settings": settings.model_dump(mode="json"), "space": asdict(space)})


def main(task: Any) -> None:
    """Do what `task_of` described."""
    os.nice(NICENESS)
    settings = Settings(_env_file=None, **task["settings"])
    configure_logging(settings.log_level)
    database = Database(settings.database_url, pool_size=1, max_overflow=1)
    try:
        train_once(database, settings, VectorSpace(**task["space"]))
    finally:
        database.close()


if __name__ == "__main__":
    main(orjson.loads(sys.stdin.buffer.read()))
