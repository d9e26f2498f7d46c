"""A pool without a free connection is a database that is down, and not a mistake in what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.database.failures import is_database_down
from backend.database.grouped import together_or_alone
from backend.database.migrate import migrate
from backend.errors import DependencyUnavailable
from backend.interaction.appenders import SMALL
from backend.interaction.events import NewEvent, Outcome
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.writer import EventWriter
from backend.recommend import refresher as refreshing
from backend.recommend.ledger import Ledger
from backend.recommend.refresher import Refresher
from ml.encoder.fake import FakeEncoder
from ml.profile.rules import InteractionType
from scripts.local_services import fresh_database
from tests.backend.recommend.helpers import waiting_list

TIMEOUT_S = 0.2
PATIENCE_S = 20
NO_SPACE = VectorSpace.of(FakeEncoder(), Settings(_env_file=None))


@pytest.fixture
def small(postgres_url: str) -> Iterator[Database]:
    """A database of one connection: whoever has it keeps everybody else waiting."""
    with fresh_database(postgres_url) as url:
        database = Database(url, pool_size=1, max_overflow=0, timeout_s=TIMEOUT_S)
        migrate(database)
        yield database
        database.close()


def event(number: int) -> NewEvent:
    return NewEvent(
        event_id=f"e{number}", has_own_id=True, content_hash="0", user_id="u", session_id=None, product_id="p",
        type=InteractionType.CLICK, rating=None, context=None, position=None, recommendation_id=None, query=None,
        occurred_at_us=1, received_at_us=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "is_down"),
    [
        (OperationalError("SELECT 1", {}, Exception("refused")), True),
        (InterfaceError("SELECT 1", {}, Exception("connection already closed")), True),
        (PoolTimeout("no connection is free"), True),
        (DBAPIError("SELECT 1", {}, Exception("no message"), connection_invalidated=True), True),
        (DependencyUnavailable("in time"), True),
        (DBAPIError("SELECT 1", {}, Exception("a mistake of ours")), False),
        (ProgrammingError("SELEC 1", {}, Exception("syntax")), False),
        (SQLAlchemyError("a mistake of ours"), False),
        (ValueError("bad data"), False),
    ],
)
def test_what_means_that_the_database_is_down(error: Exception, is_down: bool) -> None:
    assert is_database_down(error) is is_down


async def test_recommendations_are_written_once_a_connection_is_free(small: Database) -> None:
    ledger = Ledger(small, max_waiting=10, keep_days=1)
    with small.reading() as db:
        db.execute(text("SELECT 1"))
        assert all(ledger.note(waiting_list(number)) for number in range(3))
        await asyncio.sleep(3 * TIMEOUT_S)
    await asyncio.wait_for(ledger.drained(), PATIENCE_S)
    await ledger.close()
    with small.reading() as db:
        assert db.execute(text("SELECT count(*) FROM recommendations")).scalar_one() == 3


async def test_a_group_without_a_connection_is_tried_once(small: Database) -> None:
    tries: list[int] = []

    def work(group: Sequence[int]) -> list[int]:
        tries.append(len(group))
        with small.reading() as db:
            return [db.execute(text("SELECT 1")).scalar_one() for _ in group]

    with small.reading() as db:
        db.execute(text("SELECT 1"))
        results = await asyncio.to_thread(together_or_alone, work, [1, 2, 3])
    assert [type(result) for result in results] == [PoolTimeout] * 3
    assert tries == [3]


async def test_a_large_group_of_events_without_a_connection_is_tried_once(small: Database) -> None:
    writer = EventWriter(small, EventVectors(), max_waiting=1000)
    append, tries = writer._appender.append, []

    async def counted(space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        tries.append(len(events))
        return await append(space, events)

    writer._appender.append = counted  # type: ignore[method-assign]
    batches = [[event(number) for number in range(SMALL * n, SMALL * (n + 1))] for n in (1, 2, 3)]
    with small.reading() as db:
        db.execute(text("SELECT 1"))
        answers = await asyncio.gather(
            *(writer.write(StateSpace.of(NO_SPACE), batch) for batch in batches), return_exceptions=True
        )
        await writer.close()
    assert {type(answer) for answer in answers} <= {DependencyUnavailable, PoolTimeout}
    assert tries == [3 * SMALL]


async def test_the_refresher_goes_on(small: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "LOOK_S", 0.01)
    monkeypatch.setattr(refreshing, "LEAST_GAP_S", 0.0)
    refresher = Refresher(small, Settings(_env_file=None, recommender_path=tmp_path))
    with small.reading() as db:
        db.execute(text("SELECT 1"))
        refresher.start(lambda: NO_SPACE)
        await asyncio.sleep(3 * TIMEOUT_S)
    assert refresher._task is not None
    assert not refresher._task.done()
    await refresher.close()
