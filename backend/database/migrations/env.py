"""Runs migrations over the connection that `backend.database.migrate` hands in."""

from alembic import context

import backend.access.tables
import backend.cache.tables
import backend.catalogue.tables
import backend.interaction.tables
import backend.model.tables
import backend.recommend.tables
import backend.search.rules.tables  # noqa: F401  registers the tables with Base
from backend.database.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
context.run_migrations()
