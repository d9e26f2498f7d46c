"""One process of the topology: started, asked whether it is ready, stopped, and killed with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.local_services import Account

POLL_S = 0.05


class ChildFailed(RuntimeError):
    """A process ended or didn't become ready; the message has the end of its log."""


@dataclass
class Child:
    """A process that can be started again.

    Attributes:
        name: for people.
        command: program and arguments.
        log: gets what it says, one start after the other.
        environment: all of it; None takes this process's own.
        account: whom it runs as.
        stop_signal: asks it to end.
        grace_s: how long it may take for that.
        ready: tells whether it does its work; None where living is all that can be seen.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    account: Account = field(default_factory=Account)
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 20.0
    ready: Callable[[], bool] | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process; 0 before its first start."""
        return self._process.pid if self._process is not None else 0

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it lives, or before its first start."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only who looks after it."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                list(self.command), user=self.account.uid, group=self.account.gid, extra_groups=self.account.groups,
                env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        """Whether it lives and does its work."""
        return self.is_running() and (self.ready is None or self.ready())

    def wait_until_ready(self, timeout_s: float, given_up: Callable[[], bool] = lambda: False) -> None:
        """Return once it is ready, or when that isn't wanted any more.

        Raises:
            ChildFailed: it ended, or took too long.
        """
        deadline = time.monotonic() + timeout_s
        while not given_up() and not self.is_ready():
            if not self.is_running() or time.monotonic() > deadline:
                raise ChildFailed(f"{self.name} did not start; the end of {self.log}:\n{self.last_words()}")
            time.sleep(POLL_S)

    def stop(self) -> bool:
        """Ask it to end, and make it when it doesn't; return whether asking was enough."""
        if self._process is None:
            return True
        if self.is_running():
            self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(self.grace_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        self._end_group()
        return True

    def kill(self) -> None:
        """End it and what it started as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._end_group()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        if self._process is not None:
            self._process.send_signal(number)

    def last_words(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def _end_group(self) -> None:
        """End what a process that is gone has left behind: workers would go on to hold its port."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
