"""The systems that are measured side by side on a catalogue: ours, and the baselines that it has to beat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.search.candidates import Hybrid
from backend.search.meant import likeliest
from backend.search.reranking import Reranked, RerankStage, open_stage
from backend.search.understanding import WORDS
from ml.encoder.base import Encoder
from ml.evaluate.bm25 import BM25
from ml.evaluate.comparison import OURS
from ml.evaluate.systems import Answer, Question, Scorer, System, fused_by_rank, scored_system
from ml.ranking.fusion import Relevance
from ml.types import Embedding
from scripts.console import UsageError
from scripts.evaluated_catalogue import EvaluatedCatalogue, refuse_missing

SYSTEMS = (OURS, "bm25", "dense", "rrf")
BLOCK = 256  # queries encoded at a time


def ours(catalogue: EvaluatedCatalogue, depth: int) -> System:
    """Return the system that is to be judged: the ranking that the server gives."""
    settings = catalogue.settings
    stage = open_stage(settings.rerank_weights_path, settings.rerank_depth)
    return served(catalogue.live, catalogue.encoder, depth, stage)


def served(live: LiveCatalogue, encoder: Encoder, depth: int, stage: RerankStage | None = None) -> System:
    """Return the ranking of a live catalogue as a system; rankings have at most `depth` products.

    The system raises UsageError when a judged product can't be found.
    """

    def answer(questions: Sequence[Question]) -> list[Answer]:
        vectors = QueryVectors(encoder)
        meant = understood(live, vectors, [question.text for question in questions])
        vectors.learn(meant)
        return [
            ranked(live, question, text, live.relevance(vectors.of(text), text), depth, stage)
            for question, text in zip(questions, meant, strict=True)
        ]

    return System(OURS, answer)


def understood(live: LiveCatalogue, vectors: QueryVectors, texts: Sequence[str]) -> list[str]:
    """Return what the server would search for, were these queries sent to it."""
    readings = [live.texts.readings(text, WORDS) for text in texts]
    vectors.learn(reading.text for several in readings if len(several) > 1 for reading in several)
    return [
        likeliest(live, several, [vectors.of(reading.text) for reading in several] if len(several) > 1 else []).text
        for several in readings
    ]


def ranked(
    live: LiveCatalogue,
    question: Question,
    text: str,
    relevance: Relevance,
    depth: int,
    stage: RerankStage | None = None,
) -> Answer:
    """Return the first `depth` results of a question, and the order of its judged products.

    Args:
        live: the catalogue.
        question: what is asked.
        text: its words, as they are searched for.
        relevance: of these words.
        depth: how many are wanted, at least 1.
        stage: what puts the first of them into another order.

    Raises:
        UsageError: a judged product can't be found.
    """
    first = Hybrid(live, relevance, wide=False, exact=True)
    members = first.members(None, live.product_count)
    if stage is None:
        found, shortlist = first.best(depth, members).rows, 0
    else:
        reranked = Reranked(live, first, stage, text)
        reranked.resume(None, members)
        shortlist = reranked.size
        found = reranked.best(max(depth, shortlist), members).rows
    ranking = [live.index.id_of(row) for row in found[:depth].tolist()]
    if not question.judged:
        return Answer(ranking, [])
    known = {product_id: live.index.row_of(product_id) for product_id in question.judged}
    refuse_missing([product_id for product_id, row in known.items() if row is None])
    judged = np.array(sorted(row for row in known.values() if row is not None))
    others, _ = relevance.best(judged, len(judged))
    inside = found[:shortlist]
    order = np.concatenate([inside[np.isin(inside, judged)], others[~np.isin(others, inside)]])
    return Answer(ranking, [live.index.id_of(row) for row in order.tolist()])


def parse_systems(text: str) -> tuple[str, ...]:
    """Return the systems named in a comma-separated list, in the order of `SYSTEMS`.

    Raises:
        UsageError: one is unknown, or there's none.
    """
    names = {name.strip() for name in text.split(",") if name.strip()}
    if not names or not names <= set(SYSTEMS):
        raise UsageError(f"--systems wants some of {','.join(SYSTEMS)}, not {text!r}")
    return tuple(name for name in SYSTEMS if name in names)


def open_systems(catalogue: EvaluatedCatalogue, names: Iterable[str], depth: int) -> list[System]:
    """Return the systems of these names; what none of them needs isn't built.

    Args:
        catalogue: to search.
        names: some of `SYSTEMS`.
        depth: how many products a ranking has at most.
    """
    baselines = Baselines(catalogue)
    makers: dict[str, Callable[[], System]] = {
        OURS: lambda: ours(catalogue, depth),
        "bm25": lambda: baselines.system("bm25", baselines.lexical(), depth),
        "dense": lambda: baselines.system("dense", baselines.dense, depth),
        "rrf": lambda: baselines.system("rrf", fused_by_rank([baselines.lexical(), baselines.dense]), depth),
    }
    return [makers[name]() for name in names]


class Baselines:
    """Scores of every product by words alone and by vectors alone, computed plainly and without any index."""

    def __init__(self, catalogue: EvaluatedCatalogue) -> None:
        self.ids = [product.id for product in catalogue.products]
        self.vectors = QueryVectors(catalogue.encoder)
        self._catalogue = catalogue
        self._bm25: BM25 | None = None

    @property
    def bm25(self) -> BM25:
        """BM25 over title, brand and description."""
        if self._bm25 is None:
            texts = ((p.title, p.brand, p.description) for p in self._catalogue.products)
            self._bm25 = BM25([" ".join(filter(None, parts)) for parts in texts])
        return self._bm25

    def lexical(self) -> Scorer:
        """Return the BM25 scores of the products that share a word with the query; the others are no results."""
        bm25 = self.bm25

        def score(text: str) -> NDArray[np.float64]:
            scores = bm25.scores(text)
            return np.where(scores > 0, scores, -np.inf)

        return score

    def dense(self, text: str) -> NDArray[np.float64]:
        """Return the inner products of the query with every product."""
        return (self._catalogue.vectors @ self.vectors.of(text)).astype(np.float64)

    def system(self, name: str, score: Scorer, depth: int) -> System:
        """Make a system of a scorer, which finds its query vectors encoded in blocks."""
        inner = scored_system(name, self.ids, score, depth)
        if name == "bm25":
            return inner

        def answer(questions: Sequence[Question]) -> Sequence[Answer]:
            self.vectors.learn(question.text for question in questions)
            return inner.answer(questions)

        return System(name, answer)


class QueryVectors:
    """Encodes queries in blocks and keeps them, as several systems ask the same ones."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Embedding] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Encode those that aren't known."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(new), BLOCK):
            block = new[start : start + BLOCK]
            self._known.update(zip(block, self._encoder.encode_texts(block), strict=True))

    def of(self, text: str) -> Embedding:
        """Return the vector of a query."""
        self.learn([text])
        return self._known[text]
