"""The comparison of two models: a sound one passes, a worse one shows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from backend.catalogue.embedding import Embedder
from backend.catalogue.images import MediaStore
from backend.catalogue.opening import open_live
from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import EmbeddingRow, ProductRow
from backend.config import Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from ml.encoder.fake import FakeEncoder
from ml.types import Embeddings, Fingerprint, ProductId
from scripts.compare_models import Candidate, compare_on_judgments, compare_on_known_items
from scripts.console import UsageError
from scripts.switch_model import _refuse_unless

WORDS = ["red", "blue", "steel", "mug", "lamp", "kite", "garden", "hose", "wool", "sock"]


class Parrot(FakeEncoder):
    """Knows a text only by its exact words, all of them: what is like another text is as far from it as any."""

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint("0123456789abcdef")

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") for text in texts]
        rows = np.stack([np.random.default_rng(seed).standard_normal(self.dimension) for seed in seeds])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Database, Settings]:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/shop.db",
        faiss_index_path=tmp_path / "index",
        media_path=tmp_path / "media",
        product_text_template="{title}. {description}",
    )
    database = Database(settings.database_url)
    migrate(database)
    rng = np.random.default_rng(0)
    products = [
        ProductIn(
            id=f"p{n}", title=" ".join([*rng.choice(WORDS, 4), str(n)]), description=" ".join(rng.choice(WORDS, 3))
        )
        for n in range(300)
    ]
    records = [to_record(product, settings.product_text_template) for product in products]
    with database.writing() as db:
        repository = CatalogueRepository(db)
        version = repository.lock_version()
        repository.upsert(records, version)
        repository.set_version(version)
    return database, settings


def candidate(shop: tuple[Database, Settings], encoder: FakeEncoder) -> Candidate:
    database, settings = shop
    space = VectorSpace.of(encoder, settings)
    Embedder(database, encoder, space, MediaStore(settings.media_path)).run()
    return Candidate(encoder, open_live(database, space, settings.faiss_index_path))


def test_a_worse_model_loses_and_a_like_one_does_not(shop: tuple[Database, Settings]) -> None:
    good, like, worse = (candidate(shop, encoder) for encoder in (FakeEncoder(64), FakeEncoder(96), Parrot(64)))
    fair = compare_on_known_items(shop[0], good, like, sample=100, seed=0)
    assert fair is not None
    assert fair.losses(0.05) == []
    bad = compare_on_known_items(shop[0], good, worse, sample=100, seed=0)
    assert bad is not None
    assert len(bad.losses(0.05)) == len(bad.before) == 2
    assert bad.losses(1.0) == []
    assert "100 known items of 300 (seed 0)" in bad.render("old", "new")
    assert compare_on_known_items(shop[0], good, worse, sample=100, seed=0) == bad


@pytest.mark.parametrize("everywhere", [1.0, float("nan")])
def test_an_image_tower_that_sees_no_difference_is_refused(
    shop: tuple[Database, Settings], everywhere: float
) -> None:
    sound, blind = (candidate(shop, FakeEncoder(dimension, image_tower=True)) for dimension in (64, 96))
    same = np.full(96, everywhere, "<f4")
    with shop[0].writing() as db:
        for row in db.scalars(select(ProductRow)):
            row.image_file = "picture.jpg"
            seen = sound.encoder.encode_texts([row.title])[0].astype("<f4")
            for one, vector in ((sound, seen), (blind, same)):
                db.add(
                    EmbeddingRow(
                        fingerprint=one.encoder.fingerprint, part="image", product_id=row.id,
                        content_hash=row.image_file, stored_version=1, vector=vector.tobytes(),
                    )
                )  # fmt: skip
    with np.errstate(invalid="ignore"):
        bad = compare_on_known_items(shop[0], sound, blind, sample=100, seed=0)
    assert bad is not None
    name = "title to picture among 100, R@10"
    assert bad.before[name] == 1.0
    assert bad.after[name] <= 0.2  # 0, but for rounding that differs between equal columns
    assert name in bad.losses(0.02)
    with pytest.raises(SystemExit):
        _refuse_unless(force=False, losses=bad.losses(0.02), tolerance=0.02)


def test_judgments_decide_when_there_are_any(shop: tuple[Database, Settings]) -> None:
    good, worse = candidate(shop, FakeEncoder(64)), candidate(shop, Parrot(64))
    with shop[0].reading() as db:
        titles = {row.id: row.title for row in CatalogueRepository(db).cards([f"p{n}" for n in range(300)])}
    judged = {titles[f"p{n}"]: {ProductId(f"p{n}"): 3.0, ProductId(f"p{n + 100}"): 0.0} for n in range(0, 100, 5)}
    comparison = compare_on_judgments(judged, good, worse)
    assert {"ndcg@10", "recall@100", "mrr"} <= comparison.before.keys()
    assert "mrr" in comparison.losses(0.02)
    with pytest.raises(UsageError, match="nowhere"):
        compare_on_judgments({"mug": {ProductId("nowhere"): 1.0}}, good, worse)
