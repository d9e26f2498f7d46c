"""A port that is taken is told of before anything is started, with the way out that fits the command."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts import serve_full


def test_a_taken_port_is_told_with_a_command_that_takes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no .env lies
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(serve_full.app, ["--port", str(port), "--folder", str(tmp_path / "full")])
    assert done.exit_code == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert 'make serve-full FULL_ARGS="--port 9000"' in done.stderr
    assert not (tmp_path / "full").exists()
