"""Writes of merchandising rules, as the router needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.sync import CatalogueSync
from backend.database.engine import Database
from backend.errors import InvalidRequest, RuleNotFound
from backend.search.rules.repository import RuleRepository
from backend.search.rules.schemas import MAX_RULES, Rule, RuleBody, RuleList, RuleWritten

T = TypeVar("T")


class RuleService:
    """The rules of the shop; a write is followed here when it returns, and soon after everywhere."""

    def __init__(self, database: Database, sync: CatalogueSync) -> None:
        self._database = database
        self._sync = sync

    async def all(self) -> RuleList:
        """Return every rule."""

        def work(db: Session) -> RuleList:
            version = CatalogueRepository(db).version()
            return RuleList(rules=RuleRepository(db).all(), catalogue_version=version)

        return await self._database.read(work)

    async def create(self, body: RuleBody) -> RuleWritten:
        """Store a new rule.

        Raises:
            InvalidRequest: there are as many as there may be.
        """

        def work(rules: RuleRepository) -> Rule:
            if rules.count() >= MAX_RULES:
                raise InvalidRequest(f"there are {MAX_RULES} rules already: delete some that are over")
            return rules.create(body)

        rule, version = await self._write(work)
        return RuleWritten(rule=rule, catalogue_version=version)

    async def replace(self, rule_id: str, body: RuleBody) -> RuleWritten:
        """Store a rule in place of one.

        Raises:
            RuleNotFound: there's none of this id.
        """

        def work(rules: RuleRepository) -> Rule:
            if (rule := rules.replace(rule_id, body)) is None:
                raise RuleNotFound(f"there's no rule {rule_id[:36]!r}")
            return rule

        rule, version = await self._write(work)
        return RuleWritten(rule=rule, catalogue_version=version)

    async def delete(self, rule_id: str) -> None:
        """Delete a rule.

        Raises:
            RuleNotFound: there's none of this id.
        """

        def work(rules: RuleRepository) -> None:
            if not rules.delete(rule_id):
                raise RuleNotFound(f"there's no rule {rule_id[:36]!r}")

        await self._write(work)

    async def _write(self, work: Callable[[RuleRepository], T]) -> tuple[T, int]:
        def write(db: Session) -> tuple[T, int]:
            catalogue, rules = CatalogueRepository(db), RuleRepository(db)
            version = catalogue.lock_version()
            result = work(rules)
            rules.set_changed(version)
            catalogue.set_version(version)
            return result, version

        result, version = await self._database.write(write)
        await self._sync.publish_own_write()
        return result, version
