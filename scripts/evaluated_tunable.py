"""The ranker whose parameters `scripts.evaluate tune` chooses, and the values they may take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from backend.search.reranking import RerankStage
from ml.evaluate.systems import Answer, Question, System
from ml.evaluate.tuning import Params, Space
from ml.ranking.fusion import Relevance
from ml.ranking.linear import RANKER as RERANK
from ml.ranking.linear import TEXT_FEATURES, LinearReranker
from scripts.evaluated_catalogue import EvaluatedCatalogue
from scripts.evaluated_systems import QueryVectors, ranked, understood

Ranker = Literal["hybrid", "rerank"]
HYBRID: Final = "hybrid"
WEIGHTS = (0.0, 0.05, 0.1, 0.2, -0.05, -0.1)  # of a feature; of settings that are equally good the first is chosen
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


class Queries:
    """Reads each query once: every setting asks the same ones."""

    def __init__(self, catalogue: EvaluatedCatalogue) -> None:
        self._live = catalogue.live
        self._vectors = QueryVectors(catalogue.encoder)
        self._known: dict[str, tuple[str, Relevance]] = {}

    def of(self, query: str) -> tuple[str, Relevance]:
        """Return the words that are searched for, and their relevance."""
        if query not in self._known:
            meant, *_ = understood(self._live, self._vectors, [query])
            self._known[query] = meant, self._live.relevance(self._vectors.of(meant), meant)
        return self._known[query]


def tunable(catalogue: EvaluatedCatalogue, ranker: Ranker) -> Tunable:
    """Return what is tuned on a catalogue."""
    return hybrid(catalogue) if ranker == HYBRID else rerank(catalogue)


def rerank(catalogue: EvaluatedCatalogue) -> Tunable:
    """Return the second stage: what it adds for features of a product's texts and vector.

    Those of the shop (stock, sales, quality) say what it wants to sell, which no judgment of relevance can.
    """
    live, depth = catalogue.live, catalogue.settings.rerank_depth
    queries = Queries(catalogue)

    def system_of(params: Params) -> System:
        stage = RerankStage(LinearReranker(params), depth)

        def answer(questions: Sequence[Question]) -> list[Answer]:
            return [ranked(live, question, *queries.of(question.text), DEPTH, stage) for question in questions]

        return System(RERANK, answer)

    return Tunable(RERANK, dict.fromkeys(TEXT_FEATURES, WEIGHTS), system_of)


def hybrid(catalogue: EvaluatedCatalogue) -> Tunable:
    """Return the first stage: how the server weighs words and meaning."""
    live, queries = catalogue.live, Queries(catalogue)

    def system_of(params: Params) -> System:
        weight = params["similarity"]
        fusion = replace(live.fusion, lexical=1 - weight, similarity=weight, saturation=params["saturation"])

        def one(question: Question) -> Answer:
            text, relevance = queries.of(question.text)
            return ranked(live, question, text, relevance.under(fusion), DEPTH)

        def answer(questions: Sequence[Question]) -> list[Answer]:
            return [one(question) for question in questions]

        return System(HYBRID, answer)

    space = {
        "similarity": [round(0.05 * step, 2) for step in range(4, 13)],  # neither part alone: few queries mislead
        "saturation": [3.0, 4.0, 5.0, 6.0],
    }
    return Tunable(HYBRID, space, system_of)
