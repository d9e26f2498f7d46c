"""Which of several readings of a query was meant, when words can't tell."""

from __future__ import annotations

from collections.abc import Sequence

from backend.catalogue.live import LiveCatalogue
from ml.lexical.correct import Correction
from ml.ranking.calibration import spread
from ml.types import Embedding

MEANING = 1.6  # nats for each typical deviation by which the nearest product is nearer
AMONG = 50  # likely nearest products, of which the nearest is taken


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
        # The nearest of those that are likely near: proof that nothing is nearer would take several times as long.
        near = live.index.likely_rows(vectors[at], AMONG)
        nearest = live.index.inner_products(vectors[at], near).max(initial=0.0)
        return readings[at].likelihood + MEANING * float(nearest) / unit

    return readings[max(range(len(readings)), key=score)]
