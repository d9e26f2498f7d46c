"""The log of interactions in SQL, and what is derived from it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database.base import Base

ACTIVE = 10  # events from which a user is an active one


class InteractionRow(Base):
    """One act of a shopper. Rows are only ever added, and deleted when a user is erased.

    Times are microseconds since 1970 (UTC): the fold computes with them, a million at a time.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        Index("ix_interactions_user_id_seq", "user_id", "seq"),
        Index("ix_interactions_session_id_seq", "session_id", "seq"),
        Index(
            "ix_interactions_purchases",
            "user_id",
            "seq",
            sqlite_where=text("type = 'PURCHASE'"),
            postgresql_where=text("type = 'PURCHASE'"),
        ),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # in the order of commits
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    content_hash: Mapped[str] = mapped_column(String(32))  # of what the client sent, to know a repetition
    user_id: Mapped[str | None] = mapped_column(String(128))
    session_id: Mapped[str | None] = mapped_column(String(128))
    product_id: Mapped[str] = mapped_column(String(128))
    type: Mapped[str] = mapped_column(String(16))
    rating: Mapped[float | None] = mapped_column(Float)
    context: Mapped[str | None] = mapped_column(String(16))
    position: Mapped[int | None] = mapped_column(Integer)
    recommendation_id: Mapped[str | None] = mapped_column(String(64))
    query: Mapped[str | None] = mapped_column(String(2000))
    occurred_at_us: Mapped[int] = mapped_column(BigInteger)
    received_at_us: Mapped[int] = mapped_column(BigInteger)
    space: Mapped[str | None] = mapped_column(String(16))  # the product vectors in use when it was written
    vector_version: Mapped[int | None] = mapped_column(BigInteger)  # of the product's vector; None without one


class InteractionStateRow(Base):
    """One row. Writers lock it, so events are numbered in the order of their commits and without gaps.

    `erasures` grows with every erased user: a process that sees a new number forgets all it has cached.
    """

    __tablename__ = "interaction_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    erasures: Mapped[int] = mapped_column(BigInteger)


class InteractionVectorRow(Base):
    """A product's vector as events used it: products change and go, the fold stays what it was."""

    __tablename__ = "interaction_vectors"

    space: Mapped[str] = mapped_column(String(16), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)  # -1: for events of other spaces
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # little-endian float32; empty where there was none


class ProfileRow(Base):
    """A user's long-term sum up to `applied_seq`, under one space and one set of rules."""

    __tablename__ = "profiles"
    __table_args__ = (
        Index("ix_profiles_user_id", "user_id"),
        Index(
            "ix_profiles_active",
            "space",
            "applied_seq",
            sqlite_where=text(f"events >= {ACTIVE}"),
            postgresql_where=text(f"events >= {ACTIVE}"),
        ),
    )

    space: Mapped[str] = mapped_column(String(33), primary_key=True)  # of the vectors, and the rules' digest
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    sum: Mapped[bytes] = mapped_column(LargeBinary)  # little-endian float64
    mass: Mapped[float] = mapped_column(Float)
    reference_s: Mapped[float | None] = mapped_column(Float)  # None while every weight was 0
    events: Mapped[int] = mapped_column(BigInteger)
    applied_seq: Mapped[int] = mapped_column(BigInteger)


class ProgressRow(Base):
    """How far something that is derived from the log has come; its worker locks the row."""

    __tablename__ = "interaction_progress"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    applied_seq: Mapped[int] = mapped_column(BigInteger)


class PopularityRow(Base):
    """A product's popularity: the sum over its votes."""

    __tablename__ = "product_popularity"

    product_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    log_score: Mapped[float] = mapped_column(Float)  # logarithm of the sum of exp(strength)
    actors: Mapped[int] = mapped_column(Integer)


class VoteRow(Base):
    """What one actor says for one product: their strongest act, counted once."""

    __tablename__ = "popularity_votes"
    __table_args__ = (Index("ix_popularity_votes_actor", "actor"),)

    product_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    actor: Mapped[str] = mapped_column(String(130), primary_key=True)  # "u:" and a user, or "s:" and a session
    strength: Mapped[float] = mapped_column(Float)  # ln(weight) + time / decay: which act is stronger never changes
