"""Requests that are asked often, in SQL: how a restarted server knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database.base import Base, UtcDateTime


class PopularRequestRow(Base):
    """One request without a user or session, and how often it was asked; derived, may be emptied at any time."""

    __tablename__ = "popular_requests"
    __table_args__ = (Index("ix_popular_requests_uses", "uses"),)

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    request: Mapped[str] = mapped_column(Text)
    uses: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
