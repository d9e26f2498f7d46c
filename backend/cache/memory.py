"""Answers kept in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

Basis = tuple[Hashable, ...]
"""All that an answer was made from besides its request, as versions; with another one it doesn't hold any more."""
ENTRY_BYTES = 1000  # of an entry without its texts: its digest of a key, basis, counts and place, measured


@dataclass(slots=True)
class Use:
    """How often something was asked for.

    Attributes:
        request: as JSON, by which it can be asked for again; None where that would need to know who asks.
        count: since the start.
        told: how many of these have been written down.
        placed: what `count` comes to when it has its last place among what is counted; more are uses since.
    """

    request: bytes | None = None
    count: int = 0
    told: int = 0
    placed: int = 0


@dataclass(slots=True)
class Answer:
    """A kept answer.

    Attributes:
        body: JSON, as it is sent.
        basis: it holds as long as this is the current one.
        expires_at: monotonic seconds.
        made_at: monotonic seconds.
        use: of its request.
    """

    body: bytes
    basis: Basis
    expires_at: float
    made_at: float
    use: Use = field(default_factory=Use)


class MemoryCache:
    """Answers by key within a budget of bytes; the one that wasn't asked for longest goes first.

    Keys are to be short, such as digests: the budget counts an entry as `ENTRY_BYTES` and its texts.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Hashable, basis: Basis, now: float) -> Answer | None:
        """Return the answer that was kept for a key, if it holds; one that doesn't is forgotten."""
        answer = self._answers.get(key)
        if answer is None:
            return None
        if answer.expires_at <= now or answer.basis != basis:
            self._forget(key)
            return None
        self._answers.move_to_end(key)
        return answer

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer, unless it is larger than the whole budget."""
        if key in self._answers:
            self._forget(key)
        size = _size(answer)
        if size > self._budget:
            return
        self._answers[key] = answer
        self.nbytes += size
        while self.nbytes > self._budget:
            self._forget(next(iter(self._answers)))

    def _forget(self, key: Hashable) -> None:
        answer = self._answers.pop(key)
        self.nbytes -= _size(answer)


def _size(answer: Answer) -> int:
    return ENTRY_BYTES + len(answer.body) + len(answer.use.request or b"")
