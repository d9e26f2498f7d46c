"""The scales of products' own vectors, kept while the catalogue stays as it is."""

from __future__ import annotations

import numpy as np

from ml.index.base import VectorIndex
from ml.index.moments import Moments
from ml.ranking.calibration import Calibration, Scale

KNOWN_SCALES = 50_000


class Scales:
    """What similarities to a product mean: a product of matrices, for the same products in list after list."""

    def __init__(self) -> None:
        # One attribute, so that threads that meet here see numbers that belong together.
        self._known: tuple[Moments | None, dict[int, Scale]] = (None, {})

    def of(self, index: VectorIndex, row: int) -> Scale:
        """Return the scale of a row's vector, which never changes: a product's new vector has a new row."""
        moments, scales = self._known
        if moments is not index.moments or len(scales) >= KNOWN_SCALES:
            moments, scales = self._known = index.moments, {}
        if (known := scales.get(row)) is None:
            known = scales[row] = Calibration(moments).scale(index.embeddings(np.array([row]))[0])
        return known
