"""`scripts.evaluate pictures`: how well pictures and words find each other."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image

from backend.catalogue.template import render_text
from backend.config import DEFAULT_TEXT_TEMPLATE
from demo.drawing.picture import picture
from ml.encoder.base import Encoder
from ml.encoder.load import load_encoder
from ml.errors import TowerMissing
from ml.evaluate.pictures import DrawnTest, blend_figures, catalogue_figures, label_figures
from ml.train.photos import PhotoSet, clothing_photos, grocery_photos
from ml.types import Embeddings
from scripts.console import clear_errors, load_settings, progress

BLOCK = 64
PHOTO_SIZE = 224


def pictures(
    fashion: Annotated[Path | None, typer.Option(help="Folder of the fashion catalogue.")] = None,
    clothing: Annotated[Path | None, typer.Option(help="Folder of the clothing photos.")] = None,
    grocery: Annotated[Path | None, typer.Option(help="Folder of the grocery photos.")] = None,
    seed: Annotated[int, typer.Option(help="Of the drawn pictures.")] = 0,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a list.")] = False,
) -> None:
    """Print how well words find pictures and pictures words, drawn ones and those of the photo sets named."""
    with clear_errors():
        encoder = load_encoder(load_settings().encoder_spec)
        figures = measure(encoder, seed=seed, fashion=fashion, clothing=clothing, grocery=grocery)
    print(render(figures, as_json=json_))


def measure(
    encoder: Encoder, *, seed: int, fashion: Path | None, clothing: Path | None, grocery: Path | None
) -> dict[str, dict[str, float]]:
    """Return the figures of drawn pictures, and of each set of photos whose folder is given.

    Raises:
        TowerMissing: the model has no image tower.
    """
    if not encoder.has_image_tower:
        raise TowerMissing(f"{encoder.name} embeds texts only; set CLIP_MODEL to a model with an image tower")
    drawn = DrawnTest(encoder, seed)
    shown = embed(encoder, (picture(look) for look in drawn.looks), len(drawn.looks), "drawn pictures")
    figures = {"drawn, unseen combinations": drawn.figures(shown)}
    work = Path("var/evaluation")
    if clothing is not None:
        figures["clothing photos, unseen photographers"] = labelled(
            encoder, clothing_photos(clothing, work, PHOTO_SIZE), "clothing photos"
        )
    if grocery is not None:
        figures["grocery photos, the set's test split"] = labelled(
            encoder, grocery_photos(grocery, work, PHOTO_SIZE), "grocery photos"
        )
    if fashion is not None:
        figures |= catalogue(encoder, fashion)
    return figures


def labelled(encoder: Encoder, photos: PhotoSet, name: str) -> dict[str, float]:
    """Measure the test part of a set of labelled photos."""
    images = (Image.fromarray(np.asarray(pixels)).convert("RGB") for pixels in photos.test.pixels)
    embeddings = embed(encoder, images, len(photos.test), name)
    labels = [photos.names[texts[0]][0] for texts in photos.test.texts]
    return label_figures(encoder, embeddings, labels, [names[0] for names in photos.names.values()])


def catalogue(encoder: Encoder, folder: Path) -> dict[str, dict[str, float]]:
    """Measure the 224-pixel photos of the fashion catalogue, alone and blended with the products' texts."""
    with gzip.open(folder / "products_dev.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["image"].startswith("images_224")]
    with tarfile.open(folder / "images_224_dev.tar") as tar:
        names = {Path(name).name: name for name in tar.getnames()}

        def images() -> Iterable[Image.Image]:
            for row in rows:
                member = tar.extractfile(names[Path(row["image"]).name])
                if member is None:
                    raise FileNotFoundError(row["image"])
                yield Image.open(io.BytesIO(member.read())).convert("RGB")

        embeddings = embed(encoder, images(), len(rows), "fashion catalogue")
    titles = [row["productDisplayName"] for row in rows]
    types = [row["articleType"].lower() for row in rows]
    texts = encoder.encode_texts([render_text(DEFAULT_TEXT_TEMPLATE, fields_of(row)) for row in rows])
    labels = [(row["baseColour"].lower(), kind) for row, kind in zip(rows, types, strict=True)]
    return {
        "fashion catalogue, never trained on": catalogue_figures(encoder, embeddings, titles, types),
        "fashion catalogue, text and picture blended": blend_figures(encoder, embeddings, texts, labels),
    }


def fields_of(row: dict[str, str]) -> dict[str, str | None]:
    """Return a row of the fashion catalogue as the importer would name its fields."""
    category = " > ".join(row[name] for name in ("masterCategory", "subCategory", "articleType"))
    title, colour = row["productDisplayName"], row["baseColour"]
    return {"title": title, "brand": None, "category": category, "colour": colour, "description": None}


def embed(encoder: Encoder, images: Iterable[Image.Image], count: int, name: str) -> Embeddings:
    """Embed pictures one block after another, with a progress bar."""
    rows, block = [], []
    with progress("pictures") as bar:
        task = bar.add_task(name, total=count)
        for image in images:
            block.append(image)
            if len(block) == BLOCK:
                rows.append(encoder.encode_images(block))
                bar.advance(task, BLOCK)
                block = []
        if block:
            rows.append(encoder.encode_images(block))
            bar.advance(task, len(block))
    return np.concatenate(rows)


def render(figures: dict[str, dict[str, float]], *, as_json: bool) -> str:
    """Return the figures as a list for people, or as one JSON object."""
    if as_json:
        return json.dumps(figures)
    lines = []
    for name, values in figures.items():
        lines.append(name)
        lines += [
            f"  {key:26} {value:.3f}" if value <= 1 else f"  {key:26} {value:,.0f}" for key, value in values.items()
        ]
    return "\n".join(lines)
