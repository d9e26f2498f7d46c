"""Serve what is prepared already, as `scripts.run` does: for process managers, measurements and proofs."""

from __future__ import annotations

from typing import Annotated

import typer

from backend.server import APP, serve
from scripts.console import clear_errors, load_settings

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    application: Annotated[str, typer.Option("--app", help="Makes the application, as module:function.")] = APP,
    host: Annotated[str | None, typer.Option(help="Address to listen on; API_HOST without it.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="Port; API_PORT without it.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes; API_WORKERS without it.")] = None,
) -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
    serve(
        settings,
        app=application,
        host=settings.api_host if host is None else host,
        port=settings.api_port if port is None else port,
        workers=settings.api_workers if workers is None else workers,
    )


if __name__ == "__main__":
    app()
