"""Asks recommenders what a user chose next, over the whole catalogue, and learns the weights of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.evaluate.ranks import METRICS, RankMetrics, compare_with_target
from ml.evaluate.splits import Case, Known, Split
from ml.recommend.alike import Alike
from ml.recommend.interactions import Act, Interactions
from ml.recommend.learn import Choice, Learned, learn, sampled_choice
from ml.recommend.model import CollaborativeModel, train
from ml.recommend.served import served
from ml.recommend.signals import SIGNALS, History, Signals, SignalSettings
from ml.recommend.weights import PENALTIES, BlendWeights
from ml.recommend.words import WordVectors
from ml.types import Embeddings, ProductId

OURS: Final = "ours"
PUBLISHED: Final = "published: "
BASELINES: Final = {
    "popularity": "popular",
    "last item": "last",
    "last item by words": "last_words",
    "mean": "mean",
    "exponential mean": "taste",
    "item-item": "item_item",
}
"""Name of the system, and the one signal that it ranks by."""
EXTRA: Final = ("last", "last_words", "mean", "item_item")
"""Signals that only baselines use."""

SHARES: Final = tuple(tenth / 10 for tenth in range(11))
"""Shares of the collaborative part that are tried."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """What is known of n products.

    Attributes:
        ids: distinct.
        vectors: float32, shape (n, d), rows of L2 norm 1.
        words: of title and brand.
        alike: of the same.
    """

    ids: Sequence[ProductId]
    vectors: Embeddings
    words: WordVectors
    alike: Alike


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """A list as a server makes it: the vector speaks for itself, and what others chose has a share.

    Attributes:
        weights: of the signals, float32, shape (signals,).
        share: of the collaborative part.
    """

    weights: NDArray[np.float32]
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Metrics of s systems on c cases.

    Attributes:
        systems: their names.
        kept: float64, shape (c, metrics, s): all products ranked.
        removed: the same with the products of the history taken out; a target among them is missed.
        history: int64, shape (c,): products in the history.
        support: float64, shape (c,): shoppers who chose the target in what the tables were learned from.
        users: int64, shape (c,): number of the user.
    """

    systems: tuple[str, ...]
    kept: Floats
    removed: Floats
    history: NDArray[np.int64]
    support: Floats
    users: NDArray[np.int64]


