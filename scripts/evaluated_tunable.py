"""The ranker whose parameters `scripts.evaluate tune` chooses, and the values they may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.evaluate.systems import Scorer, System
from ml.evaluate.tuning import Params, Space
from scripts.evaluated_catalogue import EvaluatedCatalogue
from scripts.evaluated_systems import Baselines

DEPTH = 10  # of the rankings: both nDCG look no further


@dataclass(frozen=True, slots=True)
class Tunable:
    """A ranker with parameters.

    Attributes:
        name: of the ranker, as stored beside its parameters.
        space: the values to try.
        system_of: returns the ranker with these parameters.
    """

    name: str
    space: Space
    system_of: Callable[[Params], System]


def tunable(catalogue: EvaluatedCatalogue) -> Tunable:
    """Return what is tuned on a catalogue: the convex mix of BM25, as a share of its best score, and the cosine."""
    baselines = Baselines(catalogue)
    cosines: dict[str, NDArray[np.float64]] = {}  # every setting asks the same queries

    def mixed(params: Params) -> Scorer:
        def score(text: str) -> NDArray[np.float64]:
            if text not in cosines:
                cosines[text] = baselines.dense(text)
            lexical = baselines.bm25.scores(text, k1=params["k1"], b=params["b"])
            share = lexical / max(float(lexical.max(initial=0.0)), 1e-9)
            return params["vector_weight"] * cosines[text] + (1 - params["vector_weight"]) * share

        return score

    space = {
        "vector_weight": [round(0.05 * step, 2) for step in range(21)],
        "k1": [0.3, 0.6, 0.9, 1.2, 1.6],
        "b": [0.3, 0.5, 0.75],
    }
    return Tunable("mix", space, lambda params: baselines.system("mix", mixed(params), DEPTH))
