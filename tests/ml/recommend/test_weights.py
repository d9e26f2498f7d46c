from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.errors import BadWeights, TrainingRefused
from ml.recommend.learn import Choice, learn, sampled_choice
from ml.recommend.signals import SIGNALS
from ml.recommend.weights import load_weights

TRUE = np.array([2.0, 0.5, 1.0, -1.5])
FREE = np.array([False, False, False, True])


def drawn(count: int, products: int, seed: int = 0) -> list[tuple[np.ndarray[Any, np.dtype[np.float32]], int]]:
    """Choices that were made by a conditional logit with the true weights."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        signals = rng.exponential(1, (products, len(TRUE))).astype(np.float32)
        found.append((signals, int(np.argmax(signals @ TRUE + rng.gumbel(size=products)))))
    return found


def choice(signals: np.ndarray[Any, np.dtype[np.float32]], chosen: int) -> Choice:
    return Choice(np.roll(signals, -chosen, axis=0), np.zeros(len(signals), np.float32))


def test_the_weights_that_made_the_choices_are_found() -> None:
    found = learn([choice(*one) for one in drawn(3000, 30)], FREE)
    assert found.weights == pytest.approx(TRUE, abs=0.12)
    assert found.choices == 3000
    assert found.loss < np.log(30)
    again = learn([choice(*one) for one in drawn(3000, 30)], FREE)
    assert again.weights.tobytes() == found.weights.tobytes()


def test_a_sample_of_the_alternatives_finds_the_same() -> None:
    rng = np.random.default_rng(1)
    start = np.array([1.0, 1.0, 1.0, 0.0], np.float32)
    choices = [sampled_choice(signals, chosen, signals @ start, rng) for signals, chosen in drawn(1500, 2500, seed=2)]
    assert all(len(one.offsets) == 1001 for one in choices)
    assert learn(choices, FREE).weights == pytest.approx(TRUE, abs=0.15)


def test_no_signal_is_turned_into_a_penalty() -> None:
    choices = [choice(*one) for one in drawn(800, 20)]
    bounded = learn(choices, np.array([False] * 4))
    assert bounded.weights[3] == 0.0
    assert (bounded.weights[:3] > 0).all()
    assert bounded.loss > learn(choices, FREE).loss
    without = learn(choices, FREE, np.array([True, False, True, True]))
    assert without.weights[1] == 0.0
    assert without.weights[0] > 0


def test_a_signal_that_is_always_the_same_gets_no_weight() -> None:
    choices = [choice(signals * np.float32([1, 0, 1, 1]), chosen) for signals, chosen in drawn(100, 20)]
    assert learn(choices, FREE).weights[1] == 0.0


def test_too_few_choices_teach_nothing() -> None:
    with pytest.raises(TrainingRefused, match="50 choices or more, not 49"):
        learn([choice(*one) for one in drawn(49, 5)], FREE)


def test_shipped_weights_are_sound_and_survive_writing(tmp_path: Path) -> None:
    shipped = load_weights()
    assert set(shipped.signals) == set(SIGNALS)
    assert shipped.vector.tolist() == pytest.approx([shipped.signals[name] for name in SIGNALS])
    assert shipped.learned_on.choices > 1000
    shipped.save(tmp_path / "weights.json")
    assert load_weights(tmp_path / "weights.json") == shipped


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 2}, "format_version"),
        ({"signals": {"taste": 1.0}}, "a weight for each of"),
        ({"signals": {**dict.fromkeys(SIGNALS, 1.0), "price": 1.0}}, "nothing else"),
        ({"signals": {**dict.fromkeys(SIGNALS, 1.0), "words": -0.1}}, "weight of words below 0"),
        ({"signals": {**dict.fromkeys(SIGNALS, 1.0), "seen": -101.0}}, "seen"),
        ({"signals": {**dict.fromkeys(SIGNALS, 1.0), "taste": "1"}}, "taste"),
        ({"settings": {"history": 0}}, "history"),
        ({"settings": {"closest_decay": 1.5}}, "closest_decay"),
        ({"learned_on": {"data": "", "choices": 1, "loss": 0.0}}, "learned_on.data"),
        ({"more": 1}, "more"),
    ],
)
def test_weights_that_cannot_be_right_are_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(json.loads(load_weights().model_dump_json()) | change))
    with pytest.raises(BadWeights, match=message):
        load_weights(path)


def test_files_that_hold_no_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="can't be read"):
        load_weights(tmp_path / "missing.json")
    for content in (b"", b"{", b"[]", b"\xff", b'{"signals": NaN}'):
        (tmp_path / "bad.json").write_bytes(content)
        with pytest.raises(BadWeights, match="holds no weights"):
            load_weights(tmp_path / "bad.json")
