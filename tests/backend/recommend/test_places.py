"""Where the products of a collaborative model are in an index that changes under it."""

from __future__ import annotations

import numpy as np

from backend.recommend import places as module
from backend.recommend.places import NONE, Places
from ml.index.faiss_flat import FaissFlatIndex
from ml.recommend.model import CollaborativeModel
from ml.types import Embeddings, ProductId
from tests.ml.recommend.shop import IDS, campers, model_of

MODEL = model_of(campers())
STRANGER = ProductId("unknown-to-the-model")


def vectors(count: int, seed: int) -> Embeddings:
    drawn = np.random.default_rng(seed).standard_normal((count, 8))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def index_of(ids: list[ProductId]) -> FaissFlatIndex:
    index = FaissFlatIndex(8)
    index.upsert(ids, vectors(len(ids), 0))
    return index


def check(places: Places, index: FaissFlatIndex, model: CollaborativeModel) -> None:
    """Compare with what a lookup of each product says."""
    live = index.live_rows()
    looked_up = [model.row_of.get(index.id_of(row), NONE) for row in live.tolist()]
    assert places.of(live).tolist() == looked_up
    rows = places.rows(np.arange(model.count))
    is_live = (rows != NONE) & np.isin(rows, live)
    found = [row if there else None for row, there in zip(rows.tolist(), is_live.tolist(), strict=True)]
    assert found == [index.row_of(id_) for id_ in model.product_ids]


def test_products_are_found_whatever_is_written() -> None:
    known = [ProductId(id_) for id_ in IDS]
    index = index_of([*known[2:], STRANGER])
    places = Places(index, MODEL)
    check(places, index, MODEL)
    index.upsert([known[0], known[5]], vectors(2, 1))  # a new one, and one that moves
    check(places, index, MODEL)
    index.remove([known[0], STRANGER, known[7]])
    check(places, index, MODEL)
    index.upsert([known[7], known[0]], vectors(2, 2))
    check(places, index, MODEL)


def test_more_rows_come_than_there_was_room_for() -> None:
    index = index_of([ProductId(IDS[3])])
    places = Places(index, MODEL)
    many = [ProductId(f"other-{number}") for number in range(module.ROOM + 10)]
    index.upsert([*many, ProductId(IDS[4])], vectors(len(many) + 1, 3))
    check(places, index, MODEL)
    index.upsert([ProductId(IDS[3])], vectors(1, 4))
    check(places, index, MODEL)
