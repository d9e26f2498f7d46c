"""A reranker that adds weighted features to the first stage's score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from ml.errors import MLError
from ml.lexical.documents import FIELDS
from ml.ranking.rerank import RerankFailed, Scores, Shortlist

FORMAT = 1
RANKER = "rerank"
TEXT_FEATURES = (*FIELDS, "similarity")
SHOP_FEATURES = ("quality", "in_stock", "on_sale")
MAX_WEIGHT = 10.0  # more than that and the first stage means nothing


class WeightsRefused(MLError):
    """A file isn't one of weights; the message says what is wrong with it."""


class LinearReranker:
    """Adds `weight * feature` for each feature that has a weight."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        """Take weights by the name of their feature; those of 0 are left out."""
        self._weights = {name: float(weight) for name, weight in sorted(weights.items()) if weight}

    @property
    def name(self) -> str:
        """The weights."""
        return "linear " + " ".join(f"{name} {weight!r}" for name, weight in self._weights.items())

    def scores(self, shortlist: Shortlist) -> Scores:
        """Return the first stage's scores with the weighted features added.

        Raises:
            RerankFailed: a feature with a weight isn't known of this shortlist.
        """
        total: Scores = shortlist.scores.copy()
        for name, weight in self._weights.items():
            if name not in shortlist.features:
                raise RerankFailed(f"there is no feature {name!r}")
            total += weight * np.asarray(shortlist.features[name], np.float64)
        return total


def read_weights(path: Path) -> dict[str, float]:
    """Read weights from the file that `scripts.evaluate tune --ranker rerank --out` writes.

    Raises:
        WeightsRefused: it can't be read, isn't such a file, or names unknown features or weights out of range.
    """
    try:
        stored: Any = orjson.loads(path.read_bytes())
    except OSError as error:
        raise WeightsRefused(f"{path}: {error.strerror or error}") from error
    except orjson.JSONDecodeError as error:
        raise WeightsRefused(f"{path}: not JSON: {error}") from error
    if not isinstance(stored, dict) or (stored.get("format"), stored.get("ranker")) != (FORMAT, RANKER):
        raise WeightsRefused(f'{path}: not a file of weights: it says "format": {FORMAT} and "ranker": "{RANKER}"')
    weights = stored.get("parameters")
    if not isinstance(weights, dict) or not weights:
        raise WeightsRefused(f"{path}: `parameters` is an object with a weight for at least one feature")
    known = (*TEXT_FEATURES, *SHOP_FEATURES)
    if unknown := sorted(set(weights) - set(known)):
        raise WeightsRefused(f"{path}: there's no feature {unknown[0]!r}; there are {', '.join(known)}")
    for name, weight in weights.items():
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not number or not math.isfinite(weight) or abs(weight) > MAX_WEIGHT:
            raise WeightsRefused(f"{path}: the weight of {name!r} is a number from -{MAX_WEIGHT:g} to {MAX_WEIGHT:g}")
    return {name: float(weight) for name, weight in weights.items()}
