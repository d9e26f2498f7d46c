"""The catalogue in memory against the simplest model of it: a dictionary of products."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update

from backend.catalogue.embedding import Embedder, count_pending
from backend.catalogue.images import MediaStore
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.opening import build_snapshot, index_folder, open_live
from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import EmbeddingRow
from backend.config import Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from ml.encoder.fake import FakeEncoder
from ml.errors import FingerprintMismatch
from ml.types import Embeddings, ProductId

WORDS = "steel wooden coffee tea mug table garden chair lamp red blue light heavy small".split()


class Shop:
    """A database, its catalogue in memory, and the same products in a dictionary."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.encoder = FakeEncoder()
        self.space = VectorSpace.of(self.encoder, settings)
        self.model: dict[str, ProductIn] = {}
        self.live = self.open()

    def open(self) -> LiveCatalogue:
        return open_live(self.database, self.space, self.settings.faiss_index_path)

    def write(self, products: list[ProductIn]) -> None:
        with self.database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            records = [to_record(product, self.space.template) for product in products]
            if set(repository.upsert(records, version).values()) != {"unchanged"}:
                repository.set_version(version)
        Embedder(self.database, self.encoder, self.space, MediaStore(self.settings.media_path)).run()
        self.model.update((product.id, product) for product in products)

    def delete(self, ids: list[str]) -> None:
        with self.database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            if repository.delete(ids, version):
                repository.set_version(version)
        for id_ in ids:
            self.model.pop(id_, None)

    def check(self, live: LiveCatalogue, rng: random.Random) -> None:
        """Compare filters, order and scores with the dictionary."""
        visible = {id_: product for id_, product in self.model.items() if product.active}
        assert live.product_count == len(visible)
        for _ in range(5):
            low = Decimal(rng.randrange(0, 100))
            tests: list[tuple[RowFilter, Callable[[ProductIn], bool]]] = [
                (RowFilter(), lambda p: True),
                (RowFilter(min_price_cents=int(low * 100)), partial(priced_between, low, Decimal("Infinity"))),
                (RowFilter(max_price_cents=int(low * 100)), partial(priced_between, Decimal(0), low)),
                (RowFilter(in_stock=True), lambda p: p.stock_quantity != 0),
                (RowFilter(brand=("b1", "B2")), lambda p: p.brand in {"B1", "B2"}),
                (RowFilter(category=("A",)), lambda p: p.category is not None and p.category.startswith("A")),
            ]
            where, test = rng.choice(tests)
            expected = {id_ for id_, product in visible.items() if test(product)}
            allowed, count = live.allowed(where)
            assert count == len(expected)
            query = self.encoder.encode_texts([" ".join(rng.sample(WORDS, 2))])[0]
            hits = live.nearest(query, 1000, allowed)
            assert {hit.product_id for hit in hits} == expected
            assert [(-hit.rank, hit.product_id) for hit in hits] == sorted(
                (-hit.rank, hit.product_id) for hit in hits
            )
            for hit in hits:
                text = to_record(visible[hit.product_id], self.space.template).text
                score = float(np.dot(self.encoder.encode_texts([text])[0], query))
                assert hit.rank == pytest.approx(score, abs=1e-5)
            assert {hit.product_id for hit in live.browse(1000, allowed)} == expected


def priced_between(low: Decimal, high: Decimal, product: ProductIn) -> bool:
    return product.price is not None and low <= product.price <= high


@pytest.fixture
def shop(database: Database, make_settings: Callable[..., Settings]) -> Iterator[Shop]:
    return Shop(database, make_settings())


def random_product(rng: random.Random, id_: str) -> ProductIn:
    fields: dict[str, Any] = {
        "title": " ".join(rng.sample(WORDS, 3)),
        "price": rng.choice([None, rng.randrange(0, 10_000) / 100]),
        "brand": rng.choice([None, "B1", "B2", "B3"]),
        "category": rng.choice([None, "A", "A > X", "B"]),
        "stock_quantity": rng.choice([None, 0, 5]),
        "quality_score": rng.random(),
        "active": rng.random() > 0.1,
    }
    return ProductIn(id=id_, **fields)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_writes_match_the_model(shop: Shop, seed: int) -> None:
    rng = random.Random(seed)
    for step in range(25):
        ids = [f"p{rng.randrange(60)}" for _ in range(rng.randrange(1, 12))]
        if rng.random() < 0.25:
            shop.delete(sorted(set(ids)))
        else:
            shop.write([random_product(rng, id_) for id_ in sorted(set(ids))])
        if rng.random() < 0.15:
            build_snapshot(shop.database, shop.space, shop.settings.faiss_index_path)
        if rng.random() < 0.15:
            shop.live = shop.open()
        shop.live.catch_up(shop.database)
        shop.check(shop.live, rng)
        if step % 8 == 0:
            shop.check(shop.open(), rng)


