"""Answers of the health routes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Model and index are loaded and the database answers."""

    status: Literal["ready"] = "ready"
    products: int = Field(description="Products that searches can find.")


class Health(BaseModel):
    """Each part at a glance."""

    status: Literal["healthy", "degraded"] = Field(
        description="Degraded: Redis is down, other processes' writes can't be followed, a switch to another model "
        "fails and the former one goes on, or searches may be slow, as the index's codes can't be made."
    )
    database: bool
    redis: bool | None = Field(description="Null when none is configured.")
    products: int


class EncoderStatus(BaseModel):
    """The model in use."""

    name: str
    engine: str
    fingerprint: str
    dimension: int
    has_image_tower: bool


class ModelSwitch(BaseModel):
    """Who chose the model in use, and whether another one is on its way."""

    model: str = Field(description="The model in use: architecture and tag, or directory.")
    chosen_by: Literal["settings", "switch_model"]
    configured: str = Field(description="What CLIP_MODEL and CLIP_PRETRAINED name; it may be another one.")
    loading: str | None = Field(description="The model that is being loaded beside it.")
    retiring: int = Field(description="Former models that end what they began.")
    failure: str | None = Field(description="Why the switch to the chosen model failed; it is tried again.")


class IndexStatus(BaseModel):
    """How the part of the index fares that makes searches of large catalogues quick."""

    failures: int = Field(description="Attempts to make it that failed since the start.")
    failure: str | None = Field(
        description="Why the last attempt failed; it is made again, and until then searches are exact or use what "
        "there was before. Null when nothing is amiss."
    )


class DatabaseStatus(BaseModel):
    """How quickly the database answers."""

    ok: bool
    latency_ms: float | None = Field(description="Null when it doesn't.")


class RedisStatus(BaseModel):
    """Whether Redis answers, and how quickly."""

    ok: bool
    latency_ms: float | None = Field(description="Null when it doesn't.")


class WorkerStatus(BaseModel):
    """One process that answers, as it was a second ago at most."""

    pid: int
    ready: bool
    catalogue_version: int = Field(description="The version that its searches see; 0 while it is loading.")
    products: int
    uptime_s: float
    resident_mb: float
    in_flight: int
    is_answering: bool = Field(description="Whether it is the one that gave this answer.")


class ProfileLag(BaseModel):
    """How far long-term profiles are behind the log; what is read knows every event all the same."""

    lag_events: int
    lag_s: float = Field(description="Seconds since the oldest of those events was received.")


class Status(BaseModel):
    """What this server is made of."""

    version: str
    environment: str
    database: str = Field(description="`sqlite` or `postgresql`.")
    products: int = Field(description="Products that searches can find.")
    pending_embeddings: int | None = Field(
        description="Texts and images that `scripts.embed_catalogue` would embed; null without the database."
    )
    catalogue_version: int = Field(description="The version that searches see.")
    database_version: int | None = Field(
        description="The version in the database; higher while changes are being applied."
    )
    vector_space: str = Field(description="Fingerprint of encoder and text template.")
    encoder: EncoderStatus
    model: ModelSwitch
    index: IndexStatus
    profiles: ProfileLag
    database_health: DatabaseStatus
    redis: RedisStatus | None = Field(description="Null when none is configured.")
    workers: list[WorkerStatus] = Field(description="All that serve this database with this MONITOR_PATH.")
    uptime_s: float


class Welcome(BaseModel):
    """Where to go from here."""

    name: str
    version: str
    docs: str
    search: str
    status: str
