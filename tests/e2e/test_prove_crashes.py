"""`kill -9` on both kinds of database; `make prove-crashes KILLS=50` kills more often and prints every kill."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import orjson
import pytest

from tests.e2e.conftest import Shop

KILLS = os.environ.get("CRASH_KILLS")


@pytest.mark.timeout(0 if KILLS else 300)
def test_a_killed_server_comes_back_with_what_it_acknowledged(shop: Shop, database_url: str, tmp_path: Path) -> None:
    options = ("--folder", tmp_path, "--database-url", database_url)
    if KILLS:
        shop.environment["PYTHONUNBUFFERED"] = "1"
        process = shop.start("scripts.prove_crashes", *options, "--kills", KILLS)
        out, err = process.communicate()
        sys.stdout.write(f"{database_url.partition(':')[0]}\n{out}\n")
        assert process.returncode == 0, err
        return
    done = shop.run("scripts.prove_crashes", *options, "--kills", 3, "--json")
    assert done.returncode == 0, done.stderr
    report = orjson.loads(done.stdout)
    assert report["kills"] == 3
    assert report["in_flight"] > 0
    assert report["while_merging"] > 0
    assert report["while_saving"] > 0
    assert (report["wrong"], report["damaged_files"]) == (0, 0)
