"""Filtered recall of an index against brute force in NumPy, also straight after writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from ml.index.base import VectorIndex
from ml.types import Embedding, Embeddings, ProductId, RowMask

SHARES = (1.0, 0.5, 0.1, 0.02, 0.005, 0.001)
TOLERANCE = 2e-6  # brute force adds up in another order; products this close to the last place are as good


@dataclass(frozen=True, slots=True)
class ShareRecall:
    """What was found where a filter allowed one share of the products.

    Attributes:
        share: part of the products that the filter allowed.
        pairs: (filter, query) pairs.
        exact: mean recall of `search`, 0 to 1.
        exact_lowest: the lowest recall of one of its answers.
        planned: mean recall of `candidates`.
        planned_lowest: the lowest recall of one of its answers.
        approximate: answers of `candidates` that weren't exact by plan.
        wrong: products that were returned twice, with a wrong score, or though they weren't allowed. Must be 0.
    """

    share: float
    pairs: int
    exact: float
    exact_lowest: float
    planned: float
    planned_lowest: float
    approximate: int
    wrong: int


def best_scores(scores: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return the k highest scores, or all if there are fewer; in no order."""
    return scores if k >= len(scores) else np.partition(scores, -k)[-k:]


def recall_of(found: NDArray[np.float64], allowed: NDArray[np.float64], k: int) -> float:
    """Return which part of the k best was found; equal scores stand for each other.

    Args:
        found: float64, shape (m,): brute-force scores of the distinct products found.
        allowed: float64, shape (n,): brute-force scores of every allowed product.
        k: how many were wanted.
    """
    wanted = min(k, len(allowed))
    if not wanted:
        return 1.0
    last = best_scores(allowed, k).min()
    return min(wanted, int(np.count_nonzero(found >= last - TOLERANCE))) / wanted


class Shop:
    """The truth beside an index: a matrix of vectors, changed whenever the index is."""

    def __init__(self, index: VectorIndex, ids: Sequence[ProductId], rng: np.random.Generator) -> None:
        """Take over the products of an index.

        Args:
            index: it will be written to.
            ids: of all its products.
            rng: decides what is written, allowed and asked.
        """
        self._index = index
        self._rng = rng
        self._ids = list(ids)
        self._place = {product_id: place for place, product_id in enumerate(self._ids)}
        self._rows = np.array([_row(index, product_id) for product_id in self._ids], np.int64)
        self._vectors: Embeddings = index.embeddings(self._rows)
        self._there = np.ones(len(self._ids), np.bool_)

    def write(self, count: int) -> None:
        """Give some products new vectors, remove some, and bring back some that were removed."""
        places = self._rng.choice(len(self._ids), min(count, len(self._ids)), replace=False)
        leaving = self._there[places] & (self._rng.random(len(places)) < 0.2)
        gone, put = places[leaving], places[~leaving]
        self._index.remove([self._ids[place] for place in gone])
        self._there[gone] = False
        self._vectors[put] = self._near(put)
        self._rows[put] = self._index.upsert([self._ids[place] for place in put], self._vectors[put])
        self._there[put] = True

    def query(self) -> Embedding:
        """Return a vector some way off a product's."""
        vector: Embedding = self._near(self._rng.choice(len(self._ids), 1))[0]
        return vector

    def filter(self, share: float) -> NDArray[np.bool_]:
        """Return which places (n,) a random filter allows; at least one product that is there."""
        allowed = self._there & (self._rng.random(len(self._ids)) < share if share < 1 else True)
        if not allowed.any():
            allowed[self._rng.choice(np.flatnonzero(self._there))] = True
        return allowed

    def truth(self, query: Embedding) -> NDArray[np.float64]:
        """Return the score of each place (n,), by brute force."""
        return (self._vectors @ query).astype(np.float64)

    def judge(
        self,
        truth: NDArray[np.float64],
        allowed: NDArray[np.bool_],
        answer: tuple[NDArray[np.int64], NDArray[np.float32]],
        k: int,
    ) -> tuple[float, int]:
        """Return the recall of an answer, rows and scores, and how many of its products are wrong."""
        rows, scores = answer
        places = np.array([self._place[self._index.id_of(row)] for row in rows.tolist()], np.int64)
        right = allowed[places] & (self._rows[places] == rows) & (np.abs(truth[places] - scores) < TOLERANCE)
        _, firsts = np.unique(places, return_index=True)
        good = np.intersect1d(firsts, np.flatnonzero(right))
        return recall_of(truth[places[good]], truth[allowed], k), len(rows) - len(good)

    def mask(self, allowed: NDArray[np.bool_]) -> RowMask:
        """Return the rows of allowed places."""
        mask = np.zeros(self._index.row_count, np.bool_)
        mask[self._rows[allowed]] = True
        return mask

    def _near(self, places: NDArray[np.int64]) -> Embeddings:
        noise = self._rng.standard_normal((len(places), self._vectors.shape[1]))
        noise *= self._rng.uniform(0.1, 1.0, (len(places), 1)) / np.linalg.norm(noise, axis=1, keepdims=True)
        moved = self._vectors[places] + noise
        near: Embeddings = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
        return near


def measure(
    index: VectorIndex, ids: Sequence[ProductId], *, pairs: int, k: int = 20, written: int = 3, seed: int = 0
) -> Iterator[ShareRecall]:
    """Search with random filters and queries, and yield the recall of each share.

    Args:
        index: searched and written to; discard it afterwards.
        ids: of all its products.
        pairs: (filter, query) pairs of each share.
        k: results wanted.
        written: products written before each search; 0 leaves the index as it is.
        seed: decides everything.
    """
    shop = Shop(index, ids, np.random.default_rng(seed))
    for share in SHARES:
        exact, planned, approximate, wrong = [], [], 0, 0
        for _ in range(pairs):
            if written:
                shop.write(written)
            query, allowed = shop.query(), shop.filter(share)
            truth, mask = shop.truth(query), shop.mask(allowed)
            recall, bad = shop.judge(truth, allowed, index.search(query, k, mask), k)
            exact.append(recall)
            plan = index.plan(k, int(np.count_nonzero(allowed)))
            likely, also_bad = shop.judge(truth, allowed, index.candidates(query, k, mask, plan), k)
            planned.append(likely)
            approximate += plan.mode == "approximate"
            wrong += bad + also_bad
        yield ShareRecall(
            share=share,
            pairs=pairs,
            exact=sum(exact) / pairs,
            exact_lowest=min(exact),
            planned=sum(planned) / pairs,
            planned_lowest=min(planned),
            approximate=approximate,
            wrong=wrong,
        )


def render(figures: Sequence[ShareRecall], k: int) -> str:
    """Return a table for people."""
    lines = [
        f"{'allowed':>8}{'pairs':>7}{f'recall@{k}':>12}{'lowest':>8}{'planned':>9}{'lowest':>8}{'approx.':>9}{'wrong':>7}"
    ]
    lines += [
        f"{row.share:>8.1%}{row.pairs:>7}{row.exact:>12.4f}{row.exact_lowest:>8.3f}{row.planned:>9.4f}"
        f"{row.planned_lowest:>8.3f}{row.approximate:>9}{row.wrong:>7}"
        for row in figures
    ]
    return "\n".join(lines)


def to_json(figures: Sequence[ShareRecall], facts: Mapping[str, object]) -> str:
    """Return one JSON object for machines."""
    return json.dumps({**facts, "shares": [asdict(row) for row in figures]})


def _row(index: VectorIndex, product_id: ProductId) -> int:
    row = index.row_of(product_id)
    if row is None:
        raise ValueError(f"product {product_id} isn't in the index")
    return row
