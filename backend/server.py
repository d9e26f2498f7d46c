"""The web server around the application: its options in one place, for every way of starting it."""

from __future__ import annotations

import gc
import os
import resource
import tempfile
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from backend.access.protocol import GuardedProtocol
from backend.config import Settings
from backend.forking import share_imports
from backend.worker import share_connections

APP = "backend.main:create_app"
DRAIN_S = 30  # for requests under way when the server is told to stop
HEALTHY_S = 60  # in which a worker must show that it lives: on a busy machine loading holds Python's lock for seconds
OTHER_FILES = 512  # that a process has open beside its connections: databases, indexes, pictures


def serve(settings: Settings, *, app: str = APP, host: str, port: int, workers: int) -> None:
    """Serve until the process is told to stop.

    Args:
        settings: of this process; workers read theirs from the environment.
        app: makes the application, as "module:function".
        host: address to listen on.
        port: to listen on.
        workers: processes that answer.
    """
    allow_connections(settings.max_connections)
    os.environ["API_WORKERS"] = str(workers)  # however many were asked for: each takes its share of the cores
    with ExitStack() as stack:
        if workers > 1:
            share_imports(app)
            share_connections(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrine-"))))
        else:
            gc.disable()  # until the application has loaded: what is imported stays
        uvicorn.run(
            app,
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http=GuardedProtocol,
            ws="none",
            proxy_headers=False,  # TRUSTED_PROXIES says whom to believe
            server_header=False,
            access_log=False,
            log_level="warning",
            timeout_keep_alive=settings.keep_alive_timeout_s,
            timeout_graceful_shutdown=DRAIN_S,
            timeout_worker_healthcheck=HEALTHY_S,
        )


def allow_connections(count: int) -> None:
    """Let the process and its workers have as many files open, as far as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + OTHER_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
