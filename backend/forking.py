"""Workers that share what importing costs: a helper process imports the application once, and they are its forks.

Importing takes seconds of processor time and 90 MB, which a worker started from nothing has for itself. Nothing of
the application runs in the helper: it has one thread, no connection and no index, so there is nothing that a fork
could break.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

from uvicorn import _subprocess
from uvicorn.supervisors import multiprocess

FROZEN = "backend.frozen"


def share_imports(app: str) -> None:
    """Let the workers that uvicorn starts from now on be forks of a process that has imported the application.

    Does nothing where the system's own libraries don't outlive a fork (macOS), or there is none.

    Args:
        app: makes the application, as "module:function".
    """
    if sys.platform != "linux":
        return
    command = getattr(sys.modules["__main__"], "__spec__", None)
    context = multiprocessing.get_context("forkserver")
    # Workers import the command again, as multiprocessing does it; frozen is last: it is for what the others brought.
    context.set_forkserver_preload([*([command.name] if command else []), app.partition(":")[0], FROZEN])
    uvicorn_starts: Any = _subprocess
    uvicorn_starts.spawn = context  # it has no setting for this
    uvicorn_keeps: Any = multiprocess
    uvicorn_keeps.Process = Worker


class Worker(multiprocess.Process):
    """A worker whose death is noticed at once, even by who waits for a sign of life just then.

    uvicorn keeps the worker's end of their pipe open, so that the pipe of a dead one only says nothing, for as long
    as a worker may take to show that it lives.
    """

    def start(self) -> None:
        """Start it, and leave its end of the pipe to it alone."""
        super().start()
        self.child_conn.close()
