"""Switch the shop to another model while servers go on answering, and back.

    python -m scripts.switch_model models/shop-2026
    python -m scripts.switch_model ViT-B-32/laion2b_s34b_b79k --judgments judgments.csv
    python -m scripts.switch_model --rollback

Embeds the catalogue beside the running index (stopped or killed, run it again: it goes on from there), builds the new
index, compares both models and refuses one that is worse, then names the new one in the database. Servers load it
beside the old one and change over without losing a request. The old embeddings and index stay, so that --rollback is
quick; --prune deletes those of models that are neither active nor previous.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from backend.config import Settings
from backend.database.engine import Database
from backend.model.lock import sole_switch
from ml.evaluate.judgments import read_judgments
from scripts.console import UsageError, clear_errors, console, fail, load_settings
from scripts.pipeline import open_database
from scripts.switch_steps import (
    activate,
    compare,
    describe,
    is_active,
    keep_only_named,
    parse_model,
    prepare,
    previous_model,
    refuse_overwritten,
    reset,
    serving_model,
)

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    model: Annotated[
        str | None, typer.Argument(help="A directory, ARCHITECTURE/TAG, or an hf-hub: name.", show_default=False)
    ] = None,
    pretrained: Annotated[
        str | None, typer.Option(help="Tag or checkpoint file, when MODEL is an architecture.")
    ] = None,
    judgments: Annotated[
        Path | None, typer.Option(help="CSV with query, product_id, rating; else known items are looked for.")
    ] = None,
    sample: Annotated[int, typer.Option(min=1, help="Known items to look for.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 0,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="How much each metric may fall without refusal.")
    ] = 0.02,
    force: Annotated[bool, typer.Option("--force", help="Switch though a metric falls by more.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the previous model.")] = False,
    reset_: Annotated[bool, typer.Option("--reset", help="Let CLIP_MODEL decide again.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Say what serves and what is kept.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete embeddings and indexes of models not in use.")
    ] = False,
) -> None:
    """Run the command."""
    start = time.perf_counter()
    with clear_errors():
        if [model is not None, rollback, reset_, status, prune].count(True) != 1:
            raise UsageError("name a model, or give one of --rollback, --reset, --status and --prune")
        settings = load_settings()
        with open_database(settings) as database:
            if status:
                print(describe(database, settings))
                return
            with sole_switch(database):
                if model is not None:
                    judged = read_judgments(judgments) if judgments is not None else None
                    choice = parse_model(model, pretrained, settings)
                    refuse_overwritten(database, settings, choice)
                    serving, old = serving_model(database, settings)
                    new = prepare(database, settings, choice)
                    if is_active(database, settings, new):
                        print(f"{new.encoder.name} ({new.encoder.fingerprint}) serves already")
                        return
                    comparison = compare(database, settings, old, new.encoder, judged, sample, seed)
                    if comparison is not None:
                        print(comparison.render(serving.title, new.choice.title))
                        if losses := comparison.losses(tolerance):
                            _refuse_unless(force, losses, tolerance)
                    activate(database, settings, new, previous=serving)
                elif rollback:
                    current, previous = previous_model(database)
                    activate(database, settings, prepare(database, settings, previous), previous=current)
                elif reset_:
                    reset(database, settings)
                else:
                    print(keep_only_named(database, settings))
                _report(database, settings, start)


def _refuse_unless(force: bool, losses: list[str], tolerance: float) -> None:
    message = f"the new model is worse by more than {tolerance:g} in: " + "; ".join(losses)
    if not force:
        fail(f"{message}\nNothing has changed: the old model serves. --force switches all the same.")
    console.print(f"[yellow]{message}; switching all the same[/]")


def _report(database: Database, settings: Settings, start: float) -> None:
    print(describe(database, settings))
    print(f"done in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    app()
