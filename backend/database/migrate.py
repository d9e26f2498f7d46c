"""Brings the schema to the version that this code expects."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from backend.database.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_KEY = 0x56697472  # any constant of our own: PostgreSQL advisory locks share one number space


def alembic_config() -> Config:
    """Return the Alembic configuration; there is no alembic.ini, since all of it is known here."""
    config: Config = import_module("alembic.config").Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> None:
    """Apply missing migrations in one transaction; of several processes starting at once, one does the work.

    Alembic and what it brings are imported only where there's something to do: that takes as long as all the rest.
    """
    if _is_current(database):
        return
    with database.writing() as db:
        if not database.is_sqlite:  # SQLite's write lock is already held
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        config = alembic_config()
        config.attributes["connection"] = db.connection()
        import_module("alembic.command").upgrade(config, "head")


def _is_current(database: Database) -> bool:
    newest = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    with database.reading() as db:
        if not inspect(db.connection()).has_table("alembic_version"):
            return False
        return db.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]
