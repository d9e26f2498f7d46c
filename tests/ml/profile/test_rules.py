from __future__ import annotations

from pathlib import Path

import pytest

from ml.errors import RulesRefused
from ml.profile.rules import InteractionType, ProfileRules

DEFAULTS = ProfileRules()


@pytest.mark.parametrize(
    ("kind", "weight", "minutes"),
    [
        ("VIEW", 0.1, 5), ("CLICK", 0.3, 10), ("ADD_TO_CART", 0.6, 30), ("PURCHASE", 1.0, 60), ("LIKE", 0.5, 45),
        ("SHARE", 0.7, 45), ("REMOVE_FROM_CART", -0.3, 30), ("DISLIKE", -0.5, 60),
    ],
)  # fmt: skip
def test_the_defaults(kind: str, weight: float, minutes: float) -> None:
    type_ = InteractionType(kind)
    assert DEFAULTS.weight_of(type_) == weight
    assert DEFAULTS.session_decays_s[DEFAULTS.session_class(type_)] == minutes * 60


@pytest.mark.parametrize(("stars", "weight"), [(1, -1.0), (2, -0.5), (3, 0.0), (4.5, 0.75), (5, 1.0)])
def test_a_rating_counts_from_its_middle(stars: float, weight: float) -> None:
    assert DEFAULTS.weight_of(InteractionType.RATING, stars) == weight


def test_a_file_changes_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(
        '{"long_term_decay_days": 60, "types": {"VIEW": {"weight": 0}, "LIKE": {"session_decay_minutes": 7}}}'
    )
    rules = ProfileRules.read(path)
    assert rules.long_term_decay_s == 60 * 86_400
    assert rules.weight_of(InteractionType.VIEW) == 0
    assert rules.types[InteractionType.VIEW].session_decay_s == 300
    assert rules.types[InteractionType.LIKE].session_decay_s == 420
    assert rules.weight_of(InteractionType.CLICK) == 0.3
    assert rules.digest != DEFAULTS.digest == ProfileRules.read(None).digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"types": 3}', "JSON object"),
        ('{"types": {"LOOK": {}}}', "unknown LOOK"),
        ('{"types": {"VIEW": {"tau": 3}}}', "unknown tau"),
        ('{"types": {"VIEW": {"weight": "1"}}}', "must be a number"),
        ('{"types": {"VIEW": {"weight": true}}}', "must be a number"),
        ('{"types": {"VIEW": {"weight": 1e9}}}', "weight of VIEW"),
        ('{"types": {"VIEW": {"session_decay_minutes": 0}}}', "decay of VIEW"),
        ('{"long_term_decay_days": -1}', "long-term decay"),
        ('{"long_term_decay_days": 1e6}', "long-term decay"),
    ],
)
def test_bad_rules_are_refused(text: str, message: str) -> None:
    with pytest.raises(RulesRefused, match=message):
        ProfileRules.from_json(text.encode())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesRefused, match="nowhere"):
        ProfileRules.read(tmp_path / "nowhere.json")
