"""Build the index snapshot anew from the database.

    python -m scripts.build_index

A server builds it by itself when it is missing, damaged or stale; this does it ahead of time.
"""

from __future__ import annotations

import typer

from backend.model.active import active_encoders
from scripts.console import clear_errors, load_settings
from scripts.pipeline import index, open_database

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main() -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        with open_database(settings) as database:
            for encoder in active_encoders(database, settings):
                manifest, timed = index(database, settings, encoder)
    print(f"index of {manifest.count:,} products, {manifest.dimension} dimensions, in {timed.seconds:.1f} s")


if __name__ == "__main__":
    app()
