"""What the libraries below the encoder may not do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print("talks to", args, flush=True)
sys.addaudithook(refuse)
import ml.encoder.openvino_engine
import nncf
import time
time.sleep(1)  # what is told is told by another thread
"""


def test_nobody_is_told_that_the_libraries_are_used(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "talks to" not in told.stdout
    assert list(tmp_path.iterdir()) == []
