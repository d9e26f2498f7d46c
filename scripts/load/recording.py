"""What a load run saw: every answer's kind, begin, latency and status."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

OK = 200
SHED = 503


@dataclass(slots=True)
class Recording:
    """Answers in the order in which they came.

    Attributes:
        seconds: for which requests were sent.
        complaints: of the checks, about answers that came with 200 and are wrong.
    """

    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)
    _kinds: list[str] = field(default_factory=list)
    _begun: array[float] = field(default_factory=lambda: array("d"))
    _latency: array[float] = field(default_factory=lambda: array("d"))
    _status: array[int] = field(default_factory=lambda: array("H"))
    _kept: array[int] = field(default_factory=lambda: array("b"))
    _held: array[float] = field(default_factory=lambda: array("d"))

    def add(
        self, kind: str, begun_s: float, latency_ms: float, status: int, *, kept: bool = False, held_ms: float = 0.0
    ) -> None:
        """Note one answer.

        Args:
            kind: of the request.
            begun_s: when it was due, from the start of the run.
            latency_ms: from then on.
            status: of the answer.
            kept: it came from a cache.
            held_ms: how long the request, due already, wasn't sent.
        """
        self._kinds.append(kind)
        self._begun.append(begun_s)
        self._latency.append(latency_ms)
        self._status.append(status)
        self._kept.append(kept)
        self._held.append(held_ms)

    def __len__(self) -> int:
        return len(self._status)

    @property
    def latency_ms(self) -> NDArray[np.float64]:
        """Of every answer, shape (n,)."""
        return np.frombuffer(self._latency, np.float64) if self._latency else np.empty(0)

    @property
    def answer_ms(self) -> NDArray[np.float64]:
        """Of every answer since its request was sent, shape (n,)."""
        held = np.frombuffer(self._held, np.float64) if self._held else np.empty(0)
        return self.latency_ms - held

    @property
    def begun_s(self) -> NDArray[np.float64]:
        """When each was to be sent, in seconds from the start, shape (n,)."""
        return np.frombuffer(self._begun, np.float64) if self._begun else np.empty(0)

    @property
    def status(self) -> NDArray[np.uint16]:
        """Of every answer, 0 for none, shape (n,)."""
        return np.frombuffer(self._status, np.uint16) if self._status else np.empty(0, np.uint16)

    @property
    def kinds(self) -> NDArray[np.str_]:
        """Of every answer, shape (n,)."""
        return np.array(self._kinds, dtype=np.str_)

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Whether each came from a cache, shape (n,)."""
        return np.array(self._kept, dtype=np.bool_)

    @property
    def statuses(self) -> dict[int, int]:
        """How often each status came."""
        return dict(Counter(self._status))

    @property
    def elapsed_s(self) -> float:
        """Seconds until the last answer: a closed loop's last requests are answered when its time is up."""
        return max(self.seconds, float((self.begun_s + self.latency_ms / 1000).max(initial=0.0)))

    def save(self, file: Path) -> None:
        """Write the answers to a file of numpy's; complaints aren't in it."""
        held_ms = self.latency_ms - self.answer_ms
        with file.open("wb") as output:
            np.savez(
                output, seconds=self.seconds, kinds=self.kinds, begun_s=self.begun_s, latency_ms=self.latency_ms,
                status=self.status, kept=self.kept, held_ms=held_ms,
            )  # fmt: skip

    @classmethod
    def load(cls, file: Path) -> Recording:
        """Read what `save` has written."""
        with np.load(file) as saved:
            found = cls(float(saved["seconds"]))
            columns = (
                saved[name].tolist() for name in ("kinds", "begun_s", "latency_ms", "status", "kept", "held_ms")
            )
            for kind, begun_s, latency_ms, status, kept, held_ms in zip(*columns, strict=True):
                found.add(kind, begun_s, latency_ms, status, kept=kept, held_ms=held_ms)
        return found

    @property
    def errors(self) -> int:
        """Answers other than 200."""
        return len(self) - self.statuses.get(OK, 0)


def joined(parts: Sequence[Recording]) -> Recording:
    """Return several runs as one, one after the other."""
    whole = Recording()
    for part in parts:
        held_ms = part.latency_ms - part.answer_ms
        seen = zip(part.kinds, part.begun_s, part.latency_ms, part.status, part.kept, held_ms, strict=True)
        for kind, begun, latency, status, kept, held in seen:
            begun_s = whole.seconds + float(begun)
            whole.add(str(kind), begun_s, float(latency), int(status), kept=bool(kept), held_ms=float(held))
        whole.seconds += part.seconds
        whole.complaints += part.complaints
    return whole
