"""Merchandising rules as a pure function of rules, request and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backend.catalogue.row_filter import AttributeTest, RowFilter
from backend.search.rules.effects import NO_EFFECTS, RuleEffects, bounded, ready_rules, rule_effects
from backend.search.rules.pins import joined, pin_places
from backend.search.rules.schemas import Rule, RuleBody

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def rule(id_: str = "r", **fields: Any) -> Rule:
    defaults = {"title": "t", "when": {"always": True}, "hide": ["x"]}
    return Rule.model_validate({**defaults, **fields, "id": id_, "created_at": NOW, "updated_at": NOW})


def effects(*rules: Rule, query: str = "", categories: tuple[str, ...] | None = None) -> RuleEffects:
    return rule_effects(ready_rules(rules), query, categories, NOW)


@pytest.mark.parametrize(
    ("when", "query", "categories", "applies"),
    [
        ({"always": True}, "", None, True),
        ({"query_equals": ["Beach Towel"]}, " beach  TOWEL! ", None, True),
        ({"query_equals": ["beach towel"]}, "towel beach", None, False),
        ({"query_equals": ["beach towel"]}, "beach towel blue", None, False),
        ({"query_equals": ["x", "\uff37\uff28-1000"]}, "wh 1000", None, True),
        ({"query_contains": ["towel beach", "sun"]}, "red beach towel", None, True),
        ({"query_contains": ["towel"]}, "towels", None, False),
        ({"query_contains": ["towel"]}, "", None, False),
        ({"category": "Home"}, "", ("home > bed",), True),
        ({"category": "Home"}, "", ("Home > Bed", "Garden"), False),
        ({"category": "Home"}, "home", None, False),
        ({"category": "Home > Bed"}, "", ("Home",), False),
        ({"query_contains": ["sun"], "category": "Home"}, "sun", None, False),
        ({"query_contains": ["sun"], "category": "Home"}, "sun", ("Home",), True),
    ],
)
def test_conditions(when: dict[str, Any], query: str, categories: tuple[str, ...] | None, applies: bool) -> None:
    found = effects(rule(when=when), query=query, categories=categories)
    assert (found != NO_EFFECTS) == applies
    assert found.rules == (("r",) if applies else ())


@pytest.mark.parametrize(
    ("fields", "applies"),
    [
        ({"enabled": False}, False),
        ({"active_from": NOW}, True),
        ({"active_from": NOW + timedelta(microseconds=1)}, False),
        ({"active_until": NOW}, False),
        ({"active_until": NOW + timedelta(microseconds=1)}, True),
        ({"active_from": "2026-06-01T13:00:00+02:00"}, True),
    ],
)
def test_a_rule_counts_while_it_is_active(fields: dict[str, Any], applies: bool) -> None:
    assert (effects(rule(**fields)) != NO_EFFECTS) == applies


def test_the_stronger_rule_has_the_place_whatever_the_order_they_came_in() -> None:
    weak = rule("a", pin=[{"id": "p", "position": 1}, {"id": "q", "position": 2}], hide=["h"])
    strong = rule("b", pin=[{"id": "r", "position": 1}, {"id": "q", "position": 5}], hide=[], priority=3)
    hiding = rule("c", pin=[], hide=["r2"])
    for rules in ([weak, strong, hiding], [hiding, strong, weak]):
        found = effects(*rules)
        assert found.pinned == ((1, "r"), (2, "p"), (5, "q"))
        assert found.hidden == {"h", "r2"}
        assert found.rules == ("b", "a", "c")


def test_a_hidden_product_is_not_pinned() -> None:
    assert effects(rule("a", pin=[{"id": "p", "position": 1}], hide=[]), rule("b", hide=["p"])).pinned == ()


def test_boosts_are_filters_with_factors_within_bounds() -> None:
    boost = {"filters": {"brand": "Norda", "attributes": {"unheard": {"min": 3}}}, "factor": 2}
    found = effects(rule(boost=[boost]))
    assert found.boosts == ((RowFilter(brand=("Norda",), attributes=(AttributeTest("unheard", low=3.0),)), 2.0),)
    assert (bounded([]), bounded([2, 3]), bounded([9, 9]), bounded([0.2, 0.2])) == (1, 6, 10, 0.1)


def test_the_order_is_named_by_what_pins_and_boosts_say() -> None:
    boost = {"filters": {"brand": "Norda", "not": {"colour": ["red", "blue"]}}, "factor": 2}
    plain = rule(pin=[{"id": "p", "position": 1}], boost=[boost])
    order = effects(plain).order
    assert order != effects().order == effects(rule()).order == ""  # one that hides moves nothing
    assert effects(rule("r2", pin=plain.pin, boost=[boost], title="Another", hide=["y"])).order == order
    others = [
        rule(pin=[{"id": "p", "position": 2}], boost=[boost]),
        rule(pin=[{"id": "q", "position": 1}], boost=[boost]),
        rule(pin=plain.pin),
        rule(pin=plain.pin, boost=[{**boost, "factor": 3}]),
        rule(pin=plain.pin, boost=[{**boost, "filters": {"brand": "Kavo"}}]),
        rule(pin=plain.pin, boost=[boost, boost]),
    ]
    assert len({order, *(effects(other).order for other in others)}) == 1 + len(others)


@pytest.mark.parametrize(
    "body",
    [
        {"when": {}},
        {"when": {"always": True, "category": "Home"}},
        {"when": {"query_equals": ["..."]}},
        {"when": {"query_contains": []}},
        {"hide": []},
        {"pin": [{"id": "p", "position": 0}]},
        {"pin": [{"id": "p", "position": 1}, {"id": "q", "position": 1}]},
        {"pin": [{"id": "p", "position": 1}, {"id": "p", "position": 2}]},
        {"pin": [{"id": "x", "position": 1}]},
        {"pin": [{"id": "a b", "position": 1}]},
        {"boost": [{"filters": {"brand": "x"}, "factor": 11}]},
        {"boost": [{"filters": {"brand": "x"}, "factor": float("nan")}]},
        {"boost": [{"filters": {}, "factor": 2}]},
        {"active_from": "2026-06-01T12:00:00"},
        {"active_from": "2026-06-01T12:00:00Z", "active_until": "2026-06-01T12:00:00Z"},
        {"active_from": "0001-01-01T00:00:00+14:00"},
        {"title": ""},
        {"unknown": 1},
    ],
)
def test_wrong_rules_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RuleBody.model_validate({"title": "t", "when": {"always": True}, "hide": ["x"], **body})


@given(st.sets(st.integers(1, 12), max_size=6), st.integers(0, 12), st.integers(1, 7))
def test_pages_with_pins_join_to_one_list(pinned: set[int], others: int, limit: int) -> None:
    positions = sorted(pinned)
    total = others + len(positions)
    whole = joined(positions, others, 0, total)
    assert len(whole) == total
    assert [number for pin, number in whole if pin] == list(range(len(positions)))
    assert [number for pin, number in whole if not pin] == list(range(others))
    pages = [entry for start in range(0, total, limit) for entry in joined(positions, others, start, start + limit)]
    assert pages == whole
    for number, (position, place) in enumerate(zip(positions, pin_places(positions, others), strict=True)):
        assert whole[place] == (True, number)
        assert place == position - 1 or all(pin for pin, _ in whole[place:])
