"""Advance long-term profiles and popularity, and learn what is chosen together, in a process of its own.

    PROFILE_WORKER=false make run          # the servers leave it alone
    python -m scripts.worker

Servers do this by themselves unless PROFILE_WORKER=false. Several may run: one works, the others wait. It can be
killed at any moment: a step is done wholly or not at all. What is learned goes to RECOMMENDER_PATH; servers load it
from there. While the database doesn't answer it goes on trying. It logs as the servers do, a JSON object a line.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from backend.config import Settings
from backend.database.engine import Database
from backend.database.failures import is_database_down
from backend.interaction.vectors import EventVectors
from backend.interaction.worker import LogWorker
from backend.log import configure_logging
from backend.model.active import wanted_model
from backend.recommend.refresher import Refresher
from ml.profile.rules import ProfileRules
from scripts.console import clear_errors, load_settings, logged_errors
from scripts.pipeline import open_database
from scripts.state_space import active_space

app = typer.Typer(add_completion=False)
logger = logging.getLogger("scripts.worker")  # also where it runs as __main__
RETRY_S = 2.0


@app.command(help=__doc__)
def main(
    once: Annotated[
        bool, typer.Option("--once", help="End when profiles and popularity are up to date; learn nothing.")
    ] = False,
) -> None:
    """Run the command."""
    if once:
        with clear_errors():
            settings = _settings()
            with open_database(settings) as database:
                print(f"{_catch_up(database, settings)} events applied")
        return
    configure_logging("INFO")  # until the settings, in which something may be wrong, say otherwise
    with logged_errors():
        _keep_following(_settings())


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log_level, settings.api_keys)
    return settings


class _Following:
    """Follows the log in the vector space that the shop wants just now."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._worker = LogWorker(database, ProfileRules.read(settings.interaction_rules_path), EventVectors())
        self.space, self._choice = active_space(database, settings)

    def step(self) -> int:
        """Apply the next events and return how many."""
        with self._database.reading() as db:
            wanted = wanted_model(db, self._settings)
        if wanted != self._choice:  # the shop has switched models
            self.space, self._choice = active_space(self._database, self._settings)
        return self._worker.step(self.space)


def _catch_up(database: Database, settings: Settings) -> int:
    following, applied = _Following(database, settings), 0
    while done := following.step():
        applied += done
    return applied


def _keep_following(settings: Settings) -> NoReturn:
    """Follow the log for good; after an outage of the database, from the beginning: where it left off is in there."""
    while True:
        try:
            with open_database(settings) as database:
                asyncio.run(_follow(database, settings))
        except SQLAlchemyError as error:
            if not is_database_down(error):
                raise
            logger.error("the database doesn't answer, trying again: %s", error)
            time.sleep(RETRY_S)


async def _follow(database: Database, settings: Settings) -> NoReturn:
    following = _Following(database, settings)
    refresher = Refresher(database, settings.model_copy(update={"profile_worker": True}))
    refresher.start(lambda: following.space.vectors)
    try:
        while True:
            if not await asyncio.to_thread(following.step):
                await asyncio.sleep(settings.profile_interval_s)
    finally:
        await refresher.close()


if __name__ == "__main__":
    app()
