"""How much each kind of act counts, and how fast it fades."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from ml.errors import RulesRefused

MAX_WEIGHT = 1000.0
DECAY_RANGE_S = (1.0, 10 * 365 * 86_400.0)  # a second to ten years
NEUTRAL_RATING = 3.0
FULL_RATING = 5.0
_DAY_S, _MINUTE_S = 86_400.0, 60.0


class InteractionType(StrEnum):
    """One kind of act."""

    VIEW = "VIEW"
    CLICK = "CLICK"
    ADD_TO_CART = "ADD_TO_CART"
    PURCHASE = "PURCHASE"
    LIKE = "LIKE"
    SHARE = "SHARE"
    RATING = "RATING"
    REMOVE_FROM_CART = "REMOVE_FROM_CART"
    DISLIKE = "DISLIKE"


@dataclass(frozen=True, slots=True)
class TypeRule:
    """One kind of act.

    Attributes:
        weight: what it counts; below 0 it pushes away. Of a rating, what five stars count: the weight of r stars is
            ``weight * (r - 3) / 2``.
        session_decay_s: seconds in which it fades to 1/e within a session.
    """

    weight: float
    session_decay_s: float


_DEFAULT_TYPES = MappingProxyType(
    {
        InteractionType.VIEW: TypeRule(0.1, 5 * _MINUTE_S),
        InteractionType.CLICK: TypeRule(0.3, 10 * _MINUTE_S),
        InteractionType.ADD_TO_CART: TypeRule(0.6, 30 * _MINUTE_S),
        InteractionType.PURCHASE: TypeRule(1.0, 60 * _MINUTE_S),
        InteractionType.LIKE: TypeRule(0.5, 45 * _MINUTE_S),
        InteractionType.SHARE: TypeRule(0.7, 45 * _MINUTE_S),
        InteractionType.RATING: TypeRule(1.0, 60 * _MINUTE_S),
        InteractionType.REMOVE_FROM_CART: TypeRule(-0.3, 30 * _MINUTE_S),
        InteractionType.DISLIKE: TypeRule(-0.5, 60 * _MINUTE_S),
    }
)


@dataclass(frozen=True)
class ProfileRules:
    """Weights and decays of every kind of act.

    Attributes:
        types: a rule for each `InteractionType`.
        long_term_decay_s: seconds in which any act fades to 1/e in the long-term vector.
    """

    types: Mapping[InteractionType, TypeRule] = field(default_factory=lambda: _DEFAULT_TYPES)
    long_term_decay_s: float = 30 * _DAY_S

    def __post_init__(self) -> None:
        if missing := [kind.value for kind in InteractionType if kind not in self.types]:
            raise RulesRefused(f"no rule for {', '.join(missing)}")
        for kind, rule in self.types.items():
            if not (math.isfinite(rule.weight) and abs(rule.weight) <= MAX_WEIGHT):
                raise RulesRefused(f"the weight of {kind.value} is a number from -{MAX_WEIGHT:g} to {MAX_WEIGHT:g}")
            _check_decay(rule.session_decay_s, f"the session decay of {kind.value}")
        _check_decay(self.long_term_decay_s, "the long-term decay")

    @classmethod
    def from_json(cls, text: bytes) -> ProfileRules:
        """Read rules such as ``{"long_term_decay_days": 60, "types": {"VIEW": {"weight": 0, "session_decay_minutes": 5}}}``.

        What is left out keeps its default.

        Raises:
            RulesRefused: it isn't such an object, names something unknown, or a number is out of range.
        """  # noqa: E501
        try:
            values = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise RulesRefused(f"not JSON: {error.msg}") from error
        _check_keys(values, {"long_term_decay_days", "types"}, "the rules")
        types = dict(_DEFAULT_TYPES)
        given = values.get("types", {})
        _check_keys(given, {kind.value for kind in InteractionType}, "types")
        for name, rule in given.items():
            _check_keys(rule, {"weight", "session_decay_minutes"}, name)
            default = types[InteractionType(name)]
            types[InteractionType(name)] = TypeRule(
                _number(rule.get("weight", default.weight), f"{name}.weight"),
                _number(
                    rule.get("session_decay_minutes", default.session_decay_s / _MINUTE_S),
                    f"{name}.session_decay_minutes",
                )
                * _MINUTE_S,
            )
        days = _number(values.get("long_term_decay_days", 30), "long_term_decay_days")
        return cls(MappingProxyType(types), days * _DAY_S)

    @classmethod
    def read(cls, path: Path | None) -> ProfileRules:
        """Read rules from a file; the defaults without one.

        Raises:
            RulesRefused: as for `from_json`, or the file can't be read.
        """
        if path is None:
            return cls()
        try:
            return cls.from_json(path.read_bytes())
        except OSError as error:
            raise RulesRefused(f"can't read {path}: {error.strerror}") from error
        except RulesRefused as error:
            raise RulesRefused(f"{path}: {error}") from error

    def weight_of(self, kind: InteractionType, rating: float | None = None) -> float:
        """Return what one act counts.

        Args:
            kind: of the act.
            rating: 1 to 5, of a `RATING` alone.
        """
        weight = self.types[kind].weight
        if kind is InteractionType.RATING:
            stars = NEUTRAL_RATING if rating is None else rating
            return weight * (stars - NEUTRAL_RATING) / (FULL_RATING - NEUTRAL_RATING)
        return weight

    @cached_property
    def session_decays_s(self) -> tuple[float, ...]:
        """The distinct session decays, ascending: the decay classes of a session."""
        return tuple(sorted({rule.session_decay_s for rule in self.types.values()}))

    def session_class(self, kind: InteractionType) -> int:
        """Return the place of a kind's decay in `session_decays_s`."""
        return self.session_decays_s.index(self.types[kind].session_decay_s)

    @cached_property
    def digest(self) -> str:
        """16 hex digits that change with everything that the long-term vector depends on."""
        weights = {kind.value: self.types[kind].weight for kind in InteractionType}
        content = orjson.dumps([weights, self.long_term_decay_s], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(content).hexdigest()[:16]


def _check_decay(seconds: float, name: str) -> None:
    low, high = DECAY_RANGE_S
    if not low <= seconds <= high:  # NaN fails too
        raise RulesRefused(f"{name} is between a second and ten years")


def _check_keys(value: Any, known: set[str], name: str) -> None:
    if not isinstance(value, dict):
        raise RulesRefused(f"{name} must be a JSON object")
    if unknown := sorted(value.keys() - known):
        raise RulesRefused(f"{name}: unknown {', '.join(unknown)[:200]}; known are {', '.join(sorted(known))}")


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RulesRefused(f"{name} must be a number")
    return float(value)
