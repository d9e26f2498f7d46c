"""Plans of the event loop's own connection, where a pooler hands out real ones by the transaction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.database.direct import DirectConnection, Statement
from backend.database.engine import Database

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ONE = Statement("SELECT %(value)s::int + 1")
OTHER = Statement("SELECT %(value)s::int * 100")


@pytest.fixture
def pair(database_url: str) -> Iterator[tuple[DirectConnection, DirectConnection]]:
    """Those of two processes."""
    database = Database(database_url)
    one, other = database.direct(), database.direct()
    assert one is not None
    assert other is not None
    yield one, other
    one.close()
    other.close()
    database.close()


async def test_another_process_s_plan_is_never_taken_for_ones_own(
    pair: tuple[DirectConnection, DirectConnection],
) -> None:
    one, other = pair
    assert await one.rows(ONE, {"value": 7}) == [(8,)]
    assert await other.rows(OTHER, {"value": 7}) == [(700,)]
    one._connection, other._connection = other._connection, one._connection  # as a pooler would
    assert await one.rows(ONE, {"value": 8}) == [(9,)]
    assert await other.rows(OTHER, {"value": 8}) == [(800,)]
    assert await other.rows(ONE, {"value": 9}) == [(10,)]


async def test_a_plan_that_another_process_has_made_already_does_no_harm(
    pair: tuple[DirectConnection, DirectConnection],
) -> None:
    one, other = pair
    assert await one.rows(ONE, {"value": 7}) == [(8,)]
    mine = one._connection
    other._connection, one._connection = mine, None
    assert await other.rows(ONE, {"value": 8}) == [(9,)]
