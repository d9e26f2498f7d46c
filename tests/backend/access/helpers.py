"""What the tests of access share."""

from __future__ import annotations

from fastapi import FastAPI

from backend.access import shared_counts
from backend.config import get_settings
from backend.main import create_app
from ml.encoder.fake import FakeEncoder

APP = "tests.backend.access.helpers:fake_app"
STILL_APP = "tests.backend.access.helpers:still_app"
START = 1_000_000_020.0  # the beginning of a minute, in seconds since 1970


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def fake_app() -> FastAPI:
    """An application for a process of its own, by the settings of the environment."""
    return create_app(get_settings(), lambda _: FakeEncoder())


def still_app() -> FastAPI:
    """The same where no minute ends and Redis may take its time, however busy the machine is; in a process alone."""
    shared_counts.TIMEOUT_S = 20.0
    app = fake_app()
    limiter = app.state.runtime.access.limiter
    limiter._now = limiter._shared._now = Clock()
    return app
