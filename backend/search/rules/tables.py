"""Merchandising rules in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Integer, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.database.base import Base, UtcDateTime


class RuleRow(Base):
    """One rule; its conditions and effects as the API takes them."""

    __tablename__ = "merchandising_rules"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    priority: Mapped[int] = mapped_column(Integer)
    enabled: Mapped[bool] = mapped_column(Boolean)
    active_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RulesStateRow(Base):
    """One row: the catalogue version of the last change to a rule; rules share the catalogue's counter and lock."""

    __tablename__ = "merchandising_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    changed_at_version: Mapped[int] = mapped_column(BigInteger)
