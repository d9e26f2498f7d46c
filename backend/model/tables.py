"""The chosen model in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.database.base import Base, UtcDateTime


class ActiveModelRow(Base):
    """At most one row: the model of every server and command, and the one before it.

    Without a row CLIP_MODEL and CLIP_PRETRAINED decide.
    """

    __tablename__ = "active_model"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    model: Mapped[str] = mapped_column(String(1000))
    pretrained: Mapped[str | None] = mapped_column(String(1000))
    fingerprint: Mapped[str] = mapped_column(String(16))  # of the encoder, without the text template
    activated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    previous_model: Mapped[str] = mapped_column(String(1000))
    previous_pretrained: Mapped[str | None] = mapped_column(String(1000))
    previous_fingerprint: Mapped[str] = mapped_column(String(16))
