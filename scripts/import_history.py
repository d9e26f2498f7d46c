"""Import what shoppers did before: events as CSV, TSV or JSON Lines, gzipped or not.

    python -m scripts.import_history events.jsonl
    python -m scripts.import_history ubi_events.jsonl.gz --rejects bad.jsonl

Takes the fields of POST /api/v1/feedback, as simulate_shoppers writes them, and the events of OpenSearch's User
Behavior Insights (action_name, client_id, event_attributes.object.object_id, ...). Running it again counts nothing
twice: an event without an id is known by its content. Servers see imported events at once.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from backend.catalogue.importing import RejectsFile
from backend.interaction.history import HistorySummary, import_history, read_history
from scripts.console import clear_errors, console, load_settings
from scripts.pipeline import open_database

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    file: Annotated[Path, typer.Argument(help="The events.")],
    rejects: Annotated[Path | None, typer.Option(help="Where bad rows go; default var/rejects/FILE.jsonl.")] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        settings, summary = load_settings(), HistorySummary()
        rejects_file = RejectsFile(rejects or Path("var/rejects") / f"{file.name}.jsonl")
        start = time.perf_counter()
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with open_database(settings) as database, Progress(*columns, console=console) as bar:
            task = bar.add_task(f"import {file.name}", total=None)
            events = read_history(file, lambda done, total: bar.update(task, completed=done, total=total))
            import_history(database, events, rejects_file, summary)
        seconds = time.perf_counter() - start
        report = {
            **asdict(summary),
            "seconds": round(seconds, 2),
            "rows_per_second": round(summary.rows / seconds),
            "rejects_file": str(rejects_file.path) if rejects_file.path.exists() else None,
        }
    print(
        orjson.dumps(report).decode() if json else "\n".join(f"{name:<18}{value}" for name, value in report.items())
    )


if __name__ == "__main__":
    app()
