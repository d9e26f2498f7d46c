from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.tables import ProductRow
from backend.database.base import Base
from backend.database.engine import BUSY_TIMEOUT_S, Database, configure_sqlite
from backend.database.migrate import migrate


def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    assert ProductRow.metadata is Base.metadata
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.reading() as db:
        before = CatalogueRepository(db).catalogue_id()
    migrate(database)
    with database.reading() as db:
        assert CatalogueRepository(db).catalogue_id() == before


def test_of_several_processes_starting_at_once_one_migrates(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, databases))
    with databases[0].reading() as db:
        assert CatalogueRepository(db).version() == 0
    assert "products" in inspect(databases[0].engine).get_table_names()
    for database in databases:
        database.close()


def test_a_new_file_opened_by_several_at_once_is_never_found_locked(tmp_path: Path) -> None:
    for attempt in range(50):
        together = Barrier(8)

        def write(number: int, together: Barrier = together, path: Path = tmp_path / f"{attempt}.db") -> None:
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)
            together.wait()
            configure_sqlite(connection, None)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"CREATE TABLE mine_{number} (id INTEGER)")
            connection.execute("COMMIT")
            connection.close()

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(write, range(8)))
