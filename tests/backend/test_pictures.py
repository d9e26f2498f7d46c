"""Pictures in product vectors: stored as parts of their own, blended by setting."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from backend.catalogue.embedding import Embedder, count_pending
from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.images import MediaStore
from backend.catalogue.opening import open_live
from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.fake import FakeEncoder
from ml.types import Embedding


def picture(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(buffer, "PNG")
    return buffer.getvalue()


def write(database: Database, space: VectorSpace, product: ProductIn, image_file: str | None = None) -> None:
    with database.writing() as db:
        repository = CatalogueRepository(db)
        version = repository.lock_version()
        repository.upsert([to_record(product, space.template, image_file)], version)
        repository.set_version(version)


def vector_of(database: Database, space: VectorSpace) -> Embedding:
    with database.reading() as db:
        return EmbeddingRepository(db, space).vectors(["p"])["p"][1]


def blended(encoder: FakeEncoder, colour: str, text_weight: float, image_weight: float) -> Embedding:
    text = encoder.encode_texts(["mug"])[0]
    image = encoder.encode_images([Image.new("RGB", (64, 64), colour)])[0]
    both = text_weight * text + image_weight * image
    return np.asarray(both / np.linalg.norm(both), np.float32)


def test_a_picture_joins_changes_and_leaves_the_vector(
    database: Database, make_settings: Callable[..., Settings]
) -> None:
    settings, encoder = make_settings(text_weight=0.5, image_weight=0.5), FakeEncoder(image_tower=True)
    space, media = VectorSpace.of(encoder, settings), MediaStore(settings.media_path)
    embedder = Embedder(database, encoder, space, media)
    live = open_live(database, space, settings.faiss_index_path)
    product = ProductIn(id="p", title="mug", image_url="a.png")

    def check(expected: Embedding) -> None:
        np.testing.assert_allclose(vector_of(database, space), expected, atol=1e-5)
        live.catch_up(database)
        for catalogue in (live, open_live(database, space, settings.faiss_index_path)):
            (hit,) = catalogue.nearest(expected, 5, None)
            assert abs(hit.rank - 1) < 1e-5

    write(database, space, product, media.put(picture("red")))
    assert embedder.run() == 2
    check(blended(encoder, "red", 0.5, 0.5))
    write(database, space, product.model_copy(update={"price": 5}))  # no new picture: the old one stays
    assert embedder.run() == 0
    check(blended(encoder, "red", 0.5, 0.5))
    write(database, space, product, media.put(picture("blue")))
    assert embedder.run() == 1
    check(blended(encoder, "blue", 0.5, 0.5))
    write(database, space, product.model_copy(update={"image_url": None}))
    assert embedder.run() == 0
    check(encoder.encode_texts(["mug"])[0])


def test_other_weights_encode_nothing_and_build_the_index_anew(
    database: Database, make_settings: Callable[..., Settings]
) -> None:
    encoder = FakeEncoder(image_tower=True)
    for text_weight, image_weight, embedded in ((0.5, 0.5, 2), (0.9, 0.1, 0), (0.0, 1.0, 0)):
        settings = make_settings(text_weight=text_weight, image_weight=image_weight)
        space, media = VectorSpace.of(encoder, settings), MediaStore(settings.media_path)
        if embedded:
            write(database, space, ProductIn(id="p", title="mug", image_url="a.png"), media.put(picture("red")))
        assert Embedder(database, encoder, space, media).run() == embedded
        expected = blended(encoder, "red", text_weight, image_weight)
        (hit,) = open_live(database, space, settings.faiss_index_path).nearest(expected, 5, None)
        assert abs(hit.rank - 1) < 1e-5


def test_a_picture_that_is_gone_leaves_the_text(database: Database, make_settings: Callable[..., Settings]) -> None:
    settings, encoder = make_settings(), FakeEncoder(image_tower=True)
    space, media = VectorSpace.of(encoder, settings), MediaStore(settings.media_path)
    name = media.put(picture("red"))
    write(database, space, ProductIn(id="p", title="mug", image_url="a.png"), name)
    media.path(name).unlink()
    assert Embedder(database, encoder, space, media).run() == 1
    np.testing.assert_allclose(vector_of(database, space), encoder.encode_texts(["mug"])[0], atol=1e-6)
    with database.reading() as db:
        assert count_pending(db, space) == 1  # it comes back when the picture does
