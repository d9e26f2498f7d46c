"""Measures what searches cost on this machine, and how many clusters must be probed to find the exact results."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ml.index.planner import CostModel, Plan, Probing, Tuning
from ml.index.view import View
from ml.types import Embeddings, ProductId, RowMask

SHARES = (1.0, 0.45, 0.09, 0.018)  # of the rows allowed: a little below one, a half, a tenth and a fiftieth
DEPTHS = (10, 100, 1000)  # results wanted
PROBES = (16, 32, 64, 128, 256, 512, 1024)
QUERIES = 48
RERANK = 100
REPEATS = 20  # of each measurement of costs
DIRECT_ROWS = 2000
GOOD = 0.995  # measured on a few queries, so a little above what is promised
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
        direct_ns=_fastest_s(directly, _spread(view), queries, id_of) * 1e9,
        scan_ns=_fastest_s(scanning, [None] * REPEATS, queries, id_of) * 1e9,
    )
    if view.compact.lists == 1:
        return Tuning(costs=costs)
    exact = replace(view, tuning=Tuning(costs=costs))
    probing: list[Probing] = []
    for share in SHARES:
        go_on()
        masks = list(_masks(exact, share, rng))
        probing += _tuned(exact, share, masks, queries, id_of)
    return Tuning(costs=costs, probing=tuple(probing), rerank=RERANK)


def _tuned(
    exact: View,
    share: float,
    masks: list[RowMask | None],
    queries: Embeddings,
    id_of: Callable[[int], ProductId],
) -> Iterator[Probing]:
    """Yield for each depth the least probing that is good, or the best there is."""
    deepest = DEPTHS[-1]
    right = [[exact.best(query, deepest, mask, id_of)[0] for query in queries] for mask in masks]
    missing = list(DEPTHS)
    best: dict[int, Probing] = {}
    for probes in PROBES:
        if probes > exact.shape.lists or not missing:
            break
        plan = Plan("approximate", 0, 0, probes, RERANK)
        recalls, costs = dict.fromkeys(DEPTHS, 1.0), []
        for mask, wanted in zip(masks, right, strict=True):
            found, times = [], []
            for query in queries:
                start = time.perf_counter()
                found.append(exact.likely_best(query, deepest, mask, plan, id_of)[0])
                times.append(time.perf_counter() - start)
            costs.append(float(np.quantile(times, 0.25)) * 1000)
            for depth in DEPTHS:
                recalls[depth] = min(recalls[depth], _recall(found, wanted, depth))
        for depth in list(missing):
            best[depth] = Probing(share=share, depth=depth, probes=probes, recall=recalls[depth], cost_ms=max(costs))
            if recalls[depth] >= GOOD:
                missing.remove(depth)
    yield from best.values()


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


def _recall(found: list[NDArray[np.int64]], wanted: list[NDArray[np.int64]], depth: int) -> float:
    hits = [len(np.intersect1d(own[:depth], right[:depth])) for own, right in zip(found, wanted, strict=True)]
    return sum(hits) / max(1, sum(len(right[:depth]) for right in wanted))


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


def _fastest_s(
    view: View, masks: Sequence[RowMask | None], queries: Embeddings, id_of: Callable[[int], ProductId]
) -> float:
    """Return the shortest time of an exact search for each row looked at: other work only ever adds to it."""
    shortest = np.inf
    for mask, query in zip(masks, queries, strict=False):
        count = len(view.live) if mask is None else int(np.count_nonzero(mask))
        start = time.perf_counter()
        view.best(query, 10, mask, id_of)
        shortest = min(shortest, (time.perf_counter() - start) / count)
    return shortest
