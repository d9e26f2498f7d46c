"""Alembic environment; `migrate` in backend.database.migrate runs it."""
