"""A small invented shop with shoppers who follow rules that a model should find."""

from __future__ import annotations

import numpy as np

from ml.lexical.analyzer import Analyzer
from ml.recommend.alike import Alike, compare
from ml.recommend.interactions import Act, Interactions
from ml.recommend.model import CollaborativeModel, train
from ml.types import Embeddings, ProductId

ANALYZER = Analyzer("english")
THINGS = ("tent", "stove", "lamp", "rope")
COLOURS = ("red", "blue", "green", "black", "white")
TITLES = [f"{colour} {thing}" for thing in THINGS for colour in COLOURS]
IDS = [ProductId(f"p{number:02}") for number in range(len(TITLES))]
ROW_OF = {product_id: row for row, product_id in enumerate(IDS)}


def row(title: str) -> int:
    return TITLES.index(title)


def vectors() -> Embeddings:
    """Products of a kind are close, those of a colour a little."""
    rng = np.random.default_rng(0)
    kinds, colours = rng.standard_normal((len(THINGS), 16)), rng.standard_normal((len(COLOURS), 16))
    found = np.array([kinds[number // len(COLOURS)] + 0.5 * colours[number % len(COLOURS)] for number in range(20)])
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def alike(neighbours: int = 8) -> Alike:
    return compare(vectors(), TITLES, ANALYZER, neighbours)


def acts_of(*pieces: list[str], purchase: bool = True) -> list[Act]:
    """One shopper a piece, an act an hour."""
    return [
        Act(f"u{number}", IDS[row(title)], 1.0, 3600.0 * place, purchase)
        for number, piece in enumerate(pieces)
        for place, title in enumerate(piece)
    ]


def model_of(acts: list[Act]) -> CollaborativeModel:
    return train(IDS, alike(), Interactions.collect(acts, ROW_OF))


def campers() -> list[Act]:
    """Whoever takes a tent takes the stove of that colour next; the red lamp is popular with everybody."""
    pieces = [[f"{colour} tent", f"{colour} stove"] for colour in COLOURS for _ in range(4)]
    return acts_of(*pieces, *([["red lamp"]] * 10))
