"""Real photos to train with: clothes at people's homes, and groceries in shops.

Both sets are named by their folder. Neither comes with this project; the model card says where they are from.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ml.train.pictures import Pictures, read_pictures, write_pictures

HELD_OUT_SENDERS = 0.25
GARMENTS: dict[str, tuple[str, ...]] = {
    "Blazer": ("blazer", "suit jacket"), "Blouse": ("blouse", "women's top"), "Body": ("bodysuit",),
    "Dress": ("dress",), "Hat": ("hat", "cap"), "Hoodie": ("hoodie", "hooded sweatshirt"),
    "Longsleeve": ("long-sleeved top", "long sleeve t-shirt", "sweater"), "Outwear": ("jacket", "coat", "outerwear"),
    "Pants": ("trousers", "pants", "jeans"), "Polo": ("polo shirt",), "Shirt": ("shirt", "button-down shirt"),
    "Shoes": ("shoes", "sneakers"), "Shorts": ("shorts",), "Skirt": ("skirt",), "T-Shirt": ("t-shirt", "tee"),
    "Top": ("top",), "Undershirt": ("undershirt", "tank top", "vest"),
}  # fmt: skip
"""What people call the labels of the clothing set."""


@dataclass(frozen=True)
class PhotoSet:
    """Photos with one label each, split so that test photos share no photographer, or no shop round, with training.

    Attributes:
        train, test: photos; each one's single text is its label.
        names: what each label is called in words, the first one first.
    """

    train: Pictures
    test: Pictures
    names: dict[str, tuple[str, ...]]


def clothing_photos(folder: Path, cache: Path, size: int) -> PhotoSet:
    """Read the clothing photos; a quarter of the photographers is kept for testing."""
    rows = _table(folder / "images_dev.csv.gz")
    senders = sorted({row["sender_id"] for row in rows})
    random.Random("senders").shuffle(senders)
    kept = set(senders[: round(len(senders) * HELD_OUT_SENDERS)])
    items = [(row["image"], row["label"], row["sender_id"]) for row in rows]
    pictures = _cached(cache, "clothing", folder / "images_dev.tar", items, size)
    train = [i for i, row in enumerate(rows) if row["sender_id"] not in kept]
    test = [i for i, row in enumerate(rows) if row["sender_id"] in kept]
    return PhotoSet(pictures.subset(train), pictures.subset(test), GARMENTS)


def grocery_photos(folder: Path, cache: Path, size: int) -> PhotoSet:
    """Read the grocery photos; the set's own test split, taken on other rounds through the shops, is for testing."""
    classes = {row["class_id"]: row for row in _table(folder / "classes.csv.gz")}
    names: dict[str, tuple[str, ...]] = {}
    for id_, row in classes.items():
        name, coarse = (row[key].replace("-", " ").lower() for key in ("class_name", "coarse_class_name"))
        names[id_] = (name if coarse in name else f"{name} {coarse}",)
    rows = _table(folder / "natural_dev.csv.gz")
    items = [(row["image"], row["class_id"], row["original_split"]) for row in rows]
    pictures = _cached(cache, "grocery", folder / "natural_dev.tar", items, size)
    train = [i for i, row in enumerate(rows) if row["original_split"] != "test"]
    test = [i for i, row in enumerate(rows) if row["original_split"] == "test"]
    return PhotoSet(pictures.subset(train), pictures.subset(test), names)


def photo_files(clothing: Path, grocery: Path) -> list[Path]:
    """Return the files that both sets consist of."""
    return [
        *(clothing / name for name in ("images_dev.csv.gz", "images_dev.tar")),
        *(grocery / name for name in ("classes.csv.gz", "natural_dev.csv.gz", "natural_dev.tar")),
    ]


def _cached(cache: Path, kind: str, archive: Path, items: list[tuple[str, str, str]], size: int) -> Pictures:
    """Read the named photos from a tar, squashed to squares as the encoder's preprocessing does.

    What is kept is named after the archive, its size and what is read of it, so that another one is read anew.
    """
    content = json.dumps([archive.name, archive.stat().st_size, items])
    place = cache / f"{kind}-{size}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    def photos() -> Iterator[tuple[Image.Image, list[str], str]]:
        with tarfile.open(archive) as tar:
            for name, label, group in items:
                member = tar.extractfile(name)
                if member is None:
                    raise FileNotFoundError(f"{archive} has no file {name}")
                yield Image.open(io.BytesIO(member.read())).convert("RGB"), [label], group

    known = read_pictures(place)
    return known if known is not None else write_pictures(place, photos(), len(items), size)


def _table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
