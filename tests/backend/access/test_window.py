"""The arithmetic of a sliding minute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.access.limiter import KNOWN_IDENTITIES, Limiter
from backend.access.window import WINDOW_S, Bucket
from tests.backend.access.helpers import START, Clock

BUCKET = Bucket("test", 100)


def granted(limiter: Limiter, times: int, bucket: Bucket = BUCKET, who: str = "a") -> int:
    found = [limiter.take(bucket, who) for _ in range(times)]
    return sum(grant.granted for grant in found if grant is not None)


def test_exactly_the_limit_is_granted_and_each_has_their_own() -> None:
    limiter = Limiter(now=Clock())
    assert granted(limiter, 300) == 100
    assert granted(limiter, 300, who="b") == 100
    assert granted(limiter, 300, Bucket("other", 7)) == 7
    assert granted(limiter, 300, Bucket("off", 0)) == 300


def test_what_was_counted_fades_over_the_next_minute() -> None:
    clock = Clock()
    limiter = Limiter(now=clock)
    clock.now += 59
    assert granted(limiter, 200) == 100
    clock.now = START + WINDOW_S
    assert granted(limiter, 200) == 0
    clock.now += WINDOW_S / 2
    assert granted(limiter, 200) == 50
    clock.now += 2 * WINDOW_S
    assert granted(limiter, 200) == 100


@given(
    limit=st.integers(1, 500),
    pauses=st.lists(st.floats(0, 90), min_size=1, max_size=8),
)
def test_whoever_waits_as_told_is_let_through_and_not_much_earlier(limit: int, pauses: list[float]) -> None:
    clock, bucket = Clock(), Bucket("test", limit)
    limiter = Limiter(now=clock)
    for pause in pauses:
        clock.now += pause
        granted(limiter, limit + 1, bucket)
        refused = limiter.take(bucket, "a")
        assert refused is not None
        assert (refused.granted, refused.remaining) == (0, 0)
        assert 1 <= refused.retry_after_s <= 2 * WINDOW_S
        assert 1 <= refused.reset_s <= WINDOW_S
        clock.now += refused.retry_after_s
        again = limiter.take(bucket, "a")
        assert again is not None
        assert again.granted == 1


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 40)), min_size=1, max_size=60))
def test_no_minute_has_more_than_twice_the_limit_and_no_calendar_minute_more_than_it(
    steps: list[tuple[float, int]],
) -> None:
    clock = Clock()
    limiter = Limiter(now=clock)
    bursts = []
    for pause, burst in steps:
        clock.now += pause
        bursts.append((clock.now, granted(limiter, burst)))
    for end, _ in bursts:
        inside = [number for at, number in bursts if end - WINDOW_S < at <= end]
        assert sum(inside) <= 2 * BUCKET.limit
        same = [number for at, number in bursts if at // WINDOW_S == end // WINDOW_S]
        assert sum(same) <= BUCKET.limit


def test_several_at_once_are_granted_as_far_as_there_is_room() -> None:
    limiter = Limiter(now=Clock())
    first, second = limiter.take(BUCKET, "a", 60), limiter.take(BUCKET, "a", 60)
    assert first is not None
    assert second is not None
    assert (first.granted, first.remaining, second.granted, second.remaining) == (60, 40, 40, 0)


@pytest.mark.parametrize("back", [1, 59, 61, 3600, 1e9])
def test_a_clock_that_is_put_back_only_begins_anew(back: float) -> None:
    clock = Clock()
    limiter = Limiter(now=clock)
    granted(limiter, 100)
    clock.now -= back
    assert granted(limiter, 1) == 1


def test_invented_names_free_nobody_from_a_limit() -> None:
    limiter, sessions = Limiter(now=Clock()), Bucket("session", 100)
    assert granted(limiter, 101) == 100
    assert granted(limiter, 101, sessions, "mine") == 100
    for number in range(2 * KNOWN_IDENTITIES):
        limiter.take(sessions, str(number))
        if not number % (KNOWN_IDENTITIES // 2):
            assert granted(limiter, 1, sessions, "mine") == 0
    assert granted(limiter, 1) == 0


def test_memory_is_bounded() -> None:
    clock = Clock()
    limiter = Limiter(now=clock)
    for number in range(KNOWN_IDENTITIES + 50):
        limiter.take(BUCKET, str(number))
    assert len(limiter) == KNOWN_IDENTITIES
    for _ in range(2):
        clock.now += WINDOW_S
        limiter.take(BUCKET, "a")
    assert len(limiter) == 1
