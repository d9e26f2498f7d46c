"""What a write or a read asks of the database: few statements, and together what is asked for together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import DataError

from backend.catalogue.records import ProductRecord
from backend.catalogue.repository import CatalogueRepository, Outcome
from backend.catalogue.schemas import ProductIn
from backend.catalogue.single_writes import Change, Made, SingleWrites
from backend.config import Settings
from backend.database.direct import DirectConnection, Statement
from backend.database.upsert import insert_new, upsert
from backend.errors import InvalidRequest, VersionConflict
from backend.interaction.log import EventLog
from backend.interaction.states import UserStates
from backend.interaction.tables import InteractionVectorRow
from backend.interaction.vectors import StateSpace
from backend.lifespan import Runtime
from tests.backend.conftest import in_a_recount, put, serving
from tests.backend.interaction.helpers import fill, send, state

IN_THE_BACKGROUND = ("active_model", "interaction_progress", "SELECT interactions.received_at_us", "FROM api_keys")
FOLLOWING_S = 600.0


@pytest.fixture
def quiet(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    """A shop in which nothing but requests asks for products and events."""
    settings = make_settings(
        profile_worker=False, profile_interval_s=FOLLOWING_S, catalogue_poll_interval_s=FOLLOWING_S
    )
    with serving(settings) as client:
        fill(client)
        yield client


@contextmanager
def counted(client: TestClient) -> Iterator[list[str]]:
    engine = _runtime(client).database.engine
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN") or in_a_recount():
            return
        if not any(word in statement for word in IN_THE_BACKGROUND):
            statements.append(statement)

    plain = DirectConnection.rows

    async def noting(connection: DirectConnection, statement: Statement, given: Mapping[str, Any]) -> Any:
        statements.append(statement.text)
        return await plain(connection, statement, given)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(DirectConnection, "rows", noting)
            yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_feedback_takes_two_statements_or_in_a_file_three_and_one_more_with_an_id(quiet: TestClient) -> None:
    is_file = _runtime(quiet).database.is_sqlite
    send(quiet)
    with counted(quiet) as statements:
        send(quiet)
    assert len(statements) == (3 if is_file else 2), statements
    with counted(quiet) as statements:
        send(quiet, event_id="e")
    assert len(statements) == (4 if is_file else 2), statements


def test_a_batch_takes_as_many_as_one_event(quiet: TestClient) -> None:
    events = [{"user_id": f"u{n}", "product_id": "mug", "interaction_type": "CLICK"} for n in range(100)]
    send(quiet)
    with counted(quiet) as statements:
        assert quiet.post("/api/v1/feedback/batch", json={"events": events}).json()["accepted"] == 100
    kinds = {statement.split("VALUES")[0] for statement in statements}
    assert len(kinds) == (3 if _runtime(quiet).database.is_sqlite else 2)


def test_a_state_that_is_in_memory_takes_one_statement(quiet: TestClient) -> None:
    send(quiet)
    state(quiet)
    with counted(quiet) as statements:
        assert state(quiet)["long_term"]["events"] == 1
    assert len(statements) == 1, statements
    send(quiet)
    with counted(quiet) as statements:
        assert state(quiet)["long_term"]["events"] == 2
    assert len(statements) == 1, statements


def test_rows_that_may_be_there_already_go_to_postgresql_together(quiet: TestClient) -> None:
    database = _runtime(quiet).database
    vectors = [{"space": "s", "product_id": f"p{n}", "version": 1, "vector": b"v"} for n in range(100)]
    rows: list[int] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if InteractionVectorRow.__tablename__ in statement:  # others may be of the background
            rows.append(1 + statement.count("), ("))

    for write in (insert_new, upsert):
        with database.writing() as db:
            event.listen(database.engine, "before_cursor_execute", note)
            write(db, InteractionVectorRow, vectors)
            event.remove(database.engine, "before_cursor_execute", note)
        with database.reading() as db:
            assert db.scalar(select(func.count()).select_from(InteractionVectorRow)) == 100
    # SQLite is in this process: nothing is sent.
    assert rows == [1 if database.is_sqlite else 100] * 2


def test_a_change_of_price_takes_at_most_ten_statements(quiet: TestClient) -> None:
    quiet.patch("/api/v1/products/mug", json={"price": 1, "currency": "EUR"})
    with counted(quiet) as statements:
        answer = quiet.patch("/api/v1/products/mug", json={"price": 2}).json()
    assert (answer["outcome"], answer["product"]["price"], answer["product"]["version"]) == ("updated", 2.0, 3)
    assert len(statements) <= 10, statements


def test_states_asked_for_at_once_are_read_together(quiet: TestClient) -> None:
    runtime = _runtime(quiet)
    for number in range(20):
        send(quiet, user_id=f"u{number}")
    space = StateSpace.of(runtime.engine.live.space)

    async def read() -> list[int]:
        found = await asyncio.gather(*(runtime.interactions.states.read(f"u{n}", None, space) for n in range(20)))
        return [one.user_events for one in found]

    begun = 0

    def count(_: Any) -> None:
        nonlocal begun
        begun += 1

    event.listen(runtime.database.engine, "begin", count)
    try:
        assert quiet.portal.call(read) == [1] * 20  # type: ignore[union-attr]
    finally:
        event.remove(runtime.database.engine, "begin", count)
    assert begun <= 2


def test_a_state_that_cannot_be_read_costs_the_others_nothing(
    quiet: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = _runtime(quiet)
    send(quiet, user_id="good")
    space = StateSpace.of(runtime.engine.live.space)
    news = EventLog.news

    def failing(self: EventLog, user_id: str | None, *rest: Any) -> Any:
        if user_id == "bad":
            raise ValueError("bad")
        return news(self, user_id, *rest)

    def failing_too(self: UserStates, asked: Any, *rest: Any) -> Any:
        if asked.user_id == "bad":
            raise ValueError("bad")
        return with_news(self, asked, *rest)

    with_news = UserStates._with_news
    monkeypatch.setattr(EventLog, "news", failing)
    monkeypatch.setattr(UserStates, "_with_news", failing_too)

    async def read() -> list[Any]:
        states = runtime.interactions.states
        return await asyncio.gather(
            *(states.read(name, None, space) for name in ("good", "bad", "good")), return_exceptions=True
        )

    one, bad, other = quiet.portal.call(read)  # type: ignore[union-attr]
    assert one.user_events == other.user_events == 1
    assert isinstance(bad, ValueError)


def test_changes_of_one_transaction_share_a_version_and_follow_each_other(quiet: TestClient) -> None:
    before = put(quiet, "mug", "red steel mug", price=1)["catalogue_version"]
    changes = [_priced("mug", 2), _priced("cup", 3), _priced("mug", 4), _priced("lamp", 5, expected=7), _bad("shoe")]
    mug, cup, again, lamp, shoe = _written(quiet, changes)
    assert [type(one) for one in (mug, cup, again)] == [Made] * 3
    assert (mug.product.price, mug.product.version, again.product.price, again.product.version) == (2, 3, 4, 4)
    assert [type(one) for one in (lamp, shoe)] == [VersionConflict, InvalidRequest]
    # The second change of the mug begins another transaction.
    answer = quiet.patch("/api/v1/products/lamp", json={"stock_quantity": 1}).json()
    assert answer["catalogue_version"] == before + 3


def test_a_change_that_the_database_refuses_costs_the_others_nothing(
    quiet: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upsert = CatalogueRepository.upsert

    def refusing(self: CatalogueRepository, records: Sequence[ProductRecord], *rest: Any, **named: Any) -> Any:
        outcomes: dict[str, Outcome] = upsert(self, records, *rest, **named)
        if any(record.id == "cup" for record in records):
            raise DataError("statement", {}, Exception("too much"))
        return outcomes

    monkeypatch.setattr(CatalogueRepository, "upsert", refusing)
    mug, cup, lamp = _written(quiet, [_priced("mug", 2), _priced("cup", 3), _priced("lamp", 4)])
    assert [type(one) for one in (mug, cup, lamp)] == [Made, DataError, Made]
    monkeypatch.undo()
    prices = [quiet.get(f"/api/v1/products/{id_}").json()["price"] for id_ in ("mug", "cup", "lamp")]
    assert prices == [2, None, 4]


def _priced(product_id: str, price: int, expected: int | None = None) -> Change:
    def edit(row: Any | None) -> ProductIn:
        assert row is not None
        return ProductIn(id=row.id, title=row.title, price=price, currency="EUR")

    return Change(product_id, edit, expected)


def _bad(product_id: str) -> Change:
    def edit(row: Any | None) -> ProductIn:
        raise InvalidRequest("bad")

    return Change(product_id, edit)


def _written(client: TestClient, changes: Sequence[Change]) -> list[Any]:
    """Write changes that wait for the same thread, which hands them on together."""
    runtime = _runtime(client)
    singles = SingleWrites(runtime.database, runtime.engine.live.space)

    async def write() -> list[Any]:
        return await asyncio.gather(*(singles.write(change) for change in changes), return_exceptions=True)

    return asyncio.run(write())


def _runtime(client: TestClient) -> Runtime:
    runtime: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return runtime
