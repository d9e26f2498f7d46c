"""All SQL about merchandising rules."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.search.filter_schemas import STORED
from backend.search.rules.schemas import Rule, RuleBody
from backend.search.rules.tables import RuleRow, RulesStateRow

_ID = re.compile(r"[0-9a-f-]{36}")
_COLUMNS = ("title", "priority", "enabled", "active_from", "active_until")


class RuleRepository:
    """Reads and writes rules inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def changed_at_version(self) -> int:
        """Return the catalogue version of the last change to a rule."""
        return self._db.execute(select(RulesStateRow.changed_at_version).where(RulesStateRow.id == 1)).scalar_one()

    def set_changed(self, version: int) -> None:
        """Note that rules changed with a catalogue version."""
        self._db.execute(update(RulesStateRow).where(RulesStateRow.id == 1).values(changed_at_version=version))

    def all(self) -> list[Rule]:
        """Return every rule, by falling priority and then by id."""
        statement = select(RuleRow).order_by(RuleRow.priority.desc(), RuleRow.id)
        return [_to_rule(row) for row in self._db.scalars(statement)]

    def count(self) -> int:
        """Return how many rules there are."""
        return self._db.execute(select(func.count()).select_from(RuleRow)).scalar_one()

    def create(self, body: RuleBody) -> Rule:
        """Store a new rule under an id of its own."""
        now = datetime.now(UTC)
        row = RuleRow(id=str(uuid4()), created_at=now, updated_at=now, **_values(body))
        self._db.add(row)
        return self._as_stored(row)

    def replace(self, rule_id: str, body: RuleBody) -> Rule | None:
        """Store a rule in place of one; None when there's none."""
        row = self._row(rule_id)
        if row is None:
            return None
        for name, value in _values(body).items():
            setattr(row, name, value)
        row.updated_at = datetime.now(UTC)
        return self._as_stored(row)

    def delete(self, rule_id: str) -> bool:
        """Delete a rule; return whether it was there."""
        row = self._row(rule_id)
        if row is None:
            return False
        self._db.delete(row)
        self._db.flush()
        return True

    def _row(self, rule_id: str) -> RuleRow | None:
        """Return the row of a rule; for an id that isn't of our making nobody asks, as PostgreSQL refuses some."""
        return self._db.get(RuleRow, rule_id) if _ID.fullmatch(rule_id) else None

    def _as_stored(self, row: RuleRow) -> Rule:
        """Write a rule and read it again: one that can't be read would stop every write and the next start."""
        self._db.flush()
        self._db.refresh(row)
        return _to_rule(row)


def _values(body: RuleBody) -> dict[str, Any]:
    content = body.model_dump(mode="json", exclude=set(_COLUMNS), exclude_unset=True)
    return {**{name: getattr(body, name) for name in _COLUMNS}, "content": content}


def _to_rule(row: RuleRow) -> Rule:
    columns = {name: getattr(row, name) for name in (*_COLUMNS, "id", "created_at", "updated_at")}
    return Rule.model_validate({**row.content, **columns}, context={STORED: True})
