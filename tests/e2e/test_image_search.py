"""Search by picture with the model that ships: the commands that attack and measure it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from scripts.hostile.cases import hostile_cases
from tests.e2e.conftest import Shop

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_hostile_pictures_are_refused_cheaply_by_a_real_server(shop: Shop) -> None:
    # Nothing here judges a time; memory doesn't depend on how busy the machine is.
    done = shop.run("scripts.attack_images", "--tries", 1, "--max-ms", 60_000, "--max-hidden-ms", 60_000)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("ok ")]
    assert len(lines) == len(hostile_cases()) > 100
    assert f"{len(lines)} hostile pictures, 0 failed" in done.stdout


def test_a_limit_that_is_passed_ends_with_exit_code_1(shop: Shop) -> None:
    done = shop.run("scripts.attack_images", "--tries", 1, "--max-ms", 0, "--max-hidden-ms", 0)
    assert done.returncode == 1
    assert f"{len(hostile_cases())} failed" in done.stdout


def test_latency_over_http_beside_the_tower(shop: Shop, write_feed: Callable[[str, str | bytes], Path]) -> None:
    feed = write_feed("feed.csv", "id,title\n" + "".join(f"p{n},steel mug {n}\n" for n in range(40)))
    done = shop.run("scripts.benchmark_image", "--catalogue", feed, "--pictures", 4, "--rounds", 2, "--json")
    assert done.returncode == 0, done.stderr
    report = orjson.loads(done.stdout)
    assert set(report) == {"800x600", "400x400"}
    for figures in report.values():
        assert figures["pictures"] == 8
        assert 0 < figures["encode_image_p50_ms"] < figures["http_p50_ms"] <= figures["http_p95_ms"]
        assert 0 < figures["tower_p50_ms"] <= figures["tower_p95_ms"]
        assert figures["prepare_p50_ms"] > 0
