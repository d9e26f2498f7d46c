"""A short run of `make prove-state`: real servers and a worker, killed under load."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.state_proof import is_kept, prove


@pytest.mark.timeout(900)  # six starts of a server or worker, some seconds of processor time each
def test_states_keep_their_promises(tmp_path: Path, postgres_url: str) -> None:
    report = prove(tmp_path, postgres_url, interleavings=600, kills=3)
    assert is_kept(report), report
    assert report["order"]["redis killed"] > 0
    assert report["kills"]["acknowledged"] > 50
    assert report["states"]["profiles"] == 20
