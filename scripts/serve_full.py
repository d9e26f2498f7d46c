"""Serve as docker-compose.yml does, without containers: `make serve-full`.

Starts PostgreSQL (durable, kept in the folder), Redis, the servers, a worker for the background, and, where they are
installed, nginx in front and Prometheus. Prepares what a first start needs, as `make run` does. What dies is started
again; Ctrl-C or SIGTERM stops everything, and requests under way are answered before.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from backend.config import Settings
from demo.products import DEFAULT_COUNT
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.demo_catalogue import DEFAULT_FOLDER
from scripts.full.child import ChildFailed
from scripts.full.services import shop_database
from scripts.full.supervisor import Supervisor
from scripts.full.topology import Place
from scripts.local_services import LOOPBACK, ServiceUnavailable, free_port
from scripts.run import check_port
from scripts.serving import environment

app = typer.Typer(add_completion=False)
DEFAULT_WORKERS = 2


@app.command(help=__doc__)
def main(
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="Of the front; API_PORT without it.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Server processes; API_WORKERS, or 2, without it.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path("var/full"),
    demo: Annotated[Path, typer.Option(help="Folder of the demo catalogue.")] = DEFAULT_FOLDER,
    demo_products: Annotated[int, typer.Option(min=1, help="How many products it has.")] = DEFAULT_COUNT,
) -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        settings = settings.model_copy(
            update={
                "api_port": settings.api_port if port is None else port,
                "api_workers": _workers(settings, workers),
            }
        )
        check_port(settings, instead='make serve-full FULL_ARGS="--port 9000"')
        stopping = _stopped_by_signals()
        supervisor = Supervisor(stopping, _tell)
        try:
            preparing = ("--demo", str(demo), "--demo-products", str(demo_products))
            _start(supervisor, settings, folder.resolve(), preparing, stopping)
            supervisor.watch()
        except (ChildFailed, ServiceUnavailable) as error:
            raise UsageError(str(error)) from error
        finally:
            _tell("stopping")
            supervisor.stop()
    _tell("stopped")


def _start(
    supervisor: Supervisor, settings: Settings, folder: Path, preparing: Sequence[str], stopping: threading.Event
) -> None:
    place = Place(folder, settings.api_host, settings.api_port)
    place.logs.mkdir(parents=True, exist_ok=True)
    postgres, server_url = place.postgres()
    redis, redis_url = place.redis()
    supervisor.start(postgres)
    supervisor.start(redis)
    if stopping.is_set():
        return
    values = environment(place.settings(settings, shop_database(server_url), redis_url))
    _tell("preparing what is missing")
    supervisor.run(place.preparation(values, preparing))
    inner, metrics = free_port(), free_port()
    nginx = place.nginx(inner)
    if nginx is None:
        _tell("nginx isn't installed: the servers are reached directly")
        supervisor.start(place.server(values, settings.api_host, settings.api_port, settings.api_workers))
    else:
        supervisor.start(place.server(values, LOOPBACK, inner, settings.api_workers))
    supervisor.start(place.worker(values))
    if nginx is not None:
        supervisor.start(nginx)
    prometheus = place.prometheus(settings.api_port if nginx is None else inner, metrics)
    if prometheus is not None:
        supervisor.start(prometheus)
    if stopping.is_set():
        return
    front = f"http://{settings.api_host}:{settings.api_port}"
    _tell(f"ready: {front}, {settings.api_workers} servers" + ("" if nginx is None else ", nginx in front"))
    _tell(f"  docs         {front}/docs")
    if nginx is not None:
        _tell(f"  servers      http://{LOOPBACK}:{inner}, where /metrics is")
    _tell("  Prometheus   " + (f"http://{LOOPBACK}:{metrics}" if prometheus is not None else "isn't installed"))
    _tell(f"  PostgreSQL   {make_url(server_url)}, its password in {folder / 'postgres/password'}")
    _tell(f"  Redis        {redis_url}")
    _tell(f"  logs         {place.logs}")


def _stopped_by_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _workers(settings: Settings, asked: int | None) -> int:
    if asked is not None:
        return asked
    return settings.api_workers if "api_workers" in settings.model_fields_set else DEFAULT_WORKERS


def _tell(message: str) -> None:
    console.print(message, highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    app()
