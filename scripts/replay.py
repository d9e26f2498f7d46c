"""Rebuild long-term vectors from the log of interactions, and compare them with what servers use.

    python -m scripts.replay --compare
    python -m scripts.replay --user u-17 --at 2026-01-31T12:00:00Z
    python -m scripts.replay --rules other-weights.json
    python -m scripts.replay --model models/shop-2026 --write

Any user or all, as of any time (by when things happened), under other weights (INTERACTION_RULES_PATH's form) or
another model. --write stores the profiles, so that a model or weights can be switched to without a slow first read of
each user; servers are right without it, and a worker writes them by itself once they serve. It deletes those of users
of whom the log knows nothing.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from backend.interaction.events import microseconds
from backend.interaction.replay import Comparison, Replay
from backend.interaction.schemas import check_actor_id
from ml.profile.rules import ProfileRules
from scripts.console import UsageError, clear_errors, fail, load_settings, peak_memory_mb, progress
from scripts.pipeline import open_database
from scripts.state_space import active_space, space_of
from scripts.switch_steps import parse_model

app = typer.Typer(add_completion=False)

TOLERANCE = 1e-6  # of a component; more is a fault


@app.command(help=__doc__)
def main(
    user: Annotated[str | None, typer.Option(help="One user; default all.")] = None,
    at: Annotated[str | None, typer.Option(help="ISO 8601 with time zone: only what had happened by then.")] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", "--weights", help="JSON file of weights and decays.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="A directory, ARCHITECTURE/TAG, or an hf-hub: name.")] = None,
    pretrained: Annotated[str | None, typer.Option(help="Tag or checkpoint, when MODEL is an architecture.")] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="With the online state; exit code 1 if it differs.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Store the profiles, beside running servers.")] = False,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        if (compare or write) and (user is not None or at is not None):
            raise UsageError("--compare and --write are about all users as of now: leave out --user and --at")
        at_us = _moment(at)
        settings = load_settings()
        own_rules = ProfileRules.read(rules or settings.interaction_rules_path)
        with open_database(settings) as database, progress("events") as bar:
            choice = parse_model(model, pretrained, settings) if model is not None else None
            space = space_of(choice, settings) if choice is not None else active_space(database, settings)[0]
            task = bar.add_task("replay", total=None)
            start = time.perf_counter()
            replay = Replay(database, space, own_rules, lambda events: bar.advance(task, events))
            report: dict[str, Any]
            if write:
                report = {"users": replay.write()}
                if compare:
                    report |= _compared(replay.compare(time.time()))
            elif compare:
                report = _compared(replay.compare(time.time()))
            else:
                report = _rebuilt(replay, user, at_us, with_vector=json)
            seconds = time.perf_counter() - start
    report |= {"seconds": round(seconds, 2), "peak_memory_mb": round(peak_memory_mb())}
    print(
        orjson.dumps(report).decode() if json else "\n".join(f"{name:<18}{value}" for name, value in report.items())
    )
    wrong = compare and any(report[name] for name in ("missing", "miscounted", "orphans"))
    if wrong or (compare and report["max_difference"] > TOLERANCE):
        fail("the online state isn't what the log says")


def _moment(at: str | None) -> int | None:
    if at is None:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise UsageError(f"--at is a moment such as 2026-01-31T12:00:00Z: {error}") from error
    if moment.tzinfo is None:
        raise UsageError("--at needs its time zone, such as the Z of 2026-01-31T12:00:00Z")
    try:
        return microseconds(moment.astimezone(UTC))
    except OverflowError as error:
        raise UsageError("--at lies outside of the years 1 to 9999 in UTC") from error


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "users": found.users,
        "events": found.events,
        "vectors": found.vectors,
        "missing": found.missing,
        "miscounted": found.miscounted,
        "orphans": found.orphans,
        "max_difference": found.max_difference,
    }


def _rebuilt(replay: Replay, user: str | None, at_us: int | None, *, with_vector: bool) -> dict[str, Any]:
    if user is not None:
        try:
            check_actor_id(user)
        except ValueError as error:
            raise UsageError(str(error)) from error
    users = events = vectors = 0
    now_s = time.time() if at_us is None else at_us / 1e6
    vector = None
    for rebuilt in replay.run(user, at_us):
        users += 1
        events += rebuilt.profile.events
        vector = rebuilt.profile.sums.vector(now_s)
        vectors += vector is not None
    report: dict[str, Any] = {"users": users, "events": events, "vectors": vectors}
    if user is not None and with_vector:
        report["vector"] = None if vector is None else vector.tolist()
    return report


if __name__ == "__main__":
    app()
