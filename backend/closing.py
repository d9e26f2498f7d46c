"""Ends the parts of a server one after another, whatever became of the others and of the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Protocol

from backend.database.engine import Database

logger = logging.getLogger(__name__)
LATER = 1.2  # times as long as others wait for the database: they are to hear of it first, and end by themselves
LONGEST_S = 20.0  # for a part that something else keeps
LOOK_EVERY_S = 0.1


class Closable(Protocol):
    """A part of a server."""

    async def close(self) -> None:
        """End it."""


async def close_all(parts: Sequence[Callable[[], Awaitable[object]]], database: Database) -> None:
    """Close parts in their order.

    Args:
        parts: how each is closed. An error is logged, and so is one that takes longer than `LONGEST_S`; it is
            cancelled then, and what it does in a thread or after that goes on to its end.
        database: is cut off from all who still wait for it when it keeps a part waiting for too long; what
            that part would have written is lost. While nobody has a connection, something else keeps the part.
    """
    for close in parts:
        cutting = None if database.timeout_s is None else asyncio.create_task(_cut_off(database, database.timeout_s))
        try:
            async with asyncio.timeout(LONGEST_S):
                await close()
        except Exception:  # whatever it is, the others are to be closed
            logger.exception("a part of the server couldn't be closed properly")
        finally:
            if cutting is not None:
                cutting.cancel()


async def _cut_off(database: Database, timeout_s: float) -> None:
    """Cut the database off once somebody was found to have a connection at every look for so long."""
    unused_at = monotonic()
    while monotonic() - unused_at < LATER * timeout_s:
        await asyncio.sleep(LOOK_EVERY_S)
        if not database.is_in_use:
            unused_at = monotonic()
    logger.warning("the database doesn't answer in time and the server is to end: what waits for it is given up")
    database.cut_off()
