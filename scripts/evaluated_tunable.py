"""The ranker whose parameters `scripts.evaluate tune` chooses, and the values they may take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ml.evaluate.systems import Answer, Question, System
from ml.evaluate.tuning import Params, Space
from ml.ranking.fusion import Relevance
from scripts.evaluated_catalogue import EvaluatedCatalogue
from scripts.evaluated_systems import QueryVectors, ranked, understood

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
    """Return what is tuned on a catalogue: how the server weighs words and meaning."""
    live, vectors = catalogue.live, QueryVectors(catalogue.encoder)
    meant: dict[str, str] = {}  # every setting asks the same queries
    known: dict[str, Relevance] = {}

    def system_of(params: Params) -> System:
        weight = params["similarity"]
        fusion = replace(live.fusion, lexical=1 - weight, similarity=weight, saturation=params["saturation"])

        def relevance(text: str) -> Relevance:
            if text not in known:
                known[text] = live.relevance(vectors.of(text), text)
            return known[text].under(fusion)

        def answer(questions: Sequence[Question]) -> list[Answer]:
            new = [question.text for question in questions if question.text not in meant]
            meant.update(zip(new, understood(live, vectors, new), strict=True))
            texts = [meant[question.text] for question in questions]
            vectors.learn(texts)
            return [
                ranked(live, question, relevance(text), DEPTH)
                for question, text in zip(questions, texts, strict=True)
            ]

        return System("hybrid", answer)

    space = {
        "similarity": [round(0.05 * step, 2) for step in range(4, 13)],  # neither part alone: few queries mislead
        "saturation": [3.0, 4.0, 5.0, 6.0],
    }
    return Tunable("hybrid", space, system_of)
