"""Simulate shoppers with tastes on a catalogue and write what they do, one JSON object per line.

    python -m scripts.demo_catalogue
    python -m scripts.simulate_shoppers --shoppers 500 --days 30 --tastes var/demo/tastes.jsonl

The same seed writes the same bytes. The data are invented: good for trying feedback, load and evaluation, no evidence
about people. The model is in docs/demo.md.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from demo.goods import Goods, read_goods
from demo.shoppers import Shopper, simulate, truth_of
from demo.visits import Event
from scripts.console import UsageError, clear_errors, progress
from scripts.demo_catalogue import DEFAULT_FOLDER, FEED_NAME

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    catalogue: Annotated[
        Path, typer.Option(help="Products as JSONL, as demo_catalogue writes them.")
    ] = DEFAULT_FOLDER / FEED_NAME,
    out: Annotated[Path, typer.Option(help="The events, in the order of their time.")] = DEFAULT_FOLDER
    / "events.jsonl",
    tastes: Annotated[Path | None, typer.Option(help="Also write the hidden truth, one shopper a line.")] = None,
    shoppers: Annotated[int, typer.Option(min=1)] = 500,
    days: Annotated[float, typer.Option(min=0, help="How long they are watched.")] = 30,
    start: Annotated[datetime, typer.Option(help="First day, in UTC.")] = datetime(2026, 1, 1),
    seed: Annotated[int, typer.Option(help="Another seed gives other shoppers.")] = 7,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        goods = _read(catalogue, seed)
        people: list[Shopper] = []
        with progress("shoppers") as bar:
            task = bar.add_task("simulate", total=shoppers)
            for shopper in simulate(goods, shoppers, days, seed, start.replace(tzinfo=UTC)):
                people.append(shopper)
                bar.advance(task)
        events = sorted((event for shopper in people for event in shopper.events), key=lambda event: event.timestamp)
        _write(out, [orjson.dumps(event.row()) for event in events])
        if tastes is not None:
            _write(tastes, [orjson.dumps(truth_of(shopper)) for shopper in people])
    report = _figures(events, goods, people)
    text = "\n".join(f"{name:<34}{value:>12}" for name, value in report.items())
    print(orjson.dumps(report).decode() if json else text)


def _read(catalogue: Path, seed: int) -> list[Goods]:
    if not catalogue.exists():
        raise UsageError(f"{catalogue} isn't there: write it with python -m scripts.demo_catalogue")
    try:
        return read_goods([orjson.loads(line) for line in catalogue.read_bytes().splitlines() if line.strip()], seed)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{catalogue} isn't a catalogue with one product a line: {error}") from error


def _write(path: Path, lines: list[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _figures(events: list[Event], goods: list[Goods], people: list[Shopper]) -> dict[str, float]:
    """Return what the events look like as a whole."""
    types = Counter(event.interaction_type for event in events)
    clicks = Counter(event.product_id for event in events if event.interaction_type == "CLICK")
    top = max(1, len(goods) // 100)
    sessions = sorted((len(shopper.intents) for shopper in people), reverse=True)
    tenth = max(1, len(people) // 10)
    clicked = Counter(event.position for event in events if event.interaction_type == "CLICK")
    return {
        "events": len(events),
        **dict(types.most_common()),
        "sessions": sum(sessions),
        "share of sessions, busiest tenth": round(sum(sessions[:tenth]) / max(1, sum(sessions)), 3),
        "share of clicks, top 1% products": round(
            sum(count for _, count in clicks.most_common(top)) / max(1, clicks.total()), 3
        ),
        "clicks at place 10 per click at 1": round(clicked[10] / max(1, clicked[1]), 3),
    }


if __name__ == "__main__":
    app()
