"""What a collaborative model is learned from, as the database holds it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.repository import chunks
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import ProductRow
from backend.interaction.log import EventLog
from ml.profile.rules import InteractionType, ProfileRules
from ml.recommend.interactions import MAX_EVENTS, Act
from ml.types import Embeddings, ProductId

BLOCK = 20_000  # events read at once


def read_vectors(db: Session, space: VectorSpace) -> tuple[list[ProductId], Embeddings]:
    """Return the products that can be found, in the order of their ids, and their vectors: float32, shape (n, d)."""
    embeddings = EmbeddingRepository(db, space)
    ids = sorted(embeddings.searchable_ids())
    stored = embeddings.vectors(ids)
    rows = [stored[id_][1] for id_ in ids]
    return [ProductId(id_) for id_ in ids], np.stack(rows) if rows else np.zeros((0, space.dimension), np.float32)


def read_texts(db: Session, ids: list[ProductId]) -> list[str]:
    """Return title and brand of products, in their order."""
    found: dict[str, str] = {}
    for chunk in chunks(ids):
        statement = select(ProductRow.id, ProductRow.title, ProductRow.brand).where(ProductRow.id.in_(chunk))
        found.update((id_, f"{title} {brand or ''}") for id_, title, brand in db.execute(statement))
    return [found.get(id_, "") for id_ in ids]


def read_acts(db: Session, rules: ProfileRules, up_to: int) -> Iterator[Act]:
    """Yield the newest million events up to a number, in the order of the log."""
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
