"""Shoppers of locust against a server of the bench, in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.console import UsageError
from scripts.load.loop import Address
from scripts.load.recording import Recording

LOCUSTFILE = Path(__file__).parents[1] / "load" / "locustfile.py"
SOME_FAILED = 1  # how locust ends when requests did: they are noted


def shop_with_locust(address: Address, *, shoppers: int, seconds: float) -> Recording:
    """Let so many shoppers ask, each once a second, in the mix of the soak; return what locust saw.

    Times are as locust takes them, from sending to the last byte, before its tables round them.

    Raises:
        UsageError: locust didn't run to its end.
    """
    with TemporaryDirectory() as folder:
        record = Path(folder) / "answers.npz"
        command: list[str | Path] = [
            sys.executable, "-m", "locust", "-f", LOCUSTFILE, "--headless", "--mix", "--only-summary",
            "-u", str(shoppers), "-r", str(shoppers), "-t", f"{max(1, round(seconds))}s",
            "--host", f"http://{address.host}:{address.port}", "--record", record,
        ]  # fmt: skip
        done = subprocess.run(command, check=False, stdout=sys.stderr)
        if done.returncode not in {0, SOME_FAILED} or not record.exists():
            raise UsageError(f"locust ended with {done.returncode}, see above")
        return Recording.load(record)
