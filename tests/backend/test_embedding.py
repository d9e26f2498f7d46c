"""Bulk embedding: stages that overlap must lose, mix up and leave behind nothing."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from backend.catalogue.embedding import Embedder, count_pending, measure_alone
from backend.catalogue.embedding.ahead import ahead, read_ahead, threads
from backend.catalogue.embedding.prepare import DRAFT, ImagePreparer, TextPreparer
from backend.catalogue.images import MediaStore, safe_decode
from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import EmbeddingRow
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.fake import FakeEncoder
from ml.encoder.manifest import ImageSettings
from ml.encoder.pixels import to_pixels
from ml.types import Embeddings

COLOURS = ("red", "green", "blue", "yellow", "black")
PRODUCTS = 23


class Shop:
    """Products with pictures, in blocks and units small enough that there are several."""

    def __init__(self, database: Database, settings: Settings, encoder: FakeEncoder) -> None:
        self.database = database
        self.encoder = encoder
        self.space = VectorSpace.of(encoder, settings)
        self.media = MediaStore(settings.media_path)
        self.embedder = Embedder(database, encoder, self.space, self.media)
        self.names = [self.media.put(Image.new("RGB", (20, 20), colour)) for colour in COLOURS]
        self.write([(f"p{n:02}", f"mug number {n}", n % len(COLOURS)) for n in range(PRODUCTS)])

    def write(self, products: Sequence[tuple[str, str, int]]) -> None:
        with self.database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            records = [
                to_record(ProductIn(id=id_, title=title, image_url="a.png"), self.space.template, self.names[colour])
                for id_, title, colour in products
            ]
            repository.upsert(records, version)
            repository.set_version(version)

    def stored(self, part: str) -> dict[str, Embeddings]:
        with self.database.reading() as db:
            rows = db.scalars(select(EmbeddingRow).where(EmbeddingRow.part == part))
            return {row.product_id: np.frombuffer(row.vector, "<f4") for row in rows}

    def pending(self) -> int:
        with self.database.reading() as db:
            return count_pending(db, self.space)

    def check(self, titles: dict[str, str], colours: dict[str, int]) -> None:
        """Compare every stored vector with one made alone."""
        texts, images = self.stored("text"), self.stored("image")
        assert set(texts) == set(titles)
        assert set(images) == set(colours)
        for id_, title in titles.items():
            np.testing.assert_array_equal(texts[id_], self.encoder.encode_texts([title])[0])
        for id_, colour in colours.items():
            picture = Image.new("RGB", (20, 20), COLOURS[colour])
            np.testing.assert_array_equal(images[id_], self.encoder.encode_images([picture])[0])


TITLES = {f"p{n:02}": f"mug number {n}" for n in range(PRODUCTS)}
PICTURES = {f"p{n:02}": n % len(COLOURS) for n in range(PRODUCTS)}


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for preparer, block, unit in ((TextPreparer, 5, 5), (ImagePreparer, 6, 4)):
        monkeypatch.setattr(preparer, "block", block)
        monkeypatch.setattr(preparer, "unit", unit)


@pytest.fixture
def make_shop(database: Database, make_settings: Callable[..., Settings]) -> Callable[[FakeEncoder], Shop]:
    return lambda encoder: Shop(database, make_settings(), encoder)


def test_every_product_gets_its_own_vectors(make_shop: Callable[[FakeEncoder], Shop]) -> None:
    shop = make_shop(FakeEncoder(image_tower=True))
    told: list[int] = []
    assert shop.embedder.run(told.append) == 2 * PRODUCTS
    assert told == [5, 5, 5, 5, 3, 6, 6, 6, 5]
    shop.check(TITLES, PICTURES)
    assert shop.pending() == shop.embedder.run() == 0


@pytest.mark.parametrize("lost", [["p00"], ["p04", "p05", "p06", "p07"], ["p22"], sorted(TITLES)])
def test_an_unreadable_picture_is_reported_and_the_rest_goes_on(
    make_shop: Callable[[FakeEncoder], Shop], caplog: pytest.LogCaptureFixture, lost: list[str]
) -> None:
    shop = make_shop(FakeEncoder(image_tower=True))
    damaged = shop.media.put(Image.new("RGB", (20, 20), "white"))
    shop.media.path(damaged).write_bytes(b"\xff\xd8 no picture")
    shop.names.append(damaged)
    shop.write([(id_, TITLES[id_], len(COLOURS)) for id_ in lost])
    assert shop.embedder.run() == 2 * PRODUCTS - len(lost)
    assert sorted(record.args[0] for record in caplog.records) == lost  # type: ignore[index]
    shop.check(TITLES, {id_: colour for id_, colour in PICTURES.items() if id_ not in lost})
    assert shop.pending() == len(lost)


@pytest.mark.parametrize("part", ["text", "image"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_stopping_keeps_what_was_written_and_leaves_no_thread(
    make_shop: Callable[[FakeEncoder], Shop], part: str, error: type[BaseException]
) -> None:
    class Stopped(FakeEncoder):
        calls = 0

        def encode_texts(self, texts: Sequence[str]) -> Embeddings:
            self._count("text")
            return super().encode_texts(texts)

        def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
            self._count("image")
            return super().encode_images(images)

        def _count(self, called: str) -> None:
            self.calls += called == part
            if self.calls == 4 and called == part:
                raise error

    shop = make_shop(Stopped(image_tower=True))
    with pytest.raises(error):
        shop.embedder.run()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("embed-")]
    kept = len(shop.stored(part))
    assert 5 <= kept < PRODUCTS
    left = shop.pending()
    shop.encoder = FakeEncoder(image_tower=True)
    assert Embedder(shop.database, shop.encoder, shop.space, shop.media).run() == left
    shop.check(TITLES, PICTURES)


def test_an_error_of_whoever_is_told_stops_the_work(make_shop: Callable[[FakeEncoder], Shop]) -> None:
    shop = make_shop(FakeEncoder(image_tower=True))

    def stop(_: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        shop.embedder.run(stop)
    assert 5 <= len(shop.stored("text")) <= 15
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("embed-")]


def test_a_product_changed_while_its_block_is_in_flight_is_embedded_anew(
    make_shop: Callable[[FakeEncoder], Shop],
) -> None:
    class Rewriting(FakeEncoder):
        """Rewrites a product of the block in the engine, and one of a block that was read ahead."""

        done = False

        def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
            if not self.done:
                self.done = True
                shop.write([("p00", TITLES["p00"], 3), ("p07", "teapot", 4)])
            return super().encode_images(images)

    shop = make_shop(Rewriting(image_tower=True))
    shop.embedder.run()
    shop.embedder.run()
    shop.check({**TITLES, "p07": "teapot"}, {**PICTURES, "p00": 3, "p07": 4})
    assert shop.pending() == 0


def test_the_engine_alone_is_measured_on_pending_products_and_writes_nothing(
    make_shop: Callable[[FakeEncoder], Shop],
) -> None:
    shop = make_shop(FakeEncoder(image_tower=True))
    for part in ("text", "image"):
        alone = measure_alone(shop.embedder, part)  # type: ignore[arg-type]
        assert alone is not None
        assert alone.rows == PRODUCTS
        assert alone.run() > 0
        assert alone.prepare_s > 0
    assert shop.pending() == 2 * PRODUCTS
    shop.embedder.run()
    assert measure_alone(shop.embedder, "text") is None


def test_work_ahead_is_in_order_and_bounded() -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        return item * item

    with threads(3, "test") as pool:
        for count, square in enumerate(ahead(pool, work, iter(range(50)), most=4)):
            assert square == count * count
            assert len(begun) <= count + 1 + 4
    assert sorted(begun) == list(range(50))


def test_reading_ahead_reads_one_more_and_passes_errors_on() -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for item in range(5):
            read.append(item)
            yield item
        raise OSError("the end is missing")

    with threads(1, "test") as pool:
        coming = read_ahead(pool, items())
        for expected in range(5):
            assert next(coming) == expected
            assert len(read) <= expected + 2
        with pytest.raises(OSError, match="the end is missing"):
            next(coming)


@pytest.mark.parametrize(
    ("size", "drafted"),
    [
        ((1024, 768), (512, 384)),
        ((1024, 1024), (256, 256)),
        ((1023, 768), (1023, 768)),  # nothing divides both sides
        ((400, 300), (400, 300)),
    ],
)
def test_a_draft_of_a_jpeg_gives_nearly_the_same_pixels(size: tuple[int, int], drafted: tuple[int, int]) -> None:
    settings = ImageSettings(
        size=(128, 128), mean=(0.0,) * 3, std=(1.0,) * 3, interpolation="bicubic", resize_mode="shortest"
    )
    random = np.random.default_rng(1)
    picture = Image.new("RGB", size, "grey")
    for _ in range(60):
        x, y, width, height, *colour = random.integers(0, 255, 7).tolist()
        picture.paste(tuple(colour), (4 * x, 4 * y, 4 * x + width, 4 * y + height))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    whole, draft = safe_decode(buffer.getvalue()), safe_decode(buffer.getvalue(), enough=DRAFT * 128)
    assert whole.size == size
    assert draft.size == drafted
    difference = to_pixels(whole, settings) - to_pixels(draft, settings)
    assert float(np.sqrt((difference**2).mean())) < 0.01
