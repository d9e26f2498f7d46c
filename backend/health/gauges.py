"""How a worker fares at one moment."""

from __future__ import annotations

from time import monotonic

from backend.cache.figures import cache_gauges
from backend.cache.runtime import Cache
from backend.image_queue import MAX_PICTURES
from backend.interaction.runtime import Interactions
from backend.model.engine import Engine
from backend.monitor.gauges import Gauges, resident_bytes


async def gauges_of(engine: Engine | None, interactions: Interactions, cache: Cache) -> Gauges:
    """Return the gauges of this worker's parts.

    Args:
        engine: that serves; None while it is loading.
        interactions: of this worker.
        cache: of this worker.
    """
    lag = interactions.lag
    common = Gauges(
        told_at=monotonic(),
        lag_events=lag.events,
        lag_seconds=lag.seconds,
        events_waiting=interactions.writer.waiting,
        events_bound=interactions.writer.bound,
        resident_bytes=resident_bytes(),
        **cache_gauges(cache),
    )
    if engine is None:
        return common
    compute, hears_redis = engine.compute, engine.sync.hears_redis
    return common._replace(
        is_ready=1,
        products=engine.live.product_count,
        catalogue_version=engine.live.version,
        searches_waiting=compute.admission.inside,
        searches_bound=compute.admission.limit,
        lists_waiting=compute.list_admission.inside,
        lists_bound=compute.list_admission.limit,
        queries_waiting=compute.queries.waiting,
        queries_bound=compute.queries.bound,
        index_waiting=compute.running,
        index_bound=compute.bound,
        pictures_waiting=compute.images.waiting,
        pictures_bound=MAX_PICTURES,
        is_following=engine.sync.is_following,
        hears_redis=-1 if hears_redis is None else hears_redis,
        index_failing=engine.live.index.failure is not None,
    )
