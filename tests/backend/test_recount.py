"""Statistics are counted again when the catalogue has changed, and not all the time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from backend import recount
from backend.recount import REST, TURN, Recount, in_turns


class Clock:
    """Stands in for `time`, and only moves when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(recount, "time", clock)
    return clock


class Catalogue:
    """Counts how often it is counted."""

    def __init__(self, takes_s: float, clock: Clock) -> None:
        self.version = 1
        self.counts: list[int] = []
        self.fails = False
        self.takes_s = takes_s
        self.clock = clock

    def count(self) -> int:
        self.counts.append(self.version)
        self.clock.now_s += self.takes_s
        if self.fails:
            raise OperationalError("statement", {}, Exception("down"))
        return self.version


def follower(catalogue: Catalogue) -> Callable[[], None]:
    counting = Recount("test", catalogue.count)

    def follow() -> None:
        counting.follow(catalogue.version)
        if counting._thread is not None:
            counting._thread.join()

    return follow


def test_it_counts_again_once_the_catalogue_has_changed(clock: Clock) -> None:
    catalogue = Catalogue(0, clock)
    follow = follower(catalogue)
    for version in (1, 1, 2, 2, 3):
        catalogue.version = version
        follow()
    assert catalogue.counts == [1, 2, 3]


def test_it_rests_after_counting(clock: Clock) -> None:
    catalogue = Catalogue(2, clock)
    follow = follower(catalogue)
    follow()
    catalogue.version = 2
    clock.now_s += REST * 2 - 1
    follow()
    assert catalogue.counts == [1]
    clock.now_s += 2
    follow()
    assert catalogue.counts == [1, 2]


def test_a_database_that_is_down_is_asked_again(clock: Clock) -> None:
    catalogue = Catalogue(0, clock)
    follow = follower(catalogue)
    catalogue.fails = True
    follow()
    catalogue.fails = False
    follow()
    follow()
    assert catalogue.counts == [1, 1]


def test_what_is_counted_in_turns_is_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(recount.time, "sleep", rests.append)
    assert list(in_turns(range(10 * TURN + 1))) == list(range(10 * TURN + 1))
    assert len(rests) == 10
    assert min(rests) > 0  # with 0 the lock is taken back at once
