"""What was recommended, and who took part in which experiment, in SQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database.base import Base


class RecommendationRow(Base):
    """One list that was served. Its items are JSON: ``[[product, propensity, explored], ...]`` in their order."""

    __tablename__ = "recommendations"
    __table_args__ = (
        Index("ix_recommendations_user_id", "user_id"),
        Index("ix_recommendations_session_id", "session_id"),
        Index("ix_recommendations_served_at_us", "served_at_us"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(String(128))
    session_id: Mapped[str | None] = mapped_column(String(128))
    context: Mapped[str] = mapped_column(String(16))
    rung: Mapped[str] = mapped_column(String(16))
    served_at_us: Mapped[int] = mapped_column(BigInteger)  # microseconds since 1970, as in the log of interactions
    state_version: Mapped[int] = mapped_column(BigInteger)
    catalogue_version: Mapped[int] = mapped_column(BigInteger)
    model_version: Mapped[str | None] = mapped_column(String(64))
    weights: Mapped[str] = mapped_column(Text)  # JSON: by part
    experiments: Mapped[str] = mapped_column(Text)  # JSON: variant by experiment
    items: Mapped[str] = mapped_column(Text)


class ExposureRow(Base):
    """When somebody first met their variant of an experiment."""

    __tablename__ = "experiment_exposures"
    __table_args__ = (Index("ix_experiment_exposures_actor", "kind", "actor"),)

    experiment: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(1), primary_key=True)  # u: a user; s: a session without one
    actor: Mapped[str] = mapped_column(String(128), primary_key=True)
    variant: Mapped[str] = mapped_column(String(64))
    first_at_us: Mapped[int] = mapped_column(BigInteger)
