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
    """How long calls took."""

    count: int
    mean_ms: float | None
    max_ms: float | None = Field(description="Of the workers that live.")


class StoreTimes(BaseModel):
    """How long looks and writes took."""

    gets: CallTimes
    sets: CallTimes


class SharedStatus(StoreTimes):
    """The Redis that processes share answers in."""

    state: Literal["closed", "half_open", "open"] = Field(
        description="`closed`: it is asked; `open`: it failed and is left alone for a moment; `half_open`: it is "
        "being tried. Of several workers the worst."
    )
    failures: int = Field(description="Calls that failed or took too long.")
    late: int = Field(description="Calls that took too long while the server was busy with something else.")
    corrupted: int = Field(description="Values that were refused, since they aren't what was put there.")


class CacheStatus(BaseModel):
    """What the caches of all workers do."""

    enabled: bool
    workers: int = Field(description="Whose figures these are; counts hold those that are gone, too.")
    uptime_s: float = Field(description="Of the oldest worker.")
    entries: int
    bytes: int
    types: dict[str, KindOfAnswers]
    memory: StoreTimes = Field(description="Of each worker's own memory.")
    redis: SharedStatus | None = Field(description="Null when none is configured.")
