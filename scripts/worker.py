"""Advance long-term profiles and popularity in a process of its own.

    PROFILE_WORKER=false make run          # the servers leave it alone
    python -m scripts.worker

Servers do this by themselves unless PROFILE_WORKER=false. Several may run: one works, the others wait. It can be
killed at any moment: a step is done wholly or not at all.
"""

from __future__ import annotations

import time
from typing import Annotated

import typer

from backend.interaction.vectors import EventVectors
from backend.interaction.worker import LogWorker
from backend.log import configure_logging
from backend.model.active import wanted_model
from ml.profile.rules import ProfileRules
from scripts.console import clear_errors, load_settings
from scripts.pipeline import open_database
from scripts.state_space import active_space

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    once: Annotated[bool, typer.Option("--once", help="End when there is nothing left to do.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        configure_logging(settings.log_level)
        with open_database(settings) as database:
            worker = LogWorker(database, ProfileRules.read(settings.interaction_rules_path), EventVectors())
            space, choice = active_space(database, settings)
            applied = 0
            while True:
                with database.reading() as db:
                    wanted = wanted_model(db, settings)
                if wanted != choice:  # the shop has switched models
                    space, choice = active_space(database, settings)
                done = worker.step(space)
                applied += done
                if not done:
                    if once:
                        break
                    time.sleep(settings.profile_interval_s)
    print(f"{applied} events applied")


if __name__ == "__main__":
    app()
