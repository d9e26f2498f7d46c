"""The benchmarks run and print their figures; nothing here judges a time."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Shop

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    done = shop.run("scripts.benchmark_parts", "encoder", "--queries", 20, "--texts", 200)
    assert done.returncode == 0, done.stderr
    lowest = {line.split()[0]: float(line.split()[-1]) for line in done.stdout.splitlines()[1:]}
    assert set(lowest) == {"fp32", "bf16", "int8"}
    assert lowest["fp32"] == pytest.approx(1, abs=1e-5)
    assert lowest["bf16"] > 0.999
    assert lowest["int8"] > 0.995
