"""Prepare what is missing and serve: `make run`.

Prepares the model once, draws and loads the demo catalogue when the database is empty (with ENVIRONMENT=production
only if DEMO_SHOP=true), embeds what is pending, and serves.
"""

from __future__ import annotations

import socket
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from backend.catalogue.feeds import FeedFormat, FeedOptions
from backend.catalogue.images import DirectorySource
from backend.catalogue.importing import RejectsFile
from backend.catalogue.repository import CatalogueRepository
from backend.config import Settings
from backend.database.engine import Database
from backend.model.active import active_encoders
from backend.server import serve
from demo.products import DEFAULT_COUNT
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.demo_catalogue import DEFAULT_FOLDER, write_catalogue
from scripts.pipeline import embed, import_feed, index, open_database

app = typer.Typer(add_completion=False)

HINTS = """
Vitrine serves on http://{host}:{port}

  curl -s http://{host}:{port}/api/v1/search -H 'Content-Type: application/json' \\
       -d '{{"query": "something to keep coffee hot on a hike", "limit": 3}}'
  curl -s http://{host}:{port}/api/v1/search -H 'Content-Type: application/json' \\
       -d '{{"query": "waterproof running shoes", "filters": {{"max_price": 100, "in_stock": true}}}}'

  http://{host}:{port}/docs      every route, to try out
  http://{host}:{port}/status    what it is made of
  .venv/bin/python -m scripts.import_catalogue FILE      your own products (docs/feeds.md)
"""


@app.command(help=__doc__)
def main(
    demo: Annotated[Path, typer.Option(help="Folder of the demo catalogue.")] = DEFAULT_FOLDER,
    demo_products: Annotated[int, typer.Option(min=1, help="How many products it has.")] = DEFAULT_COUNT,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve once all is prepared.")] = True,
) -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        if serve_it:
            check_port(settings)
        prepare(settings, demo, demo_products)
    if not serve_it:
        return
    console.print(
        HINTS.format(host=settings.api_host, port=settings.api_port), highlight=False, markup=False, soft_wrap=True
    )
    serve(settings, host=settings.api_host, port=settings.api_port, workers=settings.api_workers)


def check_port(settings: Settings, instead: str = "make run PORT=8001") -> None:
    """Refuse an address that can't be listened on before minutes are spent on preparing.

    Args:
        settings: that name it.
        instead: how to choose another one.

    Raises:
        UsageError: it is taken or not of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.api_host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.api_host, settings.api_port))
        except OSError as error:
            raise UsageError(
                f"can't listen on {settings.api_host}:{settings.api_port} ({error.strerror}); "
                f"choose another port, such as `{instead}`"
            ) from error


def prepare(settings: Settings, demo: Path, demo_products: int) -> None:
    """Do what a first start needs; with nothing to do it takes the time of loading the encoder."""
    with open_database(settings) as database:
        fill_if_empty(database, settings, demo, demo_products)
        for encoder in active_encoders(database, settings):
            if embed(database, settings, encoder).rows:
                index(database, settings, encoder)


def fill_if_empty(database: Database, settings: Settings, demo: Path, demo_products: int) -> None:
    """Put the demo catalogue into a database without products, where the settings want it."""
    with database.reading() as db:
        empty = CatalogueRepository(db).is_empty()
    if not empty:
        return
    if settings.wants_demo_shop:
        console.print("the database is empty: making the demo catalogue")
        load_demo(database, settings, demo, demo_products)
    else:
        console.print("the database is empty: scripts.import_catalogue fills it; DEMO_SHOP=true takes the demo shop")


def load_demo(database: Database, settings: Settings, folder: Path, count: int) -> None:
    """Make the demo catalogue in a folder, as far as it isn't there, and import it with its pictures.

    Raises:
        UsageError: there are not that many demo products, or some are refused.
    """
    start = time.perf_counter()
    try:
        feed = write_catalogue(folder, count)
    except ValueError as error:
        raise UsageError(str(error)) from error
    with tempfile.TemporaryDirectory() as place:
        rejects = RejectsFile(Path(place) / "rejects.jsonl")
        images = DirectorySource(folder)
        options = FeedOptions(FeedFormat.JSONL)
        summary, _ = import_feed(database, settings, feed, options, rejects=rejects, images=images)
        if summary.rejected or summary.images_refused:
            raise UsageError(f"the demo catalogue is broken: {rejects.path.read_text()}")
    console.print(f"{count:,} products with pictures in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    app()
