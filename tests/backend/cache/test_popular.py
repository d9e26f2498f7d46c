"""Which requests count as popular, and how much is remembered of others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from backend.cache import popular
from backend.cache.popular import KNOWN, KNOWN_BYTES, LONGEST, POPULAR, WRITTEN, Popular, PopularRequests
from backend.cache.runtime import Cache
from backend.cache.tables import PopularRequestRow
from backend.config import Settings
from backend.database.engine import Database


def asked(counts: Popular, request: bytes, times: int) -> None:
    for _ in range(times):
        counts.use_of(request).count += 1


def test_only_what_was_asked_often_enough_is_told() -> None:
    counts = Popular()
    asked(counts, b"seldom", POPULAR - 1)
    asked(counts, b"often", POPULAR)
    asked(counts, b"most", POPULAR + 1)
    assert counts.untold() == [(b"most", POPULAR + 1), (b"often", POPULAR)]
    assert counts.untold() == []
    asked(counts, b"often", 1)
    asked(counts, b"seldom", 1)
    assert counts.untold() == [(b"seldom", POPULAR), (b"often", 1)]


def test_what_is_asked_by_its_bytes_is_not_forgotten_for_what_is_asked_once() -> None:
    counts = Popular()
    hot = counts.use_of(b"hot")
    for number in range(3 * KNOWN):
        counts.use_of(b"%d" % number).count += 1
        hot.count += 1  # as the front of the cache does, which doesn't come here
    assert len(counts._uses) == KNOWN
    assert counts.untold() == [(b"hot", 3 * KNOWN)]
    for number in range(2 * KNOWN):
        counts.use_of(b"other %d" % number).count += 1
    assert b"hot" not in {use.request for use in counts._uses.values()}


async def test_what_could_not_be_written_down_is_told_again(database: Database) -> None:
    cache = Cache(database, Settings(_env_file=None))
    asked(cache.popular, b"often", POPULAR)
    with database.writing() as db:
        PopularRequestRow.__table__.drop(db.connection())  # type: ignore[attr-defined]
    with pytest.raises(SQLAlchemyError):
        await cache.tell()
    asked(cache.popular, b"often", 1)
    assert cache.popular.untold() == [(b"often", POPULAR + 1)]


def test_long_requests_are_not_counted() -> None:
    counts = Popular()
    asked(counts, b"x" * (LONGEST + 1), 50)
    assert counts.untold() == []
    assert len(counts._uses) == 0


def test_what_is_remembered_is_bounded_in_bytes() -> None:
    counts = Popular()
    for number in range(2 * KNOWN_BYTES // LONGEST):
        counts.use_of(b"%0*d" % (LONGEST, number))
    held = [len(use.request or b"") for use in counts._uses.values()]
    assert sum(held) == counts._nbytes
    assert KNOWN_BYTES - LONGEST <= sum(held) <= KNOWN_BYTES
    assert {len(key) for key in counts._uses} == {16}


def test_the_table_keeps_the_most_asked(database: Database) -> None:
    now = datetime.now(UTC)
    with database.writing() as db:
        PopularRequests(db).add([(b"favourite", 100)], now - timedelta(days=2))
        for start in range(0, 3 * WRITTEN, WRITTEN):
            PopularRequests(db).add([(b"%d" % (start + number), POPULAR) for number in range(WRITTEN)], now)
        assert db.scalar(select(func.count()).select_from(PopularRequestRow)) == WRITTEN
        assert PopularRequests(db).top(1) == [b"favourite"]


def test_a_writer_does_not_wait_for_rows_that_another_one_prunes(database: Database) -> None:
    """Two who each hold what the other prunes would lock each other up."""
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    long_ago = datetime.now(UTC) - timedelta(days=2 * popular.REMEMBERED)
    with database.writing() as db:
        db.add(PopularRequestRow(digest="old", request="old", uses=9, used_at=long_ago))
    with database.writing() as one:
        one.execute(select(PopularRequestRow).where(PopularRequestRow.digest == "old").with_for_update()).all()
        with database.writing() as two:
            PopularRequests(two).add([(b"new", POPULAR)])
    with database.reading() as db:
        assert PopularRequests(db).top(5) == [b"old", b"new"]
