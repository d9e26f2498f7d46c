"""Runs merges beside searches and writes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import faiss

from ml.index.merge import Merged, MergeSettings, is_due, merge, named
from ml.index.view import View
from ml.types import ProductId

logger = logging.getLogger(__name__)


class _Closed(Exception):
    """A merge was told to give up."""


class Merges:
    """The merges of one index: one at a time, in a thread of their own or in that of the caller."""

    def __init__(
        self,
        settings: MergeSettings,
        view: Callable[[], View],
        id_of: Callable[[int], ProductId],
        install: Callable[[Merged], None],
        *,
        failure: str | None = None,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare.

        Args:
            settings: when rows are merged.
            view: the index as it is now.
            id_of: the product of a row.
            install: swaps in what a merge made.
            failure: why the index that was opened has no codes.
            on_failure: called when a background merge fails.
        """
        self.settings = settings
        self.failure = failure  # of the last attempt; None once one has succeeded
        self._on_failure = on_failure
        self._view = view
        self._id_of = id_of
        self._install = install
        self._running = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._not_before = 0.0  # of the monotonic clock

    def run(self) -> None:
        """Merge every row now; return when that is done."""
        with self._running:
            self._succeeded(merge(self._view(), self._id_of, self.settings))

    def start_if_due(self) -> None:
        """Start a merge in a thread if one is due and none runs."""
        if (
            not self.settings.background
            or self._closed.is_set()
            or time.monotonic() < self._not_before
            or not is_due(self._view(), self.settings)
        ):
            return
        if self._running.acquire(blocking=False):
            # The thread takes over the lock, and releases it.
            self._thread = threading.Thread(target=self._run_in_background, name="index-merge")
            self._thread.start()

    def wait(self) -> None:
        """Return when no background merge runs."""
        if (thread := self._thread) is not None:
            thread.join()

    def close(self) -> None:
        """Tell a background merge to give up, and wait for that."""
        self._closed.set()
        self.wait()

    def _run_in_background(self) -> None:
        faiss.omp_set_num_threads(1)  # of this thread alone: the others are for those who search
        try:
            while is_due(self._view(), self.settings) and not self._closed.is_set():
                self._succeeded(merge(self._view(), self._id_of, self.settings, self._go_on))
        except _Closed:
            logger.info("merging the index was given up, as it is closed")
        except Exception as error:
            # Searches stay right without it, only slower; a later write tries again.
            self._not_before = time.monotonic() + self.settings.retry_s
            self.failure = named(error)
            logger.exception("merging the index failed")
            self._on_failure()
        finally:
            self._running.release()

    def _succeeded(self, merged: Merged) -> None:
        self._install(merged)
        self.failure = None

    def _go_on(self) -> None:
        if self._closed.is_set():
            raise _Closed
