"""Which of several readings of a query was meant, when words can't tell."""

from __future__ import annotations

from collections.abc import Sequence

from backend.catalogue.live import LiveCatalogue
from ml.lexical.correct import Correction
from ml.ranking.calibration import spread
from ml.types import Embedding

MEANING = 1.6  # nats for each typical deviation by which the nearest product is nearer


def likeliest(live: LiveCatalogue, readings: Sequence[Correction], vectors: Sequence[Embedding]) -> Correction:
    """Return the reading that was probably meant: the likelier by its words, the nearer some product is by meaning.

    What isn't a word of any language, or no thing that the shop sells, lies further from every product.

    Args:
        live: the catalogue.
        readings: from `Texts.readings`, at least one.
        vectors: of their texts, float32, shape (d,), L2 norm 1; not looked at when there's one reading.
    """
    if len(readings) == 1:
        return readings[0]
    unit = spread(live.calibration)

    def score(at: int) -> float:
        _, nearest = live.index.search(vectors[at], 1)
        return readings[at].likelihood + MEANING * float(nearest.max(initial=0.0)) / unit

    return readings[max(range(len(readings)), key=score)]
