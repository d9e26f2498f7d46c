"""Tells the servers at once that another model is to serve."""

from __future__ import annotations

import logging

import redis

from backend.catalogue.sync import CHANNEL, MODEL_MESSAGE

logger = logging.getLogger(__name__)


def announce_model(redis_url: str | None) -> None:
    """Wake every server that listens; the others, and all when Redis is down, find out by polling."""
    if redis_url is None:
        return
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.publish(CHANNEL, MODEL_MESSAGE)
    except redis.RedisError as error:
        logger.warning("can't reach Redis, servers find out by polling: %s", error)
