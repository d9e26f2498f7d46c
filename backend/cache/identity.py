"""Which settings name the answers that are made under them."""

from __future__ import annotations

import hashlib
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from backend.config import Settings
from ml.encoder.device import pick_engine

SILENT: Final[frozenset[str]] = frozenset({
    # Where the server is, who may ask, how often and how much.
    "environment", "log_level", "api_host", "api_port", "api_workers", "api_require_key", "api_keys",
    "allowed_origins", "trusted_proxies", "rate_limit_per_minute", "rate_limit_ip_per_minute",
    "rate_limit_key_per_minute", "feedback_rate_per_minute", "max_connections", "max_connections_per_ip",
    "max_body_bytes", "max_bulk_bytes", "max_image_upload_bytes",
    # How long something waits or takes.
    "request_timeout_s", "keep_alive_timeout_s", "api_timeout_s", "db_connect_timeout_s", "db_timeout_s",
    "catalogue_poll_interval_s", "profile_interval_s", "profile_worker", "recommender_refresh_events",
    "recommender_refresh_minutes", "recommendation_log_days",
    # What an empty database is filled with.
    "demo_shop",
    # Where things lie: answers name the catalogue and the models by their contents.
    "database_url", "redis_url", "faiss_index_path", "media_path", "encoder_cache_path", "recommender_path",
    "monitor_path",
    # How much is kept at hand, waits, or is done at once.
    "db_pool_size", "db_max_overflow", "encoder_threads", "image_encoder_threads",
    "encoder_batch_size", "search_queue_size",
    "query_cache_size", "card_cache_size", "state_cache_size", "feedback_queue_size", "recommendation_queue_size",
    "search_shadow_share", "api_enable_cache", "api_cache_ttl_search", "api_cache_ttl_recommend", "api_cache_bytes",
    # What is told of the server.
    "monitor_window_s", "monitor_slices", "performance_target_ms", "performance_bands_ms", "performance_slow_ms",
    "performance_keep_queries", "performance_burn_short_s", "performance_burn_long_s", "log_requests",
    "otel_exporter_otlp_endpoint",
})  # fmt: skip
"""Settings that change no answer. Every other one, and each that is new, names the answers made under it."""


def fingerprint(settings: Settings) -> str:
    """Return a hash of the settings that may decide what answers say, and of the files that they name.

    Of the encoder it takes what `auto` comes to on this machine: vectors of another precision give other scores.
    """
    said = hashlib.sha256()
    for name, value in sorted(settings):
        if name not in SILENT:
            contents = value.read_bytes() if isinstance(value, Path) and value.is_file() else b""
            said.update(f"{name}={_said(value)};{len(contents)};".encode() + contents)
    spec = settings.encoder_spec
    said.update(f"{spec.precision} {pick_engine(spec.engine)}".encode())
    return said.hexdigest()[:16]


def _said(value: object) -> str:
    """Write a value alike in every process: a set has another order in each."""
    return repr(sorted(value)) if isinstance(value, AbstractSet) else repr(value)