def test_a_damaged_snapshot_is_built_anew(shop: Shop) -> None:
    rng = random.Random(0)
    shop.write([random_product(rng, f"p{number}") for number in range(30)])
    build_snapshot(shop.database, shop.space, shop.settings.faiss_index_path)
    for file in ("vectors.faiss", "ids.txt", "manifest.json"):
        (path,) = index_folder(shop.settings.faiss_index_path, shop.space).glob(f"snapshot-*/{file}")
        damaged = bytearray(path.read_bytes())
        damaged[len(damaged) // 2] ^= 0xFF
        path.write_bytes(damaged)
        shop.check(shop.open(), rng)
    (index_folder(shop.settings.faiss_index_path, shop.space) / "CURRENT").unlink()
    shop.check(shop.open(), rng)


def test_a_snapshot_of_another_database_is_not_used(shop: Shop, tmp_path: Path) -> None:
    rng = random.Random(0)
    shop.write([random_product(rng, f"p{number}") for number in range(10)])
    build_snapshot(shop.database, shop.space, shop.settings.faiss_index_path)
    other = Database(f"sqlite:///{tmp_path}/other.db")
    migrate(other)
    assert Shop(other, shop.settings).live.product_count == 0
    other.close()


def test_embeddings_of_another_encoder_are_refused(shop: Shop) -> None:
    rng = random.Random(0)
    shop.write([random_product(rng, f"p{number}") for number in range(10)])
    other = VectorSpace.of(FakeEncoder(dimension=32), shop.settings)
    with pytest.raises(FingerprintMismatch, match="embed_catalogue"):
        open_live(shop.database, other, shop.settings.faiss_index_path)
    retold = VectorSpace.of(shop.encoder, shop.settings.model_copy(update={"product_text_template": "{title}!"}))
    with pytest.raises(FingerprintMismatch, match="template"):
        open_live(shop.database, retold, shop.settings.faiss_index_path)
    Embedder(shop.database, shop.encoder, retold, MediaStore(shop.settings.media_path)).run()
    assert (
        open_live(shop.database, retold, shop.settings.faiss_index_path).product_count == shop.live.product_count or 1
    )
    assert shop.open().product_count > 0


def test_only_changed_texts_are_embedded_again(shop: Shop) -> None:
    product = ProductIn(id="p", title="mug", price="5.00")
    embedder = Embedder(shop.database, shop.encoder, shop.space, MediaStore(shop.settings.media_path))
    shop.write([product])
    shop.write([product.model_copy(update={"price": 6, "stock_quantity": 1})])
    assert embedder.run() == 0
    with shop.database.writing() as db:
        repository = CatalogueRepository(db)
        version = repository.lock_version()
        repository.upsert([to_record(product.model_copy(update={"title": "cup"}), shop.space.template)], version)
        repository.set_version(version)
    assert embedder.run() == 1
    assert embedder.run() == 0


def test_a_product_rewritten_while_it_is_embedded_keeps_its_newer_vector(shop: Shop) -> None:
    """An embedding command and a server at work on the same product."""
    old, new = ProductIn(id="p", title="steel mug"), ProductIn(id="p", title="garden table")
    media = MediaStore(shop.settings.media_path)

    class Interrupted(FakeEncoder):
        def encode_texts(self, texts: Sequence[str]) -> Embeddings:
            if not shop.model:
                shop.write([new])  # somebody else writes and embeds it just now
            return super().encode_texts(texts)

    with shop.database.writing() as db:
        repository = CatalogueRepository(db)
        version = repository.lock_version()
        repository.upsert([to_record(old, shop.space.template)], version)
        repository.set_version(version)
    Embedder(shop.database, Interrupted(), shop.space, media).run()
    shop.live.catch_up(shop.database)
    shop.check(shop.live, random.Random(0))
    shop.check(shop.open(), random.Random(0))


def test_a_product_changed_again_while_catching_up_is_not_missed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is read first; what moves past it before the changes are read must still be applied."""
    shop.write([ProductIn(id="p", title="steel mug")])
    shop.live.catch_up(shop.database)
    shop.write([ProductIn(id="q", title="garden table")])
    read_version = CatalogueRepository.version

    def interrupted(repository: CatalogueRepository) -> int:
        version = read_version(repository)
        if shop.model["q"].title == "garden table":
            shop.write([ProductIn(id="q", title="garden chair")])
        return version

    monkeypatch.setattr(CatalogueRepository, "version", interrupted)
    shop.live.catch_up(shop.database)
    monkeypatch.undo()
    assert shop.live.product_count == 2  # on SQLite as it was, on PostgreSQL as it is by now
    shop.live.catch_up(shop.database)
    shop.check(shop.live, random.Random(0))


def test_going_back_to_a_template_embeds_nothing(shop: Shop) -> None:
    shop.write([ProductIn(id=f"p{number}", title=f"mug {number}", brand="B1") for number in range(5)])
    other = VectorSpace.of(
        shop.encoder, shop.settings.model_copy(update={"product_text_template": "{title} by {brand}"})
    )
    media = MediaStore(shop.settings.media_path)
    counts = [Embedder(shop.database, shop.encoder, space, media).run() for space in (other, shop.space, other)]
    assert counts == [5, 0, 0]
    with shop.database.reading() as db:
        assert count_pending(db, other) == 0


def test_a_damaged_embedding_is_left_out_and_made_again(shop: Shop) -> None:
    shop.write([ProductIn(id="p", title="steel mug"), ProductIn(id="q", title="garden table")])
    with shop.database.writing() as db:
        db.execute(update(EmbeddingRow).where(EmbeddingRow.product_id == "p").values(vector=b"short"))
    assert shop.open().product_count == 1
    assert Embedder(shop.database, shop.encoder, shop.space, MediaStore(shop.settings.media_path)).run() == 1
    shop.check(shop.open(), random.Random(0))


def test_scores_follow_from_the_products_alone_whatever_a_process_has_seen(shop: Shop) -> None:
    rng = random.Random(0)
    titles = [" ".join(rng.sample(WORDS, 4)) for _ in range(300)]
    products = [ProductIn(id=f"p{number}", title=title) for number, title in enumerate(titles)]
    early = shop.live
    for start in range(0, 300, 30):
        shop.write(products[start : start + 30])
        early.catch_up(shop.database)
    shop.delete([f"p{number}" for number in range(0, 300, 3)])
    shop.write([ProductIn(id=f"p{number}", title=titles[number - 1]) for number in range(1, 300, 3)])
    early.catch_up(shop.database)
    late = shop.open()
    build_snapshot(shop.database, shop.space, shop.settings.faiss_index_path)
    restarted = shop.open()
    query = shop.encoder.encode_texts(["red steel lamp"])[0]
    scales = [live.calibration.scale(query) for live in (early, late, restarted)]
    assert scales[0] == scales[1] == scales[2]
    answers = []
    for live in (early, late, restarted):
        rows, scores = live.relevance(query, "red steel lamp").results().top(50)
        answers.append(
            [(live.index.id_of(row), score) for row, score in zip(rows.tolist(), scores.tolist(), strict=True)]
        )
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) > 5


def test_scales_of_products_follow_the_catalogue(shop: Shop) -> None:
    shop.write([ProductIn(id=f"p{n}", title=title) for n, title in enumerate(("red mug", "blue mug", "red lamp"))])
    shop.live.catch_up(shop.database)
    row = shop.live.index.row_of(ProductId("p0"))
    assert row is not None
    vector = shop.live.index.embeddings(np.array([row]))[0]
    before = shop.live.scale_of(row)
    assert before == shop.live.calibration.scale(vector)
    assert shop.live.scale_of(row) is before, "it is kept"
    shop.write([ProductIn(id="p9", title="red steel mug")])
    shop.live.catch_up(shop.database)
    assert shop.live.scale_of(row) == shop.live.calibration.scale(vector) != before
