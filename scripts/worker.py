"""Advance long-term profiles and popularity, and learn what is chosen together, in a process of its own.

    PROFILE_WORKER=false make run          # the servers leave it alone
    python -m scripts.worker

Servers do this by themselves unless PROFILE_WORKER=false. Several may run: one works, the others wait. It can be
killed at any moment: a step is done wholly or not at all. What is learned goes to RECOMMENDER_PATH; servers load it
from there.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, NoReturn

import typer

from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.vectors import EventVectors
from backend.interaction.worker import LogWorker
from backend.log import configure_logging
from backend.model.active import wanted_model
from backend.recommend.refresher import Refresher
from ml.profile.rules import ProfileRules
from scripts.console import clear_errors, load_settings
from scripts.pipeline import open_database
from scripts.state_space import active_space

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    once: Annotated[
        bool, typer.Option("--once", help="End when profiles and popularity are up to date; learn nothing.")
    ] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        configure_logging(settings.log_level, settings.api_keys)
        with open_database(settings) as database:
            applied = _catch_up(database, settings) if once else asyncio.run(_follow(database, settings))
    print(f"{applied} events applied")


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
