"""The commands and the server as a user starts them: own processes, real model, a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

ROOT = Path(__file__).parents[2]


class Shop:
    """A folder with a database and an index, and the environment that points commands at them."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("API_", "CLIP_", "REDIS_"))},
            "DATABASE_URL": database_url,
            "FAISS_INDEX_PATH": str(folder / "index"),
            "MEDIA_PATH": str(folder / "media"),
            # Shared by every test and with `make run`: the export depends on the model alone.
            "ENCODER_CACHE_PATH": str(ROOT / "var/encoders"),
            "PYTHONPATH": str(ROOT),
        }

    def start(self, module: str, *arguments: Any, **environment: str) -> subprocess.Popen[str]:
        """Start a command and return at once."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            env={**self.environment, **environment},
            cwd=self.folder,  # where no .env of the developer's lies
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, module: str, *arguments: Any, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(module, *arguments, **environment)
        out, err = process.communicate(timeout=600)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def import_feed(self, feed: Path, *arguments: Any) -> dict[str, Any]:
        """Import a feed and return the report."""
        done = self.run("scripts.import_catalogue", feed, "--json", "--rejects", self.rejects, *arguments)
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = orjson.loads(done.stdout)
        return report

    @property
    def rejects(self) -> Path:
        return self.folder / "rejects.jsonl"


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Shop:
    return Shop(tmp_path, database_url)


@pytest.fixture
def write_feed(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
