"""The scales of vectors that are asked for again and again, kept while the catalogue stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from ml.index.base import VectorIndex
from ml.index.moments import Moments
from ml.ranking.calibration import Calibration, Scale
from ml.types import Embedding

KNOWN_ROWS = 50_000
KNOWN_VECTORS = 1000  # tastes, each of which is another one after the shopper's next act


class Scales:
    """What similarities to a product mean: a product of matrices, for the same products in list after list."""

    def __init__(self) -> None:
        # One attribute, so that threads that meet here see numbers that belong together.
        self._known: tuple[Calibration, dict[int, Scale], dict[bytes, Scale]] = (Calibration(Moments.none(0)), {}, {})

    def of(self, index: VectorIndex, row: int) -> Scale:
        """Return the scale of a row's vector, which never changes: a product's new vector has a new row."""
        return self.by_row(index)(row)

    def by_row(self, index: VectorIndex) -> Callable[[int], Scale]:
        """Return what finds the scales of many rows, all as of now."""
        calibration, scales, _ = self._now(index)

        def of(row: int) -> Scale:
            if (known := scales.get(row)) is None:
                known = scales[row] = calibration.scale(index.embeddings(np.array([row]))[0])
            return known

        return of

    def of_vector(self, index: VectorIndex, vector: Embedding) -> Scale:
        """Return the scale of any vector, such as the taste of a shopper who looks at page after page."""
        calibration, _, scales = self._now(index)
        name = hashlib.blake2b(vector.tobytes(), digest_size=16).digest()
        if (known := scales.get(name)) is None:
            known = scales[name] = calibration.scale(vector)
        return known

    def _now(self, index: VectorIndex) -> tuple[Calibration, dict[int, Scale], dict[bytes, Scale]]:
        moments = index.moments
        calibration, rows, vectors = self._known
        if calibration.moments is not moments or len(rows) >= KNOWN_ROWS:
            self._known = Calibration(moments), {}, {}
        elif len(vectors) >= KNOWN_VECTORS:
            self._known = calibration, rows, {}
        return self._known
