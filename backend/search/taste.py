"""What a shopper's taste does to the order of a search; never to what is found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Ranking
from backend.search.acts import NO_ACTS, Acts
from backend.search.leaning import Leaning, Liked
from backend.search.liking import Liking
from ml.ranking.blend import VectorPart
from ml.ranking.fusion import Fusion, Relevance
from ml.types import Embedding

LEADERS = 10  # first results by which a query shows how much it leaves open
COMPARED = 50  # first results among which taste compares products of one category
CLOSE = 0.1  # of a score, whose parts reach 1: a result so near to the best could as well be the one that is meant
SLACK = 1e-6  # of a coverage, which is a sum


@dataclass(frozen=True, slots=True)
class Taste:
    """What one search knows of its shopper.

    Attributes:
        part: whose taste it is; a session stands in for somebody without a past.
        vector: float32, shape (d,), L2 norm 1; None where there is nothing to go by.
        acts: of shopper and session.
        most: largest weight that taste may have; 0 moves nothing.
        fusion: weights of words and meaning that an experiment gives this shopper; None leaves them.
        version: of the shopper's state.
        state: names it in the keys of caches.
        variants: by experiment that the answer is part of.
        may_be_told: whether who asks may hear what the shopper likes.
    """

    part: Literal["long_term", "session"] = "long_term"
    vector: Embedding | None = None
    acts: Acts = NO_ACTS
    most: float = 0.0
    fusion: Fusion | None = None
    version: int | None = None
    state: str = ""
    variants: Mapping[str, str] = field(default_factory=dict)
    may_be_told: bool = True

    @property
    def does_nothing(self) -> bool:
        """Whether a search with it finds what it finds for everybody, in the same order."""
        return self.most <= 0 and self.fusion is None

    @property
    def key(self) -> str:
        """Names the state of the shopper and what experiments do to it, for caches; vectors fade without a change."""
        moved = f"{self.most} {self.fusion} {sorted(self.variants.items())}"
        return f"{self.state} {moved} {self.may_be_told}"

    @property
    def basis(self) -> str:
        """Names what it does to scores by itself, for cursors."""
        digest = "" if self.vector is None else hashlib.blake2b(self.vector.tobytes(), digest_size=8).hexdigest()
        return f"{self.part} {digest} {self.most} {self.fusion}"


NO_TASTE = Taste()


@dataclass(frozen=True, slots=True)
class ProductTaste:
    """What a list of products like one knows of its shopper.

    Attributes:
        vectors: float32, shape (d,), of the shopper's parts.
        weights: of these and of the part `product`; empty when there are none: then the product alone counts.
        version: of the shopper's state; None when nobody is named.
    """

    vectors: Mapping[str, Embedding] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """Taste at work in one search.

    Attributes:
        part: whose taste.
        weight: what it counts; words and meaning count the rest.
        leaning: to products of one category.
        may_be_told: whether who asks may hear what it is made of.
    """

    part: Literal["long_term", "session"]
    weight: float
    leaning: Leaning
    may_be_told: bool

    @property
    def basis(self) -> str:
        """Names what scores depend on besides the taste, for cursors."""
        return f"{self.weight} {self.leaning.basis}"

    def scores(self, live: LiveCatalogue, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what it adds to the scores of rows, at most its weight either way: float64, shape (n,)."""
        added: NDArray[np.float64] = self.weight * self.leaning.scores(live, rows)
        return added

    def parts(self, live: LiveCatalogue, row: int) -> list[Liked]:
        """Return what its addition to one product is made of."""
        return [part._replace(score=self.weight * part.score) for part in self.leaning.parts(live, row)]


def openness(scores: NDArray[np.float64], fit: NDArray[np.float64]) -> float:
    """Return how much a query leaves open, 0 to 1: the share of its first results that are as good as the best.

    They are close to it, and no word of the query is missing in them that the best has; if that one's title is the
    query, so is theirs. So a title leaves nothing open, however much alike the variants of a product are.

    Args:
        scores: float64, shape (n,), of the first results without taste, best first.
        fit: float64, shape (n,): share of the query's words in each, and 1 more where the query is the title.
    """
    if len(scores) < 2:
        return 0.0
    as_good = (scores[1:] >= scores[0] - CLOSE) & (fit[1:] >= fit[0] - SLACK)
    return float(np.count_nonzero(as_good)) / (len(scores) - 1)


def at_work(live: LiveCatalogue, taste: Taste, relevance: Relevance, leaders: Ranking) -> Personal | None:
    """Return what taste does to a search; None where it has nothing to say.

    A query whose SKU or model number some product has is left alone.

    Args:
        live: the catalogue.
        taste: of the shopper.
        relevance: of the query, without taste.
        leaders: the first `COMPARED` results without taste.
    """
    if relevance.has_exact:
        return None
    first = leaders.rows[:LEADERS]
    fit = relevance.coverage(first) + relevance.titled(first)
    weight = round(taste.most * openness(leaders.ranks[:LEADERS], fit), 6)
    if weight <= 0:
        return None
    vector = None if taste.vector is None else VectorPart.of(taste.vector, live.calibration)
    leaning = Leaning.among(live, leaders.rows, vector, Liking.of(live, taste.acts))
    return None if leaning is None else Personal(taste.part, weight, leaning, taste.may_be_told)


def moved(live: LiveCatalogue, relevance: Relevance, fusion: Fusion, personal: Personal) -> Relevance:
    """Return the relevance of a query with taste in it: the same results in another order."""
    rest = 1 - personal.weight
    scaled = replace(fusion, lexical=rest * fusion.lexical, similarity=rest * fusion.similarity)
    before = relevance.bonus

    def bonus(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        added = personal.scores(live, rows)
        return added if before is None else before(rows) + added

    return relevance.under(scaled, bonus)
