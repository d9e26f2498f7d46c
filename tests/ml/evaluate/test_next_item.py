from __future__ import annotations

import math

import numpy as np
import pytest

from ml.evaluate.interaction_files import EventRow
from ml.evaluate.next_item import (
    BASELINES,
    OURS,
    PUBLISHED,
    SHARES,
    Choices,
    Items,
    Measured,
    Served,
    gains_by_share,
    measure,
    model_of,
)
from ml.evaluate.next_item_report import report
from ml.evaluate.splits import Case, Split, split_events
from ml.recommend.recommender import Recommender
from ml.recommend.signals import SIGNALS, History, Signals
from ml.recommend.weights import load_weights
from ml.recommend.words import WordVectors
from tests.ml.recommend.shop import ANALYZER, COLOURS, IDS, THINGS, TITLES, alike, row, vectors


@pytest.fixture(scope="module")
def items() -> Items:
    return Items(IDS, vectors(), WordVectors.of(TITLES, ANALYZER), alike())


def rows() -> list[EventRow]:
    """Whoever has a tent and a lamp of a colour takes its stove."""
    rng = np.random.default_rng(0)
    found = []
    for number in range(240):
        colour = COLOURS[rng.integers(len(COLOURS))]
        first = IDS[row(f"{COLOURS[rng.integers(len(COLOURS))]} {THINGS[3]}")]
        history = (first, IDS[row(f"{colour} lamp")], IDS[row(f"{colour} tent")])
        target = IDS[row(f"{colour} stove")] if rng.random() < 0.8 else IDS[rng.integers(len(IDS))]
        found.append(EventRow("valid" if number < 160 else "test", f"u{number}", history, target))
    return found


@pytest.fixture(scope="module")
def split() -> Split:
    return split_events(rows(), [], seed=0)


@pytest.fixture(scope="module")
def measured(items: Items, split: Split) -> Measured:
    choices = Choices.of(items, split, load_weights(), seed=0)
    assert len(choices.choices) == 160
    blends = {OURS: choices.learn().weights, "without together": choices.learn(["together"]).weights}
    return measure(items, split, load_weights().settings, {n: w.astype(np.float32) for n, w in blends.items()}, {})


def test_ours_finds_what_shoppers_do(measured: Measured) -> None:
    means = dict(zip(measured.systems, measured.kept.mean(axis=0)[1], strict=True))
    assert means[OURS] > 0.75
    assert means[OURS] > max(means[name] for name in BASELINES if name != "item-item")
    assert means[OURS] > means["without together"]


def test_a_case_is_ranked_as_the_server_would(items: Items, split: Split, measured: Measured) -> None:
    """The evaluated score is that of `Recommender.score`, with the same model, history and taste."""
    weights = load_weights()
    blends = {OURS: weights.vector}
    found = measure(items, split, weights.settings, blends, {})
    model = model_of(items, split.known)
    recommender, signals = Recommender(model, weights), Signals(model, weights.settings)
    for number, case in enumerate(split.test):
        history = History.of(case.history[::-1], model)
        scores = recommender.score(history, np.arange(20), signals.taste(history, items.vectors))
        place = 1 + int((scores > scores[model.row_of[case.target]]).sum())
        assert found.kept[number, 2, found.systems.index(OURS)] == pytest.approx(1 / place, rel=1e-3)


def test_the_share_of_others_is_found_on_the_tuning_cases(items: Items, split: Split) -> None:
    weights = load_weights()
    gains = gains_by_share(items, split, weights)
    assert tuple(gains) == SHARES
    assert max(gains.values()) == max(gains[share] for share in SHARES if share > 0.3), "the lamp tells the stove"
    lists = {f"{share:g}": Served(weights.vector, share) for share in (0.0, 1.0)}
    found = measure(items, split, weights.settings, {OURS: weights.vector}, {}, served_lists=lists)
    means = dict(zip(found.systems, found.kept.mean(axis=0)[1], strict=True))
    assert means["0"] == pytest.approx(means["exponential mean"], abs=1e-3), "without others the vector alone ranks"
    assert means["1"] > means["0"]
    nothing_to_learn = Split(split.test, split.known, [], ())
    assert gains_by_share(items, nothing_to_learn, weights) == {}


def test_with_seen_products_removed_they_take_no_place(items: Items) -> None:
    split = Split(
        [Case("a", (IDS[0], IDS[1]), IDS[2]), Case("b", (IDS[0], IDS[1]), IDS[1])], {"z": [list(IDS[:3])]}, [], ()
    )
    found = measure(items, split, load_weights().settings, {OURS: load_weights().vector}, {})
    last = found.systems.index("last item")
    cosines = vectors() @ vectors()[1]
    place = 1 + int((cosines > cosines[2]).sum())
    assert found.kept[0, 2, last] == pytest.approx(1 / place)
    seen_above = int((cosines[[0, 1]] > cosines[2]).sum())
    assert seen_above >= 1
    assert found.removed[0, 2, last] == pytest.approx(1 / (place - seen_above))
    assert found.kept[1, 0, last] == 1.0
    assert found.removed[1].max() == 0.0, "a target that was seen is missed"


def test_published_lists_are_measured_on_the_same_cases(items: Items) -> None:
    split = Split([Case("a", (IDS[0], IDS[1]), IDS[2]), Case("b", (IDS[0],), IDS[9])], {"z": [list(IDS[:3])]}, [], ())
    lists = {"sasrec": {"a": (IDS[1], IDS[5], IDS[2]), "b": (IDS[1], IDS[5])}}
    found = measure(items, split, load_weights().settings, {OURS: load_weights().vector}, lists)
    at = found.systems.index(f"{PUBLISHED}sasrec")
    assert found.kept[:, :, at].tolist() == [pytest.approx([1.0, 0.5, 1 / 3]), [0.0, 0.0, 0.0]]
    assert found.removed[0, :, at] == pytest.approx([1.0, 1 / math.log2(3), 0.5])


def test_the_report_has_groups_that_cover_all_cases(measured: Measured, split: Split) -> None:
    weights = {OURS: dict.fromkeys(SIGNALS, 1.0)}
    found = report(measured, split.protocol, weights, {}, seed=0)
    sizes = found.group_sizes
    assert sum(size for name, size in sizes.items() if name.startswith("history")) == found.cases == 80
    assert sum(size for name, size in sizes.items() if name.startswith("target")) == 80
    overall = found.systems["kept"][OURS]["ndcg@10"]
    assert overall.low < overall.mean < overall.high
    minus = found.ours_minus["kept"]["popularity"]["ndcg@10"]
    assert minus.mean == pytest.approx(overall.mean - found.systems["kept"]["popularity"]["ndcg@10"].mean)
    assert 0 < minus.low <= minus.mean <= minus.high
    text = found.render()
    for line in (*split.protocol, "seen kept", "seen removed", "80 cases of 80 users"):
        assert line in text
    assert OURS not in found.ours_minus["kept"]
