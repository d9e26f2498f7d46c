from __future__ import annotations

import numpy as np
import pytest

from ml.recommend.signals import SIGNALS, TASTE, History, Signals, SignalSettings
from ml.types import ProductId
from tests.ml.recommend.shop import IDS, TITLES, campers, model_of, row, vectors

SETTINGS = SignalSettings()


def signal(signals: Signals, history: History, name: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    found = signals.of_all(history, signals.taste(history, vectors()))
    assert found.shape == (len(TITLES), len(SIGNALS))
    assert np.isfinite(found).all()
    return found[:, SIGNALS.index(name)]


@pytest.fixture(scope="module")
def signals() -> Signals:
    return Signals(model_of(campers()), SETTINGS)


def history(*titles: str) -> History:
    """Newest first."""
    return History.of_rows([row(title) for title in titles])


def test_what_others_took_next_is_together(signals: Signals) -> None:
    found = signal(signals, history("blue tent"), "together")
    assert np.argmax(found) == row("blue stove")
    assert np.count_nonzero(found) == 1
    popularity = 4.0
    assert found[row("blue stove")] == pytest.approx(np.log1p(10 * 4 / popularity))
    backward = signal(signals, history("blue stove"), "together")
    assert 0 < backward[row("blue tent")] < found[row("blue stove")]


def test_likeness_fades_with_newer_products(signals: Signals) -> None:
    newest, older = history("red tent", "blue lamp"), history("blue lamp", "red tent")
    for name in ("closest", "words"):
        fresh, faded = signal(signals, newest, name), signal(signals, older, name)
        assert fresh[row("red tent")] == 1.0
        assert faded[row("red tent")] == pytest.approx(SETTINGS.closest_decay)
        assert fresh[row("green tent")] > faded[row("green tent")] > 0


def test_taste_is_the_cosine_with_a_decayed_mean(signals: Signals) -> None:
    asked = history("red tent", "blue lamp")
    mean = vectors()[row("red tent")] + SETTINGS.taste_decay * vectors()[row("blue lamp")]
    expected = vectors() @ (mean / np.linalg.norm(mean))
    assert signal(signals, asked, "taste") == pytest.approx(expected, abs=1e-6)
    strong = History(asked.rows, np.array([0.1, 1.0], np.float32))
    assert signals.taste(strong, vectors())[row("blue lamp")] > signals.taste(asked, vectors())[row("blue lamp")]


def test_popular_and_seen(signals: Signals) -> None:
    asked = history("red tent", "blue lamp")
    popular = signal(signals, asked, "popular")
    assert np.argmax(popular) == row("red lamp")
    assert popular[row("red lamp")] == pytest.approx(np.log1p(10))
    assert np.flatnonzero(signal(signals, asked, "seen")).tolist() == sorted(asked.rows.tolist())


def test_of_a_new_shopper_only_popularity_is_known(signals: Signals) -> None:
    nobody = History.of([], signals.model)
    found = signals.of_all(nobody, signals.taste(nobody, vectors()))
    known = [name for at, name in enumerate(SIGNALS) if found[:, at].any()]
    assert known == ["popular"]


def test_some_products_get_the_signals_they_have_among_all(signals: Signals) -> None:
    asked = history("red tent", "blue lamp")
    taste = signals.taste(asked, vectors())
    rows = np.array([3, 17, 3, 0])
    everything = signals.of_all(asked, taste)
    assert signals.of_rows(asked, rows, taste[rows]).tobytes() == everything[rows].tobytes()


def test_a_product_newer_than_the_model_has_taste_alone(signals: Signals) -> None:
    asked = history("red tent")
    found = signals.of_rows(asked, np.array([-1, row("red stove")]), np.array([0.5, 0.25], np.float32))
    assert found[0].tolist() == [0.5 if at == TASTE else 0.0 for at in range(len(SIGNALS))]
    assert found[1, TASTE] == 0.25
    assert found[1, SIGNALS.index("together")] > 0


def test_histories_are_of_known_distinct_products(signals: Signals) -> None:
    products = [IDS[4], ProductId("gone"), IDS[2], IDS[4], IDS[5]]
    assert History.of(products, signals.model).rows.tolist() == [4, 2, 5]
    weighed = History.of(products, signals.model, [0.5, 1.0, 0.0, 1.0, 0.25])
    assert weighed.rows.tolist() == [4, 5]
    assert weighed.strengths.tolist() == [0.5, 0.25]
    assert len(signals.of_all(History.of([ProductId("gone")], signals.model), None)) == len(TITLES)


def test_only_the_newest_products_count() -> None:
    signals = Signals(model_of(campers()), SignalSettings(history=2))
    short, long = history("red tent", "blue lamp"), history("red tent", "blue lamp", "green stove")
    for name in SIGNALS:
        if name != "seen":
            assert signal(signals, short, name).tolist() == signal(signals, long, name).tolist()
    assert signal(signals, long, "seen")[row("green stove")] == 1.0
