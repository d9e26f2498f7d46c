"""Answers in memory: what holds, what doesn't, and the budget."""

from __future__ import annotations

import os
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from backend.cache.answers import digest_of
from backend.cache.memory import ENTRY_BYTES, Answer, MemoryCache, Use


def answer(body: bytes = b"{}", *, basis: tuple[int, ...] = (1,), expires_at: float = 10.0) -> Answer:
    return Answer(body, basis, expires_at, 0.0, Use())


def test_an_answer_holds_until_it_expires_or_something_that_it_is_made_from_changes() -> None:
    cache = MemoryCache(10_000)
    cache.put("key", answer())
    assert cache.get("key", (1,), 9.9) is not None
    assert cache.get("key", (2,), 9.9) is None
    assert len(cache) == cache.nbytes == 0  # what doesn't hold is forgotten
    cache.put("key", answer())
    assert cache.get("key", (1,), 10.0) is None


def test_the_one_that_was_not_asked_for_longest_goes_first() -> None:
    cache = MemoryCache(3 * (ENTRY_BYTES + 2))
    for key in ("a", "b", "c"):
        cache.put(key, answer())
    assert cache.get("a", (1,), 0.0) is not None
    cache.put("d", answer())
    assert [key for key in "abcd" if cache.get(key, (1,), 0.0)] == ["a", "c", "d"]


def test_what_is_larger_than_the_budget_is_not_kept() -> None:
    cache = MemoryCache(ENTRY_BYTES + 10)
    cache.put("small", answer(b"0123456789"))
    cache.put("large", answer(b"01234567890"))
    assert cache.get("large", (1,), 0.0) is None
    assert cache.get("small", (1,), 0.0) is not None


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 900), st.booleans()), max_size=60))
def test_the_budget_is_kept_and_counted_right(steps: list[tuple[int, int, bool]]) -> None:
    cache = MemoryCache(2_500)
    for key, size, reads in steps:
        if reads:
            cache.get(key, (size % 3,), 0.0)
        else:
            cache.put(key, answer(b"x" * size, basis=(size % 3,)))
        kept = cache._answers.values()
        assert cache.nbytes == sum(ENTRY_BYTES + len(one.body) for one in kept) <= 2_500


def test_what_is_counted_is_what_it_takes() -> None:
    cache = MemoryCache(4 << 20)
    tracemalloc.start()
    try:
        for number in range(20_000):
            basis = ((number + 10**6, number + 2**60), number + 10**6, number + 2**61, 0, "f" * 16)
            request = os.urandom(300)
            key = ("search", digest_of(request))
            cache.put(key, Answer(os.urandom(200), basis, float(number), float(number), Use(request)))
            del basis, request, key
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(cache) > 1000
    assert 0.5 * cache.nbytes < taken < 1.1 * cache.nbytes <= 1.1 * (4 << 20)
