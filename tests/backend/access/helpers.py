"""What the tests of access share."""

from __future__ import annotations

from fastapi import FastAPI

from backend.config import get_settings
from backend.main import create_app
from ml.encoder.fake import FakeEncoder

APP = "tests.backend.access.helpers:fake_app"
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
