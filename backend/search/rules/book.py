"""The rules in memory, kept in step with the database."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from backend.search.rules.effects import (
    NO_EFFECTS,
    ReadyRule,
    RuleEffects,
    moments_of,
    ready_rules,
    rule_effects,
)
from backend.search.rules.repository import RuleRepository
from backend.search.schemas import SearchRequest


class RuleBook:
    """The rules of one process; reading needs no lock, since changed rules replace all at once."""

    def __init__(self) -> None:
        self._rules: tuple[ReadyRule, ...] = ()
        self._moments: tuple[float, ...] = ()
        self._version = -1

    def refresh(self, db: Session) -> None:
        """Read the rules again if they have changed; called whenever the catalogue version has grown."""
        repository = RuleRepository(db)
        version = repository.changed_at_version()
        if version != self._version:
            rules = repository.all()
            self._rules = ready_rules(rules)
            self._moments = moments_of(rules)
            self._version = version

    def period(self) -> int:
        """Return a number that changes when a rule's time begins or ends, the same one in every process."""
        return bisect_right(self._moments, time.time()) if self._moments else 0

    def effects(self, request: SearchRequest) -> RuleEffects:
        """Return what the rules do to a search that begins now."""
        return self.effects_of(request.query, request.filters.category)

    def effects_of(self, query: str, categories: Sequence[str] | None) -> RuleEffects:
        """Return what the rules do to a query, and a filter by categories, that are asked for now."""
        if not self._rules:
            return NO_EFFECTS
        return rule_effects(self._rules, query, categories, datetime.now(UTC))
