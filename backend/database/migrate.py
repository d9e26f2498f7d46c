"""Brings the schema to the version that this code expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from backend.database.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_KEY = 0x56697472  # any constant of our own: PostgreSQL advisory locks share one number space


def alembic_config() -> Config:
    """Return the Alembic configuration; there is no alembic.ini, since all of it is known here."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> None:
    """Apply missing migrations in one transaction; of several processes starting at once, one does the work."""
    with database.writing() as db:
        if not database.is_sqlite:  # SQLite's write lock is already held
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        config = alembic_config()
        config.attributes["connection"] = db.connection()
        command.upgrade(config, "head")
