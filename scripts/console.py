"""What the commands share: settings, progress bars, and errors that say what to do instead of a stack trace."""

from __future__ import annotations

import logging
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from pydantic import ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from backend.catalogue.feeds import FeedError
from backend.catalogue.images import ImageError
from backend.config import Settings
from backend.errors import VitrineError
from ml.errors import MLError

console = Console(stderr=True)
logger = logging.getLogger(__name__)


class UsageError(Exception):
    """The command was called in a way that can't work; the message says how to call it."""


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        UsageError: one is out of range; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, item['loc'])).upper() or 'settings'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors()
        ]
        raise UsageError("bad settings\n  " + "\n  ".join(lines)) from error


EXPECTED = (UsageError, FeedError, ImageError, MLError, VitrineError, OSError)


@contextmanager
def logged_errors() -> Iterator[None]:
    """Turn every error into one line of the log and exit code 1: for processes whose output machines read."""
    try:
        yield
    except (*EXPECTED, SQLAlchemyError) as error:
        logger.critical("%s", error)
        sys.exit(1)
    except Exception:
        logger.critical("unexpected error", exc_info=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn expected errors into one message and exit code 1; programming errors keep their stack trace."""
    try:
        yield
    except EXPECTED as error:
        fail(str(error))
    except SQLAlchemyError as error:
        fail(f"the database failed: {error}\nCheck DATABASE_URL.")
    except KeyboardInterrupt:
        console.print(
            "[yellow]stopped;[/] what was written is kept, and running the command again goes on from there"
        )
        sys.exit(130)


def fail(message: str) -> NoReturn:
    """Print one message and exit with code 1."""
    # Not wrapped: a path or a command in it can then be copied, and found by other programs.
    console.print(Text("error: ", style="bold red") + Text(message), highlight=False, soft_wrap=True)
    sys.exit(1)


def progress(unit: str) -> Progress:
    """Return a progress bar with rate and remaining time."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


class RateColumn(ProgressColumn):
    """Shows units per second."""

    def render(self, task: Task) -> Text:
        """Return the rate so far."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


def peak_memory_mb() -> float:
    """Return the largest resident size of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024) if sys.platform == "darwin" else peak / 1024
