"""Prepare what is missing and serve: `make run`.

Prepares the model once, loads the starter catalogue when the database is empty, embeds what is pending, and serves.
"""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import orjson
import typer
import uvicorn

from backend.catalogue.feeds import FeedFormat, FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.catalogue.repository import CatalogueRepository
from backend.config import Settings
from ml.encoder.load import load_encoder
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.pipeline import embed, import_feed, index, open_database
from scripts.starter_catalogue import starter_products

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
def main() -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        check_port(settings)
        prepare(settings)
    console.print(
        HINTS.format(host=settings.api_host, port=settings.api_port), highlight=False, markup=False, soft_wrap=True
    )
    uvicorn.run(
        "backend.main:create_app",
        factory=True,
        host=settings.api_host,
        port=settings.api_port,
        workers=settings.api_workers,
        access_log=False,
        log_level="warning",
    )


def check_port(settings: Settings) -> None:
    """Refuse an address that can't be listened on before minutes are spent on preparing.

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
                "choose another port, such as `make run PORT=8001`"
            ) from error


def prepare(settings: Settings) -> None:
    """Do what a first start needs; with nothing to do it takes the time of loading the encoder."""
    with open_database(settings) as database:
        with database.reading() as db:
            empty = CatalogueRepository(db).is_empty()
        if empty:
            console.print("the database is empty: loading the starter catalogue")
            with tempfile.TemporaryDirectory() as folder:
                feed = Path(folder) / "starter.jsonl"
                feed.write_bytes(b"\n".join(orjson.dumps(product) for product in starter_products()))
                rejects = RejectsFile(Path(folder) / "rejects.jsonl")
                summary, _ = import_feed(database, settings, feed, FeedOptions(FeedFormat.JSONL), rejects=rejects)
                if summary.rejected:
                    raise UsageError(f"the starter catalogue is broken: {rejects.path.read_text()}")
        encoder = load_encoder(settings.encoder_spec)
        if embed(database, settings, encoder).rows:
            index(database, settings, encoder)


if __name__ == "__main__":
    app()
