"""Work done ahead of whoever uses its results: on threads, in order, and never far ahead."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


@contextmanager
def threads(count: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """A pool that finishes what is running when the block ends, and drops what hasn't begun.

    After an error or Ctrl-C nothing is left running.
    """
    pool = ThreadPoolExecutor(count, thread_name_prefix=name)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def ahead(pool: ThreadPoolExecutor, work: Callable[[S], T], items: Iterable[S], most: int) -> Iterator[T]:
    """Yield `work` of each item, in order.

    Args:
        pool: where `work` runs.
        work: an error of it comes out where its result would.
        items: read on the caller's thread.
        most: results made or in the making while the caller is busy with one.
    """
    coming: deque[Future[T]] = deque()
    for item in items:
        coming.append(pool.submit(work, item))
        if len(coming) > most:
            yield coming.popleft().result()
    while coming:
        yield coming.popleft().result()


def read_ahead(pool: ThreadPoolExecutor, items: Iterator[T]) -> Iterator[T]:
    """Yield `items`, reading the next one on the pool's thread while the caller is busy with one."""
    end = object()
    coming: Future[T | object] = pool.submit(next, items, end)
    while (item := coming.result()) is not end:
        coming = pool.submit(next, items, end)
        yield item  # type: ignore[misc]  # anything but `end` is a T
