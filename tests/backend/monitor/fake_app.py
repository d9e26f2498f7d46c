"""The application with the fake encoder, for a server in processes of its own."""

from __future__ import annotations

from fastapi import FastAPI

from backend.main import create_app as create
from ml.encoder.fake import FakeEncoder


def create_app() -> FastAPI:
    """Build it from the settings of the environment."""
    return create(None, lambda _: FakeEncoder())
