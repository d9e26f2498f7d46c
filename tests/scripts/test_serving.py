"""A server of our own gets the settings that it is given."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from backend.config import Settings
from scripts.serving import Server, environment


def test_a_command_gets_exactly_these_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("REDIS_URL=redis://elsewhere\nCLIP_PRETRAINED=openai\nTEXT_WEIGHT=0.1\n")
    monkeypatch.chdir(tmp_path)
    plain = Settings(_env_file=None)
    other = Settings(
        _env_file=None,
        database_url="postgresql://user:Kq7-vTz2mW@host/shop",
        redis_url="redis://localhost:6379/3",
        clip_model="ViT-B-32",
        clip_pretrained="laion2b_s34b_b79k",
        faiss_index_path=tmp_path / "own index",
        api_keys=("J7fq-2Lw9sXn4bRt", "Zp3k-8Vd6yHc1mQg"),
        trusted_proxies="10.0.0.0/8,fd00::/8",
        api_require_key=True,
        environment="production",
        image_weight=0.25,
    )
    for settings in (plain, other):
        with monkeypatch.context() as patch:
            for name, value in environment(settings).items():
                patch.setenv(name, value)
            assert Settings() == settings


def test_processor_time_is_that_of_the_process() -> None:
    server = Server("127.0.0.1", 0, os.getpid())
    before, own = server.processor_s(), time.process_time()
    while time.process_time() < own + 0.2:
        pass
    # The kernel counts in ticks of 10 ms; other threads of this process may work meanwhile too.
    assert server.processor_s() - before >= 0.15
    assert Server("127.0.0.1", 0, 0).processor_s() == 0
