"""A short `make prove-faults`: one fault of each kind, with the real model."""

from __future__ import annotations

import pytest

from backend.config import Settings
from scripts.faults.causes import FAULTS
from scripts.prove_faults import prove
from tests.e2e.conftest import ROOT

CHOSEN = ("garbage", "PostgreSQL killed", "a worker killed")


@pytest.mark.timeout(600)
def test_faults_do_no_harm() -> None:
    settings = Settings(_env_file=None, encoder_cache_path=ROOT / "var/encoders", encoder_threads=1)
    faults = [fault for fault in FAULTS if any(name in fault.name for name in CHOSEN)]
    outcomes = prove(settings, faults, workers=2, warm_s=1)
    assert [outcome.wrong for outcome in outcomes] == [()] * (len(CHOSEN) + 3)
    assert all(outcome.ok > 20 for outcome in outcomes[:-2])
    assert any(outcome.unavailable for outcome in outcomes)
