"""Search systems that are measured side by side: a name, and a function from queries to rankings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.evaluate.judgments import Judgments
from ml.evaluate.report import SearchReport
from ml.evaluate.search import evaluate
from ml.index.order import best_first
from ml.types import ProductId

RRF_K = 60  # Cormack et al. 2009

Scorer: TypeAlias = Callable[[str], NDArray[np.float64]]
"""Scores every product for a query: float64, shape (n,); higher is better, -inf is no result."""


class Question(NamedTuple):
    """A query, and the products whose order is wanted besides; none may be."""

    text: str
    judged: Collection[ProductId]


class Answer(NamedTuple):
    """The products found, best first, and the order of the judged ones, all of them and no others."""

    ranking: list[ProductId]
    judged: list[ProductId]


@dataclass(frozen=True, slots=True)
class System:
    """Anything that ranks products; the answers come in the order of the questions."""

    name: str
    answer: Callable[[Sequence[Question]], Sequence[Answer]]


def measured(
    system: System, judgments: Judgments, texts: Mapping[str, str] | None = None, seed: int = 0
) -> SearchReport:
    """Ask a system every judged query and measure its answers.

    Args:
        system: what is asked.
        judgments: the ratings of each query.
        texts: what is asked instead of a query, such as its mistyped form.
        seed: of the bootstrap.

    Raises:
        ValueError: the system's answers lack or repeat products; see `evaluate`.
    """
    asked = [Question(query if texts is None else texts[query], ratings) for query, ratings in judgments.items()]
    answers = dict(zip(judgments, system.answer(asked), strict=True))
    return evaluate(
        judgments,
        {query: answer.ranking for query, answer in answers.items()},
        {query: answer.judged for query, answer in answers.items()},
        seed=seed,
    )


def scored_system(name: str, ids: Sequence[ProductId], score: Scorer, depth: int) -> System:
    """Make a system of a function that scores the whole catalogue; equal scores are ordered by id.

    Args:
        name: of the system.
        ids: of the n products that `score` scores, in its order.
        score: the function; judged products without a score come last.
        depth: how many products a ranking has at most.
    """
    row_of = {product_id: row for row, product_id in enumerate(ids)}

    def answer(questions: Sequence[Question]) -> list[Answer]:
        return [_answer(question, score(question.text)) for question in questions]

    def _answer(question: Question, scores: NDArray[np.float64]) -> Answer:
        rows = np.flatnonzero(scores > -np.inf)
        best, _ = best_first(rows, scores[rows], depth, ids.__getitem__)
        judged = sorted(question.judged, key=lambda id_: (-scores[row_of[id_]], id_))
        return Answer([ids[row] for row in best.tolist()], judged)

    return System(name, answer)


def fused_by_rank(scorers: Sequence[Scorer], k: int = RRF_K) -> Scorer:
    """Return reciprocal rank fusion of whole rankings: the sum of 1 / (k + place); no place where there's no score.

    Products of equal scores take places in their rows' order.

    References:
        Cormack, Clarke and Büttcher 2009, Reciprocal rank fusion outperforms Condorcet.
    """

    def score(text: str) -> NDArray[np.float64]:
        total: NDArray[np.float64] | None = None
        for scorer in scorers:
            scores = scorer(text)
            found = int(np.count_nonzero(scores > -np.inf))
            order = np.argsort(-scores, kind="stable")[:found]
            total = np.zeros(len(scores)) if total is None else total
            total[order] += 1.0 / (k + np.arange(1, found + 1))
        if total is None:
            raise ValueError("there's nothing to fuse")
        return np.where(total > 0, total, -np.inf)

    return score
