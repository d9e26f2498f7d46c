"""Columns and cards that a start finds beside the snapshot: the same as SQL's, or not used."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from sqlalchemy import update

from backend.catalogue.cards import Cards
from backend.catalogue.columns import CODES, PLAIN, Columns
from backend.catalogue.embedding import Embedder
from backend.catalogue.images import MediaStore
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.marks import marks_of
from backend.catalogue.opening import build_snapshot, index_folder, open_live
from backend.catalogue.options import SearchOptions
from backend.catalogue.ranking import Hit
from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.saved import FOLDER
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import PRODUCTS
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.fake import FakeEncoder
from ml.types import ProductId

AGAIN = "reading every product again"
PRODUCTS_IN = [
    ProductIn(
        id=f"p{number}",
        title=f"mug {number}",
        price=number + 0.5,
        rating=4.5,
        brand=("Ab", "aB", None)[number % 3],
        category=("Home > Kitchen", "Home\nOffice")[number % 2],
        attributes={"item_group": f"g{number // 2}", "tags": ["x", f"t{number}"], "watts": 2.5, "new": number > 3},
    )
    for number in range(12)
]


@dataclass(slots=True)
class Shop:
    database: Database
    settings: Settings
    space: VectorSpace
    encoder: FakeEncoder

    def open(self, **options: Any) -> LiveCatalogue:
        live = open_live(self.database, self.space, self.settings.faiss_index_path, SearchOptions(**options))
        live.close()
        return live

    def write(self, *products: ProductIn) -> None:
        with self.database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            repository.upsert([to_record(product, self.space.template) for product in products], version)
            repository.set_version(version)
        Embedder(self.database, self.encoder, self.space, MediaStore(self.settings.media_path)).run()

    @property
    def folder(self) -> Path:
        return index_folder(self.settings.faiss_index_path, self.space) / FOLDER


@pytest.fixture
def shop(database: Database, make_settings: Callable[..., Settings]) -> Shop:
    settings, encoder = make_settings(), FakeEncoder()
    made = Shop(database, settings, VectorSpace.of(encoder, settings), encoder)
    made.write(*PRODUCTS_IN)
    build_snapshot(database, made.space, settings.faiss_index_path)
    made.open()
    return made


def known(columns: Columns) -> dict[str, Any]:
    """Return everything that columns know, by row, in words rather than numbers."""
    rows = np.flatnonzero(columns.arrays.live)
    told: dict[str, Any] = {name: getattr(columns.arrays, name)[rows].tolist() for name in PLAIN}
    for name in CODES:
        told[name] = [columns.vocabularies[name].spelling(code) for code in columns.arrays.codes[name][rows]]
    for name in columns.attributes.names():
        attribute = columns.attributes.get(name)
        assert attribute is not None
        slots = [columns.attributes.slot(int(row)) for row in rows]
        told[f"attribute {name}"] = [
            (
                sorted(attribute.vocabulary.spelling(code) for code in attribute.texts.of(slot)),
                attribute.numbers.of(slot).tolist(),
                attribute.flags.of(slot).tolist(),
            )
            for slot in slots
        ]
    return told


def test_what_is_opened_is_what_was_read(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        saved = shop.open()
    assert AGAIN not in caplog.text
    (shop.folder / "CURRENT").unlink()
    with caplog.at_level(logging.INFO):
        read = shop.open()
    assert AGAIN in caplog.text
    assert known(saved.columns) == known(read.columns)
    assert saved.product_count == read.product_count == len(PRODUCTS_IN)
    assert {field.name for field in fields(saved.columns.arrays)} == {*PLAIN, "codes"}  # `known` looks at all


def test_a_mark_is_the_same_in_every_database(shop: Shop) -> None:
    rows = {product.id: row for row, product in enumerate(PRODUCTS_IN)}
    created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)  # no fraction, which is left out where nobody asks for it
    with shop.database.writing() as db:
        db.execute(update(PRODUCTS).values(created_at=created, content_hash="same", image_file=None))
    with shop.database.reading() as db:
        marks = marks_of(CatalogueRepository(db), rows.get, len(rows), 0).values
    digest = hashlib.blake2b(b"1\0same\0None\x002026-01-02 03:04:05.000000", digest_size=8).digest()
    assert set(marks.tolist()) == {int.from_bytes(digest, "big") >> 1}


def test_what_was_opened_can_be_written_to(shop: Shop) -> None:
    live = shop.open()
    shop.write(PRODUCTS_IN[3].model_copy(update={"price": 99, "brand": "New", "attributes": {"tags": ["y"]}}))
    shop.write(ProductIn(id="later", title="jug", brand="NEW", attributes={"tags": ["Y"]}))
    live.catch_up(shop.database)
    allowed, count = live.allowed(RowFilter(brand=("new",)))
    assert ({hit.product_id for hit in live.browse(10, allowed)}, count) == ({"p3", "later"}, 2)
    assert known(live.columns)["attribute tags"].count((["y"], [], [])) == 1


@pytest.mark.parametrize("options", [{"attributes": frozenset({"watts"})}, {"attributes": frozenset()}])
def test_other_settings_read_anew(shop: Shop, options: dict[str, Any]) -> None:
    assert set(shop.open(**options).columns.attributes.names()) == set(options["attributes"])
    assert "tags" in set(shop.open().columns.attributes.names())


@pytest.mark.parametrize(
    "changes",
    [
        {"price_cents": 1, "content_hash": "another"},
        {"change_version": 0, "deleted": True, "version": 9},
        {"image_file": "other.jpg"},
    ],
)
def test_a_database_of_another_past_is_read(shop: Shop, changes: dict[str, Any]) -> None:
    """A backup that was restored and written to has reached the same catalogue version."""
    with shop.database.writing() as db:
        db.execute(update(PRODUCTS).where(PRODUCTS.c.id == "p5").values(**changes))
    live = shop.open()
    (shop.folder / "CURRENT").unlink()
    assert known(live.columns) == known(shop.open().columns)
    assert live.saved_cards is not None
    card = live.saved_cards.get(ProductId("p5"), 1)
    assert (card is None) == ("deleted" in changes)
    if card is not None:
        shown = orjson.loads(card)
        assert shown["price"] == (0.01 if "price_cents" in changes else 5.5)
        assert (shown["image_url"] is not None) == ("image_file" in changes)


def test_damage_is_noticed(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    before = known(shop.open().columns)
    for name in ("price_cents.npy", "fields.txt", "card_text.npy", "manifest.json"):
        (path,) = shop.folder.glob(f"snapshot-*/{name}")
        damaged = bytearray(path.read_bytes())
        damaged[-3] ^= 0x01
        path.write_bytes(damaged)
        caplog.clear()
        with caplog.at_level(logging.INFO):
            assert known(shop.open().columns) == before
        assert AGAIN in caplog.text


def test_a_folder_that_cannot_be_written_keeps_nobody_from_searching(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    (shop.folder / "CURRENT").unlink()
    for path in shop.folder.iterdir():
        path.unlink() if path.is_file() else path.rename(shop.folder.with_name(path.name))
    shop.folder.rmdir()
    shop.folder.write_text("in the way")
    live = shop.open()
    assert "can't save" in caplog.text
    assert (live.product_count, live.saved_cards) == (len(PRODUCTS_IN), None)


async def test_cards_are_those_of_the_version_asked_for(shop: Shop) -> None:
    live = shop.open()
    cards = Cards(shop.database, 10, live.saved_cards)
    plain = Cards(shop.database, 10, None)
    hits = [Hit(ProductId(product.id), 0.0, 1) for product in PRODUCTS_IN]
    assert await cards.of(hits) == await plain.of(hits)
    assert len(await cards.of(hits)) == len(PRODUCTS_IN)
    shop.write(PRODUCTS_IN[0].model_copy(update={"price": 77}), PRODUCTS_IN[1].model_copy(update={"title": "jug"}))
    live.catch_up(shop.database)
    for opened in (live, shop.open()):
        shown = await Cards(shop.database, 10, opened.saved_cards).of(
            [Hit(hit.product_id, 0.0, hit.version) for hit in opened.browse(100, None)]
        )
        told = {id_: orjson.loads(card) for id_, card in shown.items()}
        assert (told["p0"]["price"], told["p1"]["title"], told["p2"]["price"]) == (77, "jug", 2.5)
