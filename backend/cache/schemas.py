"""Answers of the cache's own route."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class KindOfAnswers(BaseModel):
    """What became of requests of one kind."""

    hits: int = Field(description="Answered from memory or Redis, or together with an equal request.")
    from_redis: int = Field(description="Of these, from Redis.")
    joined: int = Field(description="Of these, those that waited for an equal request to be answered.")
    misses: int = Field(description="Answered anew.")
    hit_rate: float | None = Field(description="0 to 1; null before the first request.")


class CallTimes(BaseModel):
    """How long calls of Redis took."""

    count: int
    mean_ms: float | None
    max_ms: float | None


class SharedStatus(BaseModel):
    """The Redis that processes share answers in."""

    state: Literal["closed", "half_open", "open"] = Field(
        description="`closed`: it is asked; `open`: it failed and is left alone for a moment; `half_open`: it is "
        "being tried."
    )
    gets: CallTimes
    sets: CallTimes
    failures: int = Field(description="Calls that failed or took too long.")
    corrupted: int = Field(description="Values that were refused, since they aren't what was put there.")


class CacheStatus(BaseModel):
    """What the cache of the process that answers does."""

    enabled: bool
    uptime_s: float
    entries: int
    bytes: int
    types: dict[str, KindOfAnswers]
    redis: SharedStatus | None = Field(description="Null when none is configured.")
