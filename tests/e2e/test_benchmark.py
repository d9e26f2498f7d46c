"""The benchmarks run and print their figures; nothing here judges a time."""

from __future__ import annotations

import orjson
import pytest

from tests.e2e.conftest import Shop

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_latency_over_http(shop: Shop) -> None:
    done = shop.run("scripts.benchmark", "--queries", 40, "--rounds", 2, "--json")
    assert done.returncode == 0, done.stderr
    ((name, figures),) = orjson.loads(done.stdout).items()
    assert name == "vitrine-minilm-l6"
    assert figures["queries"] == 40
    assert 0 < figures["encode_p50_ms"] < figures["http_p50_ms"] <= figures["http_p95_ms"] <= figures["http_p99_ms"]


def test_parts(shop: Shop) -> None:
    done = shop.run("scripts.benchmark_parts", "index", "--rows", 2000, "--dimension", 32, "--queries", 10)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == [
        "100.0%",
        "50.0%",
        "10.0%",
        "2.0%",
        "0.5%",
        "0.1%",
    ]
    done = shop.run("scripts.benchmark_parts", "encoder", "--queries", 20)
    assert done.returncode == 0, done.stderr
    lowest = {line.split()[0]: float(line.split()[-1]) for line in done.stdout.splitlines()[1:]}
    assert set(lowest) == {"fp32", "bf16", "int8"}
    assert lowest["fp32"] == pytest.approx(1, abs=1e-5)
    assert lowest["bf16"] > 0.999
    assert lowest["int8"] > 0.995