def model_of(items: Items, known: Known) -> CollaborativeModel:
    """Train on what may be known, every choice as strong and as old as any other."""
    row_of = {product_id: row for row, product_id in enumerate(items.ids)}
    acts = (
        Act(f"{user}/{number}", product_id, 1.0, float(place))
        for user, pieces in known.items()
        for number, piece in enumerate(pieces)
        for place, product_id in enumerate(piece)
    )
    return train(items.ids, items.alike, Interactions.collect(acts, row_of))


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Choices of the tuning parts, to learn weights of any subset of the signals from."""

    choices: Sequence[Choice]

    @classmethod
    def of(cls, items: Items, split: Split, start: BlendWeights, seed: int) -> Choices:
        """Compute the signals of every tuning case.

        Args:
            items: the products.
            split: what may be learned.
            start: settings of the signals, and weights that say which products are strong alternatives.
            seed: of the alternatives drawn.
        """
        rng = np.random.default_rng(seed)
        found: list[Choice] = []
        for part in split.tuning:
            signals = Signals(model_of(items, part.known), start.settings)
            for case, values in _signals(items, signals, part.cases):
                target = signals.model.row_of[case.target]
                found.append(sampled_choice(values, target, values @ start.vector, rng))
        return cls(found)

    def learn(self, without: Iterable[str] = ()) -> Learned:
        """Learn the weights of all signals but some.

        Raises:
            TrainingRefused: too few choices.
        """
        left_out = set(without)
        free = np.array([name in PENALTIES for name in SIGNALS])
        return learn(self.choices, free, np.array([name not in left_out for name in SIGNALS]))


def gains_by_share(items: Items, split: Split, weights: BlendWeights) -> dict[float, float]:
    """Return the mean nDCG@10 on the tuning cases, as lists are served with each of `SHARES`; empty without cases."""
    metrics, gains = RankMetrics.up_to(len(items.ids)), []
    for part in split.tuning:
        signals = Signals(model_of(items, part.known), weights.settings)
        for case, values in _signals(items, signals, part.cases):
            scores = _served(values, signals.model, [Served(weights.vector, share) for share in SHARES])
            above, equal = compare_with_target(scores, signals.model.row_of[case.target])
            gains.append(metrics.of(above.sum(axis=0), equal.sum(axis=0))[METRICS.index("ndcg@10")])
    return dict(zip(SHARES, np.mean(gains, axis=0).tolist(), strict=True)) if gains else {}


def measure(
    items: Items,
    split: Split,
    settings: SignalSettings,
    blends: Mapping[str, NDArray[np.float32]],
    lists: Mapping[str, Mapping[str, Sequence[ProductId]]],
    *,
    served_lists: Mapping[str, Served] | None = None,
) -> Measured:
    """Rank all products for every test case under baselines, blends and published lists.

    Args:
        items: the products; they have all of the cases' and of the lists'.
        split: what is asked and known.
        settings: of the signals.
        blends: by name, weights of the signals: float32, shape (signals,).
        lists: by system, then by user, what others recommended; every test user has one.
        served_lists: by name, ways to make a list.
    """
    as_served = served_lists or {}
    signals = Signals(model_of(items, split.known), settings)
    names = (*SIGNALS, *EXTRA)
    weights = np.zeros((len(names), len(BASELINES) + len(blends)), np.float32)
    for column, signal in enumerate(BASELINES.values()):
        weights[names.index(signal), column] = 1.0
    for column, vector in enumerate(blends.values(), len(BASELINES)):
        weights[: len(SIGNALS), column] = vector
    metrics = RankMetrics.up_to(len(items.ids))
    kept, removed = [], []
    for case, values in _signals(items, signals, split.test):
        own = np.concatenate([values, _baselines(items, signals.model, settings, case)], axis=1)
        scores = _served(values, signals.model, list(as_served.values()))
        scores = np.concatenate([own @ weights, scores], axis=1)
        above, equal = compare_with_target(scores, signals.model.row_of[case.target])
        seen = sorted({signals.model.row_of[product_id] for product_id in case.history})
        results = metrics.of(above.sum(axis=0), equal.sum(axis=0))
        missed = case.target in case.history
        unseen = np.zeros_like(results)
        if not missed:
            unseen = metrics.of(
                above.sum(axis=0) - above[seen].sum(axis=0), equal.sum(axis=0) - equal[seen].sum(axis=0)
            )
        listed = [_listed(metrics, by_user[case.user], case) for by_user in lists.values()]
        kept.append(np.column_stack([results, *(one for one, _ in listed)]))
        removed.append(np.column_stack([unseen, *(other for _, other in listed)]))
    numbers = {user: number for number, user in enumerate(dict.fromkeys(case.user for case in split.test))}
    rows = [signals.model.row_of[case.target] for case in split.test]
    return Measured(
        (*BASELINES, *blends, *as_served, *(f"{PUBLISHED}{name}" for name in lists)),
        np.stack(kept),
        np.stack(removed),
        np.array([len(case.history) for case in split.test]),
        signals.model.popularity[rows].astype(np.float64),
        np.array([numbers[case.user] for case in split.test]),
    )


def _signals(items: Items, signals: Signals, cases: Sequence[Case]) -> Iterator[tuple[Case, NDArray[np.float32]]]:
    """Yield the signals of all products for each case."""
    for case in cases:
        history = History.of(case.history[::-1], signals.model)
        yield case, signals.of_all(history, signals.taste(history, items.vectors))


def _served(values: NDArray[np.float32], model: CollaborativeModel, ways: Sequence[Served]) -> NDArray[np.float32]:
    """Score all products as each of w ways does: float32, shape (n, w)."""
    columns = [served(values, model.popularity, way.weights, way.share) for way in ways]
    return np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((len(values), 0), np.float32)


def _baselines(items: Items, model: CollaborativeModel, settings: SignalSettings, case: Case) -> NDArray[np.float32]:
    """Return the signals that only baselines use: float32, shape (n, len(EXTRA))."""
    history = History.of(case.history[::-1], model)
    last = int(history.rows[0])
    mean = items.vectors[history.rows].mean(axis=0)
    recent = history.newest(settings.history)
    together = model.transitions.spread(recent.rows, recent.weights(settings.taste_decay))
    columns = (items.vectors @ items.vectors[last], items.words.similarities(last), items.vectors @ mean, together)
    return np.stack([column.astype(np.float32) for column in columns], axis=1)


def _listed(metrics: RankMetrics, ranking: Sequence[ProductId], case: Case) -> tuple[Floats, Floats]:
    """Return the metrics of a list, and of it without the history; what isn't in it is missed."""
    seen = set(case.history)
    left = [product_id for product_id in ranking if product_id not in seen]
    found = []
    for products in (list(ranking), left):
        if case.target in products:
            place = np.array([products.index(case.target)])
            found.append(metrics.of(place, np.zeros(1, np.int64))[:, 0])
        else:
            found.append(np.zeros(len(METRICS)))
    return found[0], found[1]
