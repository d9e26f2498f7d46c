"""What the rules do to one search: a pure function of rules, request and time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.catalogue.columns import is_below
from backend.catalogue.row_filter import RowFilter
from backend.search.filters import compiled
from backend.search.rules.schemas import MAX_FACTOR, MAX_POSITION, MIN_FACTOR, Rule, When
from backend.search.rules.words import words_of


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule with its words and filters prepared."""

    rule: Rule
    equals: frozenset[tuple[str, ...]] | None
    contains: tuple[frozenset[str], ...] | None
    boosts: tuple[tuple[RowFilter, float], ...]
    boosting: str
    """The boosts as text: the same one in every process, as JSON keeps their order."""

    @classmethod
    def of(cls, rule: Rule) -> ReadyRule:
        """Prepare a rule."""
        when = rule.when
        return cls(
            rule,
            None if when.query_equals is None else frozenset(map(words_of, when.query_equals)),
            None
            if when.query_contains is None
            else tuple(frozenset(words_of(phrase)) for phrase in when.query_contains),
            tuple((compiled(boost.filters), boost.factor) for boost in rule.boost),
            rule.model_dump_json(include={"boost"}) if rule.boost else "",
        )


@dataclass(frozen=True, slots=True)
class RuleEffects:
    """What applies to one search.

    Attributes:
        pinned: position, counted from 1 and rising, and product; each position and product once.
        boosts: which rows, and a factor: each doubling adds 0.1 to a row's score or browse rank, and one standard
            deviation to its cosine with a picture. A row that several name gets the
            product of the factors, kept between 0.1 and 10 (`bounded`).
        hidden: products that don't appear.
        rules: ids of the rules that apply, the strongest first.
        order: what pins and boosts say, as text: where it differs, so may the order of what isn't hidden. Another
            title or hidden product doesn't change it, nor which process reads the rules.
    """

    pinned: tuple[tuple[int, str], ...] = ()
    boosts: tuple[tuple[RowFilter, float], ...] = ()
    hidden: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()
    order: str = ""


NO_EFFECTS = RuleEffects()


def bounded(factors: Iterable[float]) -> float:
    """Return the product of a row's factors within the bounds of one."""
    return min(max(math.prod(factors), MIN_FACTOR), MAX_FACTOR)


def ready_rules(rules: Iterable[Rule]) -> tuple[ReadyRule, ...]:
    """Prepare rules in the order in which they win: by falling priority, then by id."""
    return tuple(ReadyRule.of(rule) for rule in sorted(rules, key=lambda rule: (-rule.priority, rule.id)))


def moments_of(rules: Iterable[Rule]) -> tuple[float, ...]:
    """Return when enabled rules begin or end, ascending, in Unix seconds."""
    limits = (limit for rule in rules if rule.enabled for limit in (rule.active_from, rule.active_until))
    return tuple(sorted(limit.timestamp() for limit in limits if limit is not None))


def rule_effects(
    rules: Sequence[ReadyRule], query: str, categories: Sequence[str] | None, now: datetime
) -> RuleEffects:
    """Return what the rules do to a search.

    Args:
        rules: from `ready_rules`.
        query: of the shopper.
        categories: that the search is filtered to; None for all.
        now: with its time zone.
    """
    words = words_of(query) if rules else ()
    known = frozenset(words)
    active = [ready for ready in rules if _is_active(ready.rule, now) and _is_for(ready, words, known, categories)]
    if not active:
        return NO_EFFECTS
    hidden = frozenset(id_ for ready in active for id_ in ready.rule.hide)
    pinned = _pinned(active, hidden)
    boosting = [ready.boosting for ready in active if ready.boosting]
    return RuleEffects(
        pinned=pinned,
        boosts=tuple(boost for ready in active for boost in ready.boosts),
        hidden=hidden,
        rules=tuple(ready.rule.id for ready in active),
        order=f"{pinned} {boosting}" if pinned or boosting else "",
    )


def _is_active(rule: Rule, now: datetime) -> bool:
    return (
        rule.enabled
        and (rule.active_from is None or rule.active_from <= now)
        and (rule.active_until is None or now < rule.active_until)
    )


def _is_for(
    ready: ReadyRule, words: tuple[str, ...], known: frozenset[str], categories: Sequence[str] | None
) -> bool:
    when: When = ready.rule.when
    return (
        (ready.equals is None or words in ready.equals)
        and (ready.contains is None or any(wanted <= known for wanted in ready.contains))
        and (when.category is None or _within(categories, when.category))
    )


def _within(categories: Sequence[str] | None, top: str) -> bool:
    return bool(categories) and all(is_below(path.casefold(), top.casefold()) for path in categories or ())


def _pinned(active: Sequence[ReadyRule], hidden: frozenset[str]) -> tuple[tuple[int, str], ...]:
    """Give each product its place; where two want one, the stronger rule's stays and the other goes to the next."""
    places: dict[int, str] = {}
    placed: set[str] = set()
    for ready in active:
        for pin in sorted(ready.rule.pin, key=lambda pin: pin.position):
            if pin.id in hidden or pin.id in placed:
                continue
            free = next((place for place in range(pin.position, MAX_POSITION + 1) if place not in places), None)
            if free is not None:
                places[free] = pin.id
                placed.add(pin.id)
    return tuple(sorted(places.items()))
