"""The second stage of a search: the head of the list in another order, the same on every page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Ranking
from backend.errors import DependencyUnavailable
from backend.search.candidates import Hybrid
from backend.search.cursor import MAX_KEY, Cursor
from ml.index.order import best_first
from ml.ranking.fusion import Relevance, Rows
from ml.ranking.linear import LinearReranker, read_weights
from ml.ranking.rerank import Reranker, RerankFailed, Scores, Shortlist, rescored, shortlisted, text_features
from ml.types import RowMask

MOST = 2  # times the depth: as many may tie with the last product of a shortlist
GROWN = 4  # times the depth: as many may a shortlist have after writes between two pages
STEPS = 2**40  # in which scores are counted to tell a shortlist by: 1e-12
ORIGIN = 2**56  # makes the number of any score's step positive
LOWEST = 1  # step that every score reaches


@dataclass(frozen=True, slots=True)
class RerankStage:
    """Which reranker is at work, over how many of the first products."""

    reranker: Reranker
    depth: int

    @property
    def name(self) -> str:
        """Names all that the order depends on."""
        return f"{self.reranker.name} over {self.depth}"


def open_stage(weights: Path | None, depth: int) -> RerankStage | None:
    """Return the stage that settings describe; None without weights.

    Raises:
        WeightsRefused: the file isn't one of weights.
    """
    return None if weights is None else RerankStage(LinearReranker(read_weights(weights)), depth)


def shortlist_of(live: LiveCatalogue, relevance: Relevance, words: str, rows: Rows, scores: Scores) -> Shortlist:
    """Return products as rerankers see them.

    Args:
        live: the catalogue.
        relevance: of the query.
        words: of the query, as they are searched for.
        rows: int64, shape (n,).
        scores: of the first stage, float64, shape (n,).
    """
    arrays = live.columns.arrays
    features = {
        **text_features(relevance, rows),
        "quality": arrays.browse_rank[rows] / 2,
        "in_stock": arrays.in_stock[rows].astype(np.float64),
        "on_sale": (arrays.discount[rows] > 0).astype(np.float64),
    }
    return Shortlist(words, rows, scores, features)


class Reranked:
    """Candidates of which the first are in the reranker's order, and the others follow in their own.

    A second stage neither adds results nor removes any.

    The shortlist is told by a score of the first stage, the *cut*: at or above it a product belongs to it. The cut is
    the sort key of every product in the list, positive in the shortlist and negative behind it; so a cursor carries
    it to the next page, and a product that is written or deleted in between makes no other change sides.
    """

    def __init__(self, live: LiveCatalogue, first: Hybrid, stage: RerankStage, words: str) -> None:
        """Prepare a search.

        Args:
            live: the catalogue.
            first: the candidates in the order of the first stage.
            stage: what puts the first of them into another order.
            words: of the query, as they are searched for.
        """
        self.added: dict[int, float] = {}
        """What the stage added to the score, by row of the shortlist; known once a page was cut."""
        self._live = live
        self._first = first
        self._stage = stage
        self._words = words
        self._cut = 0
        self._fetched = MOST * stage.depth + 1
        self._head: Ranking | None = None

    @property
    def size(self) -> int:
        """Products in the shortlist, once `resume` has chosen it."""
        return 0 if self._head is None else self._inside(self._head)

    def resume(self, after: Cursor | int | None, members: RowMask | None) -> Cursor | int | None:
        """Choose the cut, that of the page before if there is one, and return where to go on.

        Args:
            after: where the page before ended.
            members: of the list.

        Returns:
            The same; or only how many products came before, where so much was written meanwhile that the shortlist
            has to be chosen anew.
        """
        depth = self._stage.depth
        goes_on = isinstance(after, Cursor) and abs(after.key) != MAX_KEY  # that one is in front of every product
        self._fetched = (GROWN if goes_on else MOST) * depth + 1
        head = self._head = self._first.best(self._fetched, members)
        if isinstance(after, Cursor) and goes_on:
            self._cut = abs(after.key)
            if self._inside(head) <= GROWN * depth:
                return after
            after = after.seen
        self._cut = _cut_behind(head.ranks, shortlisted(head.ranks, depth, MOST * depth))
        return after

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the first k of the list.

        Args:
            k: how many are wanted.
            members: as `resume` was given them.

        Raises:
            DependencyUnavailable: the reranker failed.
        """
        whole = self._head
        if whole is None or len(whole) == self._fetched < k:
            whole = self._first.best(max(k, self._fetched), members)
        inside = self._inside(whole)
        rows, ranks = whole.rows[:inside], whole.ranks[:inside]
        ordered, scores = best_first(rows, self._rescored(rows, ranks), inside, self._live.index.id_of)
        self.added = dict(zip(ordered.tolist(), (scores - _looked_up(ordered, rows, ranks)).tolist(), strict=True))
        keys = np.full(len(whole), -self._cut, np.int64)
        keys[:inside] = self._cut
        joined = Ranking(
            np.concatenate([ordered, whole.rows[inside:]]),
            np.concatenate([scores, whole.ranks[inside:]]),
            self._live.index.id_of,
            self._live.columns.arrays,
            keys=keys,
        )
        return joined.kept(np.arange(min(k, len(joined))))

    def _rescored(self, rows: Rows, ranks: Scores) -> Scores:
        if not len(rows):
            return ranks
        shortlist = shortlist_of(self._live, self._first.relevance, self._words, rows, ranks)
        try:
            return rescored(self._stage.reranker, shortlist)
        except RerankFailed as error:
            raise DependencyUnavailable(f"the results can't be put in order: {error}") from error

    def _inside(self, ranking: Ranking) -> int:
        """Return how many of the first products are in the shortlist."""
        return int(np.count_nonzero(ranking.ranks >= (self._cut - ORIGIN) / STEPS)) if self._cut else 0


def _cut_behind(scores: Scores, count: int) -> int:
    """Return a cut, above 0, that the first `count` of falling scores reach and the next doesn't; 0 for none of them.

    It lies halfway between the two, as every write moves every score a little: what is rare depends on all products.
    """
    if count == len(scores):
        return min(count, LOWEST)
    return math.floor((scores[count - 1] + scores[count]) / 2 * STEPS) + ORIGIN if count else 0


def _looked_up(wanted: Rows, rows: Rows, values: Scores) -> Scores:
    order = np.argsort(rows)
    found: Scores = values[order[np.searchsorted(rows, wanted, sorter=order)]]
    return found
