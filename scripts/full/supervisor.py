"""Looks after several processes: starts them in order, starts again what dies, and stops all in reverse order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from scripts.full.child import Child, ChildFailed

LOOK_EVERY_S = 0.2
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
SOUND_AFTER_S = 60.0  # who lived so long has no trouble of its own
START_TIMEOUT_S = 240.0


class Supervisor:
    """The processes of one topology; for one thread, told to stop from anywhere."""

    def __init__(self, stopping: threading.Event, tell: Callable[[str], None]) -> None:
        """Look after nothing yet.

        Args:
            stopping: once set, everything ends.
            tell: what happens, for people.
        """
        self.children: list[Child] = []
        self._stopping = stopping
        self._tell = tell
        self._lives: dict[str, _Life] = {}

    def start(self, child: Child) -> None:
        """Start one process after those before it, and wait until it is ready or all is to stop.

        Raises:
            ChildFailed: it doesn't become ready.
        """
        if self._stopping.is_set():
            return
        self.children.append(child)
        self._lives[child.name] = _Life(time.monotonic())
        child.start()
        child.wait_until_ready(START_TIMEOUT_S, self._stopping.is_set)

    def run(self, child: Child) -> None:
        """Run a process to its end, or until all is to stop.

        Raises:
            ChildFailed: it failed.
        """
        if self._stopping.is_set():
            return
        child.start()
        while child.is_running():
            if self._stopping.wait(LOOK_EVERY_S):
                child.stop()
                return
        if child.returncode:
            raise ChildFailed(f"{child.name} failed; the end of {child.log}:\n{child.last_words()}")

    def watch(self) -> None:
        """Start again what dies, at growing intervals, until all is to stop."""
        while not self._stopping.wait(LOOK_EVERY_S):
            for child in self.children:
                life = self._lives[child.name]
                if child.is_running():
                    continue
                if life.due is None:
                    life.died(time.monotonic())
                    self._tell(f"{child.name} has ended and is started again in {life.pause_s:g} s; see {child.log}")
                elif time.monotonic() >= life.due:
                    child.kill()  # what it left behind
                    child.start()
                    life.began(time.monotonic())

    def stop(self) -> None:
        """Stop all, the last one that was started first."""
        for child in reversed(self.children):
            if not child.stop():
                self._tell(f"{child.name} didn't end within {child.grace_s:g} s and was killed")


class _Life:
    """When a process began, and when it is to begin again."""

    def __init__(self, now: float) -> None:
        self.due: float | None = None
        self.pause_s = 0.0
        self._began = now

    def died(self, now: float) -> None:
        sound = now - self._began >= SOUND_AFTER_S
        self.pause_s = FIRST_PAUSE_S if sound or not self.pause_s else min(2 * self.pause_s, LONGEST_PAUSE_S)
        self.due = now + self.pause_s

    def began(self, now: float) -> None:
        self._began, self.due = now, None
