"""Settings of a test's own, as commands find them: in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.config import Settings
from ml.encoder.fake import FakeEncoder
from scripts import state_space


def own_settings(
    monkeypatch: pytest.MonkeyPatch, folder: Path, database_url: str, redis_url: str, **more: str
) -> Settings:
    """Set the environment of commands about shoppers, who then use a fake encoder, and return its settings."""
    monkeypatch.chdir(folder)  # where no .env lies
    values = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "FAISS_INDEX_PATH": str(folder / "index"),
        "MEDIA_PATH": str(folder / "media"),
        "RECOMMENDER_PATH": str(folder / "recommender"),
        "PROFILE_WORKER": "false",
        **more,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(state_space, "load_choice", lambda choice, settings: FakeEncoder())
    return Settings()
