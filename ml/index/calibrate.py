"""Measures what searches cost on this machine, and how many clusters must be probed to find the exact results."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ml.index.compact import CompactRows, centres_of
from ml.index.planner import REACH_DEPTH, CostModel, Plan, Probing, Reach, Tuning
from ml.index.reaching import reach
from ml.index.segment import inner_products_of
from ml.index.view import View
from ml.types import Embedding, Embeddings, ProductId, RowMask

SHARES = (1.0, 0.45, 0.09, 0.018)  # of the rows allowed: a little below one, a half, a tenth and a fiftieth
DEPTHS = (10, 50, REACH_DEPTH)  # results wanted
PROBES = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
REACH_PROBES = (*PROBES, 1536, 2048)
REACH_DEVIATIONS = 2.5  # of the rows whose cost is measured: the usual cutoff of a search
QUERIES = 48
RERANK = 100
QUARTILE = 0.25  # of times: other work on the machine only ever adds to them
REPEATS = 20  # of each measurement of costs
DIRECT_ROWS = 10_000
GOOD = 0.99
_ASSUMED = CostModel(direct_ns=1e9, scan_ns=1.0)  # scan whatever the number of rows
_DIRECTLY = CostModel(direct_ns=1.0, scan_ns=1e9)


def calibrate(view: View, id_of: Callable[[int], ProductId], go_on: Callable[[], None] = lambda: None) -> Tuning:
    """Measure a view that has compact rows.

    Args:
        view: its tuning is ignored.
        id_of: the product of a row.
        go_on: called between measurements; it may raise to give up.
    """
    if view.compact is None:
        raise ValueError("only compact rows can be calibrated")
    rng = np.random.default_rng(0)
    queries = _queries(view, rng)
    scanning = replace(view, tuning=Tuning(costs=_ASSUMED))
    directly = replace(view, tuning=Tuning(costs=_DIRECTLY))
    costs = CostModel(
        direct_ns=_row_s(directly, _spread(view), queries, id_of) * 1e9,
        scan_ns=_row_s(scanning, [None] * REPEATS, queries, id_of) * 1e9,
    )
    if view.compact.lists == 1:
        return Tuning(costs=costs)
    exact = replace(view, tuning=Tuning(costs=costs))
    probing: list[Probing] = []
    reaches: list[Reach] = []
    for share in SHARES:
        go_on()
        truth = _truth(exact, share, list(_masks(exact, share, rng)), queries, id_of)
        probing += _tuned(exact, truth, queries, id_of)
        reaches += _reach(exact, view.compact, truth, queries)
    return Tuning(costs=costs, probing=tuple(probing), reach=tuple(reaches), rerank=RERANK)


@dataclass(frozen=True, slots=True)
class _Truth:
    """What exact searches find where filters allow one share of the rows.

    Attributes:
        best: for each mask and query, the rows found, best first.
        exact_ms: their time, with the slower mask.
    """

    share: float
    masks: list[RowMask | None]
    best: list[list[NDArray[np.int64]]]
    exact_ms: float


def _truth(
    exact: View, share: float, masks: list[RowMask | None], queries: Embeddings, id_of: Callable[[int], ProductId]
) -> _Truth:
    found = [_answers(partial(exact.best, k=DEPTHS[-1], allowed=mask, id_of=id_of), queries) for mask in masks]
    return _Truth(share, masks, [rows for rows, _ in found], max(cost_ms for _, cost_ms in found))


def _tuned(exact: View, truth: _Truth, queries: Embeddings, id_of: Callable[[int], ProductId]) -> Iterator[Probing]:
    """Yield for each depth the least probing that is good, or the best there is that still beats an exact search."""
    first = 0
    for depth in DEPTHS:
        right = [[rows[:depth] for rows in answers] for answers in truth.best]
        entry = None
        for number, probes in enumerate(PROBES[first:], first):
            plan = Plan("approximate", 0, 0, probes, RERANK)
            recall, cost_ms = 1.0, 0.0
            for mask, wanted in zip(truth.masks, right, strict=True):
                likely_best = partial(exact.likely_best, k=depth, allowed=mask, plan=plan, id_of=id_of)
                answers, cost = _answers(likely_best, queries)
                recall, cost_ms = min(recall, _recall(answers, wanted)), max(cost_ms, cost)
            if entry is not None and cost_ms > truth.exact_ms:
                break
            entry = Probing(share=truth.share, depth=depth, probes=probes, recall=recall, cost_ms=cost_ms)
            first = number  # a greater depth needs no fewer
            if recall >= GOOD or probes >= exact.shape.lists:
                break
        if entry is not None:
            yield entry


def _reach(exact: View, compact: CompactRows, truth: _Truth, queries: Embeddings) -> Iterator[Reach]:
    """Yield the fewest clusters nearest to a query, whatever is allowed, that hold nearly all of the best rows."""
    ranks = [_ranks(compact, query) for query in queries]
    for probes in REACH_PROBES:
        if probes >= compact.lists:
            return
        recall = min(
            sum(
                np.count_nonzero(rank[compact.list_of[rows]] < probes)
                for rank, rows in zip(ranks, answers, strict=True)
            )
            / max(1, sum(map(len, answers)))
            for answers in truth.best
        )
        if recall >= GOOD:
            plan = Plan("approximate", 0, 0, probes)
            times = [_reaching_s(exact, query, plan) for query in queries]
            cost_ms = float(np.quantile(times, QUARTILE)) * 1000
            yield Reach(share=truth.share, probes=probes, recall=recall, cost_ms=cost_ms)
            return


def _ranks(compact: CompactRows, query: Embedding) -> NDArray[np.int64]:
    """Return how many clusters are nearer to a query than each one: int64, shape (lists,)."""
    scores = inner_products_of(centres_of(compact.ivf).get_xb(), query, np.arange(compact.lists))
    scores[compact.sizes == 0] = -np.inf
    ranks = np.empty(compact.lists, np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(compact.lists)
    return ranks


def _reaching_s(view: View, query: Embedding, plan: Plan) -> float:
    mean, variance = view.moments.spread(query)
    start = time.perf_counter()
    reach(view, query, mean + REACH_DEVIATIONS * variance**0.5, None, plan)
    return time.perf_counter() - start


def _masks(view: View, share: float, rng: np.random.Generator) -> Iterator[RowMask | None]:
    """Yield a random filter and one of whole clusters, the hard case: a query may lie far from all of them."""
    if share == 1 or view.compact is None:
        yield None
        return
    yield rng.random(len(view.live)) < share
    order = rng.permutation(view.compact.lists)
    reached = np.cumsum(view.compact.sizes[order]) <= share * view.compact.count
    allowed_lists = np.zeros(view.compact.lists, np.bool_)
    allowed_lists[order[reached]] = True
    list_of = view.compact.list_of
    yield np.where(list_of >= 0, allowed_lists[list_of], False)


def _queries(view: View, rng: np.random.Generator) -> Embeddings:
    """Return vectors of the catalogue moved off in random directions, half of them a little, half of them far."""
    rows = rng.choice(np.flatnonzero(view.live), QUERIES)
    vectors = view.store.embeddings(rows)
    noise = rng.standard_normal(vectors.shape).astype(np.float32)
    noise *= np.where(np.arange(QUERIES) % 2, 0.3, 1.0)[:, np.newaxis] / np.linalg.norm(noise, axis=1, keepdims=True)
    moved = vectors + noise
    queries: Embeddings = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return queries


def _answers(
    search: Callable[[Embedding], tuple[NDArray[np.int64], NDArray[np.float32]]], queries: Embeddings
) -> tuple[list[NDArray[np.int64]], float]:
    """Return the rows found for each query, and the lower quartile of the time of a search in milliseconds."""
    found, times = [], []
    for query in queries:
        start = time.perf_counter()
        found.append(search(query)[0])
        times.append(time.perf_counter() - start)
    return found, float(np.quantile(times, QUARTILE)) * 1000


def _recall(found: list[NDArray[np.int64]], wanted: list[NDArray[np.int64]]) -> float:
    hits = sum(len(np.intersect1d(own, right)) for own, right in zip(found, wanted, strict=True))
    return hits / max(1, sum(len(right) for right in wanted))


def _spread(view: View) -> list[RowMask]:
    """Return masks of rows all over the index, other ones each time: a second look would find them in the cache."""
    rows = np.flatnonzero(view.live)
    apart = max(1, len(rows) // DIRECT_ROWS)
    masks = []
    for number in range(REPEATS):
        mask = np.zeros(len(view.live), np.bool_)
        mask[rows[number % apart :: apart]] = True
        masks.append(mask)
    return masks


def _row_s(
    view: View, masks: Sequence[RowMask | None], queries: Embeddings, id_of: Callable[[int], ProductId]
) -> float:
    """Return the lower quartile of the time of an exact search, for each row looked at."""
    times = []
    for mask, query in zip(masks, queries, strict=False):
        count = len(view.live) if mask is None else int(np.count_nonzero(mask))
        start = time.perf_counter()
        view.best(query, 10, mask, id_of)
        times.append((time.perf_counter() - start) / count)
    return float(np.quantile(times, QUARTILE))
