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
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.log import EventLog
from backend.interaction.profiles import lock_progress, read_progress, set_progress
from backend.interaction.vectors import StateSpace
from backend.log import configure_logging
from backend.recommend.material import read_acts, read_texts, read_vectors
from ml.errors import RecommenderDamaged
from ml.lexical.analyzer import Analyzer
from ml.profile.rules import ProfileRules
from ml.recommend.alike import Alike, compare
from ml.recommend.interactions import Interactions
from ml.recommend.model import TrainingSettings, train
from ml.recommend.storage import ModelManifest, load_model, save_model
from ml.recommend.transitions import TransitionSettings
from ml.types import ProductId

logger = logging.getLogger(__name__)

ERASURES = "recommender erasures"  # the name under which it is noted what the model has forgotten
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
            ids, vectors = read_vectors(db, space)
            if not ids:
                return None
            rules = ProfileRules.read(settings.interaction_rules_path)
            row_of = {id_: row for row, id_ in enumerate(ids)}
            acts = Interactions.collect(read_acts(db, rules, trained_to), row_of)
            alike = _known_alike(folder, space, version, ids)
            texts = read_texts(db, ids) if alike is None else []
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
    configure_logging(settings.log_level, settings.api_keys)
    database = Database(settings.database_url, pool_size=1, max_overflow=1)
    try:
        train_once(database, settings, VectorSpace(**task["space"]))
    finally:
        database.close()


if __name__ == "__main__":
    main(orjson.loads(sys.stdin.buffer.read()))
