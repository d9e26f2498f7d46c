"""Where the work on a list is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from backend.catalogue.live import LiveCatalogue
from backend.compute import LIGHT_ROWS
from backend.model.engine import Engine
from backend.recommend.schemas import RecommendRequest
from backend.search.service import INLINE_ROWS, LIGHT_QUERY

T = TypeVar("T")


def is_light(live: LiveCatalogue, request: RecommendRequest) -> bool:
    """Whether the work on a list is so little that it's done on the event loop: as of a plain search."""
    short = len(request.query or "") <= LIGHT_QUERY
    return live.product_count <= (LIGHT_ROWS if short else INLINE_ROWS)


async def done(engine: Engine, request: RecommendRequest, work: Callable[[], T]) -> T:
    """Do some work on a list, on the event loop or in a thread.

    Raises:
        Overloaded: too much waits for a thread already.
    """
    compute = engine.compute
    return await (compute.run_light(work) if is_light(engine.live, request) else compute.run(work))
