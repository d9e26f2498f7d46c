"""What fine-tuning learns from: products with pictures, from a feed or from the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from backend.catalogue.feeds import Accepted, FeedOptions, read_feed
from backend.catalogue.images import ImageSource, MediaStore, safe_decode
from backend.catalogue.images.source import relative_parts
from backend.catalogue.records import ProductFilter
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.model.active import wanted_model
from ml.encoder.spec import EncoderSpec
from ml.train.products import ShopProduct
from ml.train.shop_pictures import Read
from scripts.console import UsageError, console
from scripts.pipeline import open_database

PAGE = 1000
ENOUGH = 512  # a JPEG may be decoded at a fraction of its size that leaves this


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Products with pictures.

    Attributes:
        products: each with a reference to its picture.
        read: returns the picture.
        identity: names where the pictures come from, and changes when a tar or a file of a folder does.
    """

    products: list[ShopProduct]
    read: Read
    identity: str


def from_feed(path: Path, options: FeedOptions, images: Path | None, source: ImageSource | None) -> TrainingData:
    """Read the products of a feed that name a picture.

    Raises:
        UsageError: nothing says where the pictures are.
        FeedError: the feed can't be read.
    """
    if source is None:
        raise UsageError("a catalogue needs --images FOLDER_OR_TAR or --fetch-images")
    products, rejected = [], 0
    for row in read_feed(path, options):
        if not isinstance(row, Accepted):
            rejected += 1
        elif row.product.image_url is not None:
            products.append(_product(row.product, row.product.image_url))
    if rejected:
        console.print(f"{rejected} rows of {path.name} were rejected; import_catalogue says why")

    def read(product: ShopProduct) -> Image.Image:
        return safe_decode(source.fetch(product.picture), enough=ENOUGH)

    return TrainingData(products, read, _identity(images, products))


def from_database(settings: Settings) -> TrainingData:
    """Read the active products of the configured database that have a stored picture."""
    media = MediaStore(settings.media_path)
    products = []
    with open_database(settings) as database:
        after_id = ""
        while True:
            with database.reading() as db:
                page = CatalogueRepository(db).page(ProductFilter(active=True), after_id, PAGE)
                products += [_product(row, row.image_file) for row in page if row.image_file is not None]
            if not page:
                break
            after_id = page[-1].id

    def read(product: ShopProduct) -> Image.Image:
        return safe_decode(media.read(product.picture), enough=ENOUGH)

    return TrainingData(products, read, "media")


def served_model(settings: Settings) -> EncoderSpec:
    """Return the model that serves the configured database: the one last switched to, or else CLIP_MODEL."""
    with open_database(settings) as database, database.reading() as db:
        return wanted_model(db, settings).spec(settings)


def _identity(images: Path | None, products: Sequence[ShopProduct]) -> str:
    """Name a source of pictures by its place and what its files look like from outside."""
    if images is None:
        return "web"
    if images.is_dir():
        states = [_state(images, product.picture) for product in products]
        return f"{images.absolute()} {hashlib.sha256(json.dumps(states).encode()).hexdigest()}"
    found = images.stat()
    return f"{images.absolute()} {found.st_size} {found.st_mtime_ns}"


def _state(folder: Path, reference: str) -> tuple[int, int] | None:
    try:
        found = folder.joinpath(*relative_parts(reference)).stat()
    except (ValueError, OSError):
        return None  # reading it says why
    return found.st_size, found.st_mtime_ns


def _product(row: ProductIn | ProductRow, picture: str) -> ShopProduct:
    group = row.attributes.get("item_group")
    return ShopProduct(
        id=row.id,
        title=row.title,
        picture=picture,
        brand=row.brand,
        colour=row.colour,
        category=row.category,
        attributes={name: value for name, value in row.attributes.items() if name != "item_group"},
        item_group=None if group is None else str(group),
    )
