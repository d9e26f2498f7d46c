"""Makes the answers of popular searches before somebody asks: after the start and after each change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from backend.cache.memory import Basis
from backend.cache.runtime import Cache
from backend.errors import VitrineError
from backend.model.engine import Engine
from backend.search.answers import SearchAnswers, search_basis
from backend.search.schemas import SearchRequest

logger = logging.getLogger(__name__)
TOP = 50
PERIOD_S = 5.0  # between two looks at the catalogue's version: a shop that is being imported isn't warmed each second
TOLD_EVERY = 6  # looks between writing down what was asked


class Warmer:
    """Follows one process's catalogue version; searches of shoppers go first."""

    def __init__(
        self, cache: Cache, engine: Callable[[], Engine], answers: Callable[[Engine], SearchAnswers]
    ) -> None:
        """Prepare.

        Args:
            cache: whose answers it makes.
            engine: returns the one that serves just now.
            answers: returns what answers with it.
        """
        self._cache = cache
        self._engine = engine
        self._answers = answers
        self._warmed: Basis = ()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop, and write down what was asked."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._tell()

    async def warm(self) -> int:
        """Make the answers of the most popular searches that aren't kept; return how many there are."""
        engine = self._engine()
        answers, basis = self._answers(engine), search_basis(engine)
        warmed = 0
        for said in await self._cache.top(TOP):
            try:
                request = SearchRequest.model_validate_json(said)
            except ValidationError:  # of another version of the server
                continue
            while engine.compute.queries.is_busy:
                await asyncio.sleep(0.05)
            if search_basis(engine) != basis:
                return warmed
            with suppress(VitrineError), engine.in_use():
                await answers.answer(request, ahead=True)
                warmed += 1
        self._warmed = basis
        return warmed

    async def _run(self) -> None:
        looks = 0
        while True:
            try:
                if search_basis(self._engine()) != self._warmed:
                    await self.warm()
                looks += 1
                if looks % TOLD_EVERY == 0:
                    await self._tell()
            except Exception:  # whatever it is, warming costs no answer and is tried again
                logger.exception("can't make the answers of popular searches")
            await asyncio.sleep(PERIOD_S)

    async def _tell(self) -> None:
        try:
            await self._cache.tell()
        except (SQLAlchemyError, VitrineError):
            logger.warning("can't write down which searches are popular", exc_info=True)
