"""`scripts.evaluate composed`: whether a picture with words finds what is like the picture and as the words say."""

from __future__ import annotations

import json as json_format
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from PIL import Image

from backend.catalogue.space import VectorSpace
from backend.catalogue.template import render_text
from demo.goods import basic_colour
from ml.encoder.base import Encoder
from ml.encoder.load import load_encoder
from ml.errors import TowerMissing
from ml.evaluate.composed import ComposedFigures, Labelled, composed_figures, questions
from ml.types import Embeddings
from scripts.console import clear_errors, load_settings
from scripts.demo_catalogue import DEFAULT_FOLDER, write_catalogue
from scripts.evaluate_pictures import embed

TEXT_FIELDS = ("title", "brand", "category", "colour", "description")
WAYS = {"calibrated": True, "sum of unit vectors": False}


def composed(
    folder: Annotated[Path, typer.Option(help="Where the demo catalogue is, or is written to.")] = DEFAULT_FOLDER,
    seed: Annotated[int, typer.Option(help="Of the questions.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Print, by weight of the picture, what "but in blue" finds in the demo catalogue with a product's picture."""
    with clear_errors():
        settings = load_settings()
        encoder = load_encoder(settings.encoder_spec)
        if not encoder.has_image_tower:
            raise TowerMissing(f"{encoder.name} embeds texts only; set CLIP_MODEL to a model with an image tower")
        rows = [orjson.loads(line) for line in write_catalogue(folder).read_bytes().splitlines()]
        products = [Labelled(row["category"], basic_colour(row["colour"] or ""), row["image_url"]) for row in rows]
        pictures = embedded_pictures(encoder, folder, products)
        vectors = product_vectors(encoder, VectorSpace.of(encoder, settings), rows, pictures)
        asked = questions(products, seed)
        figures = {
            name: composed_figures(encoder, products, vectors, pictures, asked, calibrated=calibrated)
            for name, calibrated in WAYS.items()
        }
    print(render(figures, len(asked), as_json=json))


def embedded_pictures(encoder: Encoder, folder: Path, products: list[Labelled]) -> Embeddings:
    """Embed every picture once and return that of each product."""
    names = sorted({product.picture for product in products})
    images = (Image.open(folder / name).convert("RGB") for name in names)
    embeddings = embed(encoder, images, len(names), "pictures")
    place = {name: number for number, name in enumerate(names)}
    return embeddings[[place[product.picture] for product in products]]


def product_vectors(
    encoder: Encoder, space: VectorSpace, rows: list[dict[str, Any]], pictures: Embeddings
) -> Embeddings:
    """Return what the index would hold of the products."""
    texts = encoder.encode_texts(
        [render_text(space.template, {name: row[name] for name in TEXT_FIELDS}) for row in rows]
    )
    return np.stack(
        [
            space.product_vector(text.astype("<f4").tobytes(), picture.astype("<f4").tobytes())
            for text, picture in zip(texts, pictures, strict=True)
        ]
    )


def render(figures: dict[str, list[ComposedFigures]], count: int, *, as_json: bool) -> str:
    """Return the figures as tables for people, or as one JSON object."""
    if as_json:
        return json_format.dumps(
            {"questions": count} | {name: [asdict(row) for row in rows] for name, rows in figures.items()}
        )
    lines = [f"{count} questions; of the first 10 products, how many have the colour, the kind, both"]
    for name, rows in figures.items():
        lines += ["", name, f"{'image_weight':>14}{'colour':>8}{'kind':>8}{'both':>8}{'found':>8}"]
        lines += [
            f"{row.weight:14.1f}{row.colour:8.2f}{row.kind:8.2f}{row.both:8.2f}{row.found:8.3f}" for row in rows
        ]
    return "\n".join(lines)
