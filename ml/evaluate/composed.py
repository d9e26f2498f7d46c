"""Measures queries of a picture and words that change one thing about it: this, but in blue."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.encoder.base import Encoder
from ml.ranking.calibration import Calibration
from ml.ranking.composition import composed
from ml.types import Embedding, Embeddings

WEIGHTS = tuple(tenth / 10 for tenth in range(11))  # of the picture beside the words
PHRASES = ("{}", "in {}", "but in {}")
FIRST = 10  # products looked at
AT_LEAST = 3  # products of a kind that there must be in the colour asked for
OF_A_KIND = 4  # questions, so that kinds of many products don't decide


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a product is: its kind, its colour, and the name of its picture."""

    kind: str
    colour: str
    picture: str


@dataclass(frozen=True, slots=True)
class Question:
    """A product whose picture is shown, by its place, and the other colour that is asked for."""

    shown: int
    colour: str


@dataclass(frozen=True, slots=True)
class ComposedFigures:
    """Means over questions of one weight, of the first ten products.

    Attributes:
        colour: how many have the colour asked for.
        kind: how many are of the kind shown.
        both: how many are both.
        found: `both`, as a share of the most there could be.
    """

    weight: float
    colour: float
    kind: float
    both: float
    found: float


def questions(products: Sequence[Labelled], seed: int) -> list[Question]:
    """Return questions that have an answer, up to `OF_A_KIND` of each kind."""
    stock = Counter((product.kind, product.colour) for product in products)
    first = {product.picture: place for place, product in reversed(list(enumerate(products)))}
    possible = [
        Question(place, colour)
        for place in sorted(first.values())
        for (kind, colour), count in sorted(stock.items())
        if count >= AT_LEAST and colour and kind == products[place].kind and colour != products[place].colour != ""
    ]
    random.Random(seed).shuffle(possible)  # noqa: S311 - chooses what to ask
    asked: Counter[str] = Counter()
    chosen = []
    for question in possible:
        kind = products[question.shown].kind
        if asked[kind] < OF_A_KIND:
            asked[kind] += 1
            chosen.append(question)
    return chosen


def composed_figures(
    encoder: Encoder,
    products: Sequence[Labelled],
    vectors: Embeddings,
    pictures: Embeddings,
    asked: Sequence[Question],
    *,
    calibrated: bool,
) -> list[ComposedFigures]:
    """Ask every question in each of `PHRASES` at each of `WEIGHTS`.

    Args:
        encoder: of the words.
        products: n of them.
        vectors: of the products as the index holds them, shape (n, d).
        pictures: embeddings of their pictures, shape (n, d).
        asked: `questions` about them.
        calibrated: as the server blends; otherwise by the sum of unit vectors, to compare with.
    """
    colours = sorted({question.colour for question in asked})
    texts = [phrase.format(colour) for phrase in PHRASES for colour in colours]
    words = dict(zip(texts, encoder.encode_texts(texts), strict=True))
    # With nothing to measure every part has the same deviation.
    calibration = Calibration.measure(vectors if calibrated else vectors[:0])
    kinds = np.array([product.kind for product in products])
    has = np.array([product.colour for product in products])
    figures = []
    for weight in WEIGHTS:
        rows = []
        for question in asked:
            same_kind, right_colour = kinds == products[question.shown].kind, has == question.colour
            most = min(FIRST, int(np.count_nonzero(same_kind & right_colour)))
            for phrase in PHRASES:
                text = words[phrase.format(question.colour)]
                query: Embedding = composed(pictures[question.shown], text, (weight, 1 - weight), calibration)
                top = np.argsort(-(vectors @ query), kind="stable")[:FIRST]
                both = int(np.count_nonzero(same_kind[top] & right_colour[top]))
                rows.append((right_colour[top].sum(), same_kind[top].sum(), both, both / most))
        figures.append(ComposedFigures(weight, *np.mean(rows, axis=0).tolist()))
    return figures
