"""The servers of a run: ours and the reference, each on a database of its own in the same PostgreSQL and Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import MetaData, create_engine, insert, select
from sqlalchemy.pool import NullPool

from backend.config import Settings
from backend.database.base import Base
from scripts.bench import reference_tables
from scripts.bench.shop import Shop
from scripts.load.loop import Address
from scripts.local_services import fresh_database, postgres_server, redis_server
from scripts.pipeline import open_database
from scripts.serving import Server, running_server

REFERENCE = "scripts.bench.reference:create_app"
BLOCK = 5000
NO_CHANGES: Mapping[str, object] = MappingProxyType({})

LIFTED = {
    "feedback_rate_per_minute": 10**7,
    "rate_limit_per_minute": 10**7,
    "rate_limit_ip_per_minute": 10**7,
    "max_connections": 10_000,
    "max_connections_per_ip": 10_000,
    "recommender_refresh_events": 10**7,
    "recommender_refresh_minutes": 525_600,
}
"""Settings of our server that a measurement would otherwise run into: limits meant for single shoppers, and work of
the background that comes once in many thousand events. Everything else is as it ships. A name that the server doesn't
have is passed over, so that older ones can be measured too."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A running server.

    Attributes:
        ready_s: from its start to its first answer on /ready.
    """

    name: str
    server: Server
    ready_s: float

    @property
    def address(self) -> Address:
        """Where it listens."""
        return Address(self.server.host, self.server.port)


@dataclass(frozen=True, slots=True)
class Ground:
    """What servers can be started on: a filled PostgreSQL database for each, and Redis.

    Attributes:
        postgres: URL of the maintenance database.
        ours, reference: settings of the servers.
    """

    shop: Shop
    postgres: str
    ours: Settings
    reference: Settings

    @contextmanager
    def start(
        self, name: str, *, workers: int = 1, log: Path | None = None, changes: Mapping[str, object] = NO_CHANGES
    ) -> Iterator[Contender]:
        """Run "ours" or "reference" until the block ends; `changes` are of settings."""
        settings, app = (self.reference, REFERENCE) if name == "reference" else (self.ours, "backend.main:create_app")
        start = time.perf_counter()
        with running_server(settings.model_copy(update=dict(changes)), workers=workers, log=log, app=app) as server:
            yield Contender(name, server, time.perf_counter() - start)


@contextmanager
def prepared(shop: Shop, *, with_reference: bool, reference_threads: int = 1) -> Iterator[Ground]:
    """Start PostgreSQL, durable as in production, and Redis, and copy the shop into them.

    Args:
        shop: to copy.
        with_reference: also for the reference server.
        reference_threads: of torch, in that server.
    """
    with ExitStack() as stack:
        postgres = stack.enter_context(postgres_server(durable=True))
        redis = stack.enter_context(redis_server()).removesuffix("/0")
        own = stack.enter_context(fresh_database(postgres))
        lifted = {name: value for name, value in LIFTED.items() if name in Settings.model_fields}
        ours = shop.settings.model_copy(update={"database_url": own, "redis_url": f"{redis}/0", **lifted})
        _copy(shop.settings, ours)
        reference = ours
        if with_reference:
            url = stack.enter_context(fresh_database(postgres))
            reference_tables.fill(url, shop.settings)
            own_settings = {"database_url": url, "redis_url": f"{redis}/1", "faiss_index_path": shop.vectors}
            reference = ours.model_copy(update=own_settings | {"encoder_threads": reference_threads})
        yield Ground(shop, postgres, ours, reference)


def _copy(source: Settings, target: Settings) -> None:
    """Copy every table from the SQLite file into the empty PostgreSQL database."""
    with open_database(target):
        pass  # the schema
    engine = create_engine(target.database_url, poolclass=NullPool)
    with open_database(source) as database, database.reading() as rows, engine.begin() as copy:
        there = MetaData()
        there.reflect(copy)
        for table in Base.metadata.sorted_tables:
            copy.execute(there.tables[table.name].delete())  # rows that migrations write
            for part in rows.execute(select(table)).mappings().partitions(BLOCK):
                copy.execute(insert(table), [dict(row) for row in part])
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE")
