"""A database that goes on from a backup: nothing of the past that it has left is found."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from backend.catalogue import filling
from backend.catalogue.embedding import Embedder
from backend.catalogue.embeddings_repository import EmbeddingRepository, StoredPart
from backend.catalogue.images import MediaStore
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.opening import build_snapshot, index_folder, open_live
from backend.catalogue.options import SearchOptions
from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.saved import FOLDER
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.catalogue.texts import Texts
from backend.config import Settings
from backend.database.base import Base
from backend.database.engine import Database
from ml.encoder.fake import FakeEncoder
from ml.index.files import Current
from ml.types import ProductId

MUGS = [ProductIn(id=f"p{number}", title=f"mug number{number}", price=1) for number in range(10)]
WORDS = ("teapot", "umbrella", "lamp", "mug", "kite")
ANEW = "building the index from the database"
Backup = dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Shop:
    """A database that can be restored, and what a start makes of it."""

    database: Database
    settings: Settings
    space: VectorSpace
    encoder: FakeEncoder

    def write(self, id_: str, title: str, price: int = 1, picture: str | None = None, **fields: Any) -> None:
        """Write one product, embed it, and return."""
        with self.database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            record = to_record(ProductIn(id=id_, title=title, price=price, **fields), self.space.template)
            repository.upsert([replace(record, image_file=picture)], version)
            repository.set_version(version)
        Embedder(self.database, self.encoder, self.space, MediaStore(self.settings.media_path)).run_part("text")

    def store_picture(self, id_: str, name: str) -> None:
        """Embed a picture of a product; what it shows is its name."""
        with self.database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            text_hash = repository.rows([id_])[id_].text_hash
            vector = self.encoder.encode_texts([name])[0]
            embeddings = EmbeddingRepository(db, self.space)
            embeddings.store([StoredPart(id_, "image", name, vector, text_hash)], version)
            embeddings.mark_changed({id_: text_hash}, version)
            repository.set_version(version)

    def version(self) -> int:
        with self.database.reading() as db:
            return CatalogueRepository(db).version()

    def build(self) -> int:
        """Write a snapshot, have a start keep what it reads of its rows, and return its version."""
        version = build_snapshot(self.database, self.space, self.settings.faiss_index_path).catalogue_version
        self.open()
        return version

    def open(self) -> LiveCatalogue:
        live = open_live(self.database, self.space, self.settings.faiss_index_path, SearchOptions())
        live.close()
        return live

    def backup(self) -> Backup:
        with self.database.reading() as db:
            return {
                table.name: [dict(row) for row in db.execute(table.select()).mappings()]
                for table in Base.metadata.sorted_tables
            }

    def restore(self, backup: Backup) -> None:
        with self.database.writing() as db:
            for table in reversed(Base.metadata.sorted_tables):
                db.execute(table.delete())
            for table in Base.metadata.sorted_tables:
                if backup[table.name]:
                    db.execute(table.insert(), backup[table.name])

    def truth(self) -> dict[str, Any]:
        """Return what a start without an index makes of the database."""
        path = self.settings.faiss_index_path.with_name("truth")
        return told(open_live(self.database, self.space, path, SearchOptions()))


def told(live: LiveCatalogue) -> dict[str, Any]:
    """Return vectors, prices and words by product."""
    rows = {str(hit.product_id): live.index.row_of(hit.product_id) for hit in live.browse(1000, None)}
    found = {word: {str(live.index.id_of(int(row))) for row in live.texts.match(word).rows} for word in WORDS}
    return {
        id_: (
            live.index.embeddings(np.array([row]))[0].round(5).tolist(),
            int(live.columns.arrays.price_cents[row]),
            sorted(word for word in WORDS if id_ in found[word]),
        )
        for id_, row in rows.items()
        if row is not None
    } | {"words of nobody": set().union(*found.values()) - rows.keys()}


@pytest.fixture
def shop(database: Database, make_settings: Callable[..., Settings], caplog: pytest.LogCaptureFixture) -> Shop:
    caplog.set_level(logging.INFO)
    settings, encoder = make_settings(), FakeEncoder(image_tower=True)
    made = Shop(database, settings, VectorSpace.of(encoder, settings), encoder)
    for mug in MUGS:
        made.write(mug.id, mug.title)
    return made


def noticed(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """Check that a start builds anew with a warning, that it is right then, and that the next has nothing to say."""
    caplog.clear()
    assert told(shop.open()) == shop.truth()
    assert [record.levelname for record in caplog.records if ANEW in record.message] == ["WARNING"]
    caplog.clear()
    assert told(shop.open()) == shop.truth()
    assert "again" not in caplog.text
    assert ANEW not in caplog.text


def test_a_backup_of_before_the_snapshot_that_was_written_to_beyond_it(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.write("x", "teapot")
    backup = shop.backup()
    shop.write("x", "umbrella")
    shop.write("gone", "lamp")
    version = shop.build()
    shop.restore(backup)
    while shop.version() <= version:
        shop.write("p0", f"mug again{shop.version()}")
    noticed(shop, caplog)


def test_a_backup_of_between_the_snapshot_and_the_start_that_read_its_rows(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.write("x", "teapot")
    build_snapshot(shop.database, shop.space, shop.settings.faiss_index_path)
    backup = shop.backup()
    shop.write("x", "umbrella")
    shop.open()
    shop.restore(backup)
    noticed(shop, caplog)


def test_a_backup_that_has_reached_the_version_of_the_snapshot_before_anybody_read_its_rows(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    backup = shop.backup()
    shop.write("x", "umbrella")
    version = build_snapshot(shop.database, shop.space, shop.settings.faiss_index_path).catalogue_version
    shop.restore(backup)
    shop.write("x", "teapot")
    assert shop.version() == version
    noticed(shop, caplog)


def test_a_product_that_only_the_other_past_knew_too_late(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """All products of the snapshot have changed since, so no mark differs; but one has no row."""
    backup = shop.backup()
    for price in (2, 3, 4):
        shop.write("p0", MUGS[0].title, price)
    version = shop.build()
    shop.restore(backup)
    shop.write("new", "kite")
    assert shop.version() < version
    while shop.version() <= version:
        shop.write("p0", MUGS[0].title, shop.version())
    noticed(shop, caplog)


def test_a_picture_of_the_other_past(shop: Shop) -> None:
    """All that it changed has changed since, so no mark differs; but a vector is that of another picture."""
    shop.write("x", "teapot", picture="lamp.jpg")
    shop.store_picture("x", "lamp.jpg")
    backup = shop.backup()
    shop.write("x", "teapot", picture="kite.jpg")
    shop.store_picture("x", "kite.jpg")
    version = shop.build()
    shop.restore(backup)
    while shop.version() <= version:
        shop.write("x", "teapot", shop.version(), picture="lamp.jpg")
    assert told(shop.open()) == shop.truth()


def test_what_has_changed_since_the_snapshot_is_no_other_past(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.build()
    current = Current.read(folder := index_folder(shop.settings.faiss_index_path, shop.space))
    shop.write("p0", "teapot")
    shop.write("p1", MUGS[1].title, price=9)
    shop.write("new", "kite")
    with shop.database.writing() as db:
        repository = CatalogueRepository(db)
        version = repository.lock_version()
        repository.delete(["p2"], version)
        repository.upsert([to_record(ProductIn(id="late", title="lamp"), shop.space.template)], version)
        repository.set_version(version)
    caplog.clear()
    for _ in range(2):
        assert told(shop.open()) == shop.truth()
    assert ANEW not in caplog.text
    assert Current.read(folder) == current


def test_what_isnt_embedded_yet_is_no_other_past(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with shop.database.writing() as db:
        repository = CatalogueRepository(db)
        version = repository.lock_version()
        repository.upsert([to_record(ProductIn(id="late", title="lamp"), shop.space.template)], version)
        repository.set_version(version)
    shop.build()
    caplog.clear()
    assert told(shop.open()) == shop.truth()
    assert ANEW not in caplog.text


def test_a_snapshot_of_before_there_were_stamps_is_opened(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.build()
    folder = index_folder(shop.settings.faiss_index_path, shop.space)
    path = folder / Current.read(folder).name / "manifest.json"
    manifest = json.loads(path.read_bytes())
    assert manifest.pop("catalogue_stamp") is not None
    path.write_bytes(text := json.dumps(manifest).encode())
    Current(path.parent.name, hashlib.sha256(text).hexdigest()).publish(folder)
    caplog.clear()
    assert told(shop.open()) == shop.truth()
    assert ANEW not in caplog.text


def test_words_of_one_process_are_never_taken_for_those_of_another(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reads before a write and the other after it; the first saves its words last, and is killed then."""
    build_snapshot(shop.database, shop.space, shop.settings.faiss_index_path)
    save = Texts.saved

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def later(texts: Texts, *where: Any) -> Texts:
        monkeypatch.setattr(Texts, "saved", save)
        shop.write("p0", MUGS[0].title, sku="kite")
        shop.open()
        monkeypatch.setattr(filling, "_made", killed)
        return save(texts, *where)

    monkeypatch.setattr(Texts, "saved", later)
    with pytest.raises(KeyboardInterrupt):
        shop.open()
    monkeypatch.undo()
    for _ in range(2):
        live = shop.open()
        assert told(live) == shop.truth()
        assert [live.index.id_of(int(row)) for row in live.texts.match("kite").rows] == [ProductId("p0")]


def test_rows_without_their_words_are_read_with_them(shop: Shop) -> None:
    shop.build()
    folder = index_folder(shop.settings.faiss_index_path, shop.space)
    for name in (FOLDER, filling.TEXTS):
        (folder / name / "CURRENT").unlink()
        assert told(shop.open()) == shop.truth()
