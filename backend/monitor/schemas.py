"""Answers of the performance routes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Band = Literal["excellent", "good", "acceptable", "slow", "critical"]
Alert = Literal["none", "slow_burn", "fast_burn"]


class Latency(BaseModel):
    """Milliseconds of what was answered, neither errors nor refused; percentiles are at most 2 % off."""

    p50: float
    p95: float
    p99: float
    mean: float
    min: float
    max: float


class Figures(BaseModel):
    """What some requests have in common, within the window."""

    count: int
    errors: int = Field(description="Answers of status 500 and above.")
    client_errors: int = Field(description="Answers of status 400 to 499.")
    refused: int = Field(description="Of both, answers of status 429 and 503: come back later.")
    error_rate: float = Field(description="Share of `errors`.")
    cache_hits: int
    cache_misses: int
    cache_hit_rate: float | None = Field(description="Null when the cache wasn't asked.")
    latency_ms: Latency
    health: Band | None = Field(
        description="Of the 95th percentile; `critical` when more than a twentieth failed, of `monitoring` without "
        "those that said 503; null without answers."
    )


class Stage(BaseModel):
    """One stage of an operation."""

    stage: str
    count: int
    latency_ms: Latency
    share_of_slowest: float = Field(
        description="What it takes of the time of the operation's slowest requests, those at and above the 95th "
        "percentile; 0 to 1."
    )


class Operation(Figures):
    """What the server does for a shopper or a shop, by whatever routes."""

    operation: str
    stages: list[Stage]
    share_outside_stages: float = Field(description="Of the time of its slowest requests; 0 to 1.")


class Endpoint(Figures):
    """One route."""

    method: str
    route: str
    operation: str


class Target(BaseModel):
    """Whether those who wait are served, and in time."""

    p95_ms: float = Field(description="The target.")
    observed_p95_ms: float = Field(description="Of what was answered.")
    error_rate: float = Field(description="Share of the requests that failed.")
    verdict: Literal["met", "missed", "idle"] = Field(
        description="Missed when the 95th percentile is over the target, or more than a twentieth failed, or failed "
        "and late requests together use up the error budget in its short window."
    )


class BurnWindow(BaseModel):
    """Requests that failed or took longer than the target."""

    window_s: float
    requests: int
    bad: int
    burn_rate: float = Field(description="Share of bad requests over what the target allows: 1 just holds it.")


class Burn(BaseModel):
    """How fast the error budget is used up."""

    objective: float = Field(description="Share of requests that are to be good.")
    short: BurnWindow
    long: BurnWindow
    alert: Alert = Field(description="Only what both windows agree on.")


class Performance(BaseModel):
    """How all workers together have answered, within the window."""

    window_s: float
    workers: int
    target: Target
    burn: Burn
    overall: Figures = Field(description="Of the operations that a shopper waits for.")
    operations: list[Operation]
    endpoints: list[Endpoint]
    advice: list[str]


class SlowRequest(BaseModel):
    """One request that took long."""

    operation: str
    method: str
    route: str = Field(description="The path, with the names of its parameters.")
    ms: float
    at: datetime = Field(description="When it ended.")
    request_id: str
    stages_ms: dict[str, float]
    query: str | None = Field(description="Its words, if PERFORMANCE_KEEP_QUERIES.")
    query_characters: int | None
    query_words: int | None


class SlowRequests(BaseModel):
    """The slowest of the requests that took too long, the slowest first."""

    threshold_ms: float
    requests: list[SlowRequest]
