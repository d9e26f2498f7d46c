"""Ends the parts of a server one after another, whatever became of the others and of the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from backend.database.engine import Database

logger = logging.getLogger(__name__)
LATER = 1.2  # times as long as others wait for the database: they are to hear of it first, and end by themselves
LONGEST_S = 20.0  # for a part that something else keeps


class Closable(Protocol):
    """A part of a server."""

    async def close(self) -> None:
        """End it."""


async def close_all(parts: Sequence[Callable[[], Awaitable[object]]], database: Database) -> None:
    """Close parts in their order.

    Args:
        parts: how each is closed. An error is logged, and so is one that takes longer than `LONGEST_S`.
        database: is cut off from all who still wait for it when it keeps a part waiting for too long; what
            that part would have written is lost.
    """
    for close in parts:
        cutting = _cut_off_later(database)
        try:
            async with asyncio.timeout(LONGEST_S):
                await close()
        except Exception:  # whatever it is, the others are to be closed
            logger.exception("a part of the server couldn't be closed properly")
        finally:
            if cutting is not None:
                cutting.cancel()


def _cut_off_later(database: Database) -> asyncio.TimerHandle | None:
    if database.timeout_s is None:
        return None

    def cut_off() -> None:
        logger.warning("the database doesn't answer in time and the server is to end: what waits for it is given up")
        database.cut_off()

    return asyncio.get_running_loop().call_later(LATER * database.timeout_s, cut_off)
