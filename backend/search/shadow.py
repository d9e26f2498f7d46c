"""Shadow searches: some approximate answers are compared with exact ones, behind the request's back."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from backend.metrics import Metrics

logger = logging.getLogger(__name__)
DEPTH = 20  # of the results compared: the usual page


class ShadowSearches:
    """Measures what approximate searches miss, one at a time: while one is compared, others are let go unmeasured."""

    def __init__(self, share: float, metrics: Metrics, version: Callable[[], int]) -> None:
        """Prepare.

        Args:
            share: of the approximate searches to compare, 0 to 1.
            metrics: where what was found is counted.
            version: of the catalogue; where it changes meanwhile, nothing can be said.
        """
        self._share = share
        self._metrics = metrics
        self._version = version
        self._chances = random.Random()  # noqa: S311  a sample, no secret
        self._free = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="shadow")

    def offer(self, recall: Callable[[int], float], allowed_share: float) -> None:
        """Have an approximate search compared, if it is drawn and nothing else is being compared.

        Args:
            recall: searches exactly, and returns which part of the first so many results was found.
            allowed_share: of the products, how many pass the filters.
        """
        if self._chances.random() >= self._share:
            return
        if not self._free.acquire(blocking=False):
            self._metrics.count_shadow("dropped")
            return
        self._thread.submit(self._compare, recall, allowed_share, self._version())

    def wait(self) -> None:
        """Return when nothing is being compared."""
        with self._free:
            pass

    def close(self) -> None:
        """End what is being compared, and the thread; whatever is offered from now on is let go."""
        self._share = 0.0
        self._thread.shutdown()

    def _compare(self, recall: Callable[[int], float], allowed_share: float, version: int) -> None:
        try:
            found = recall(DEPTH)
            if self._version() == version:
                self._metrics.observe_shadow(found, allowed_share)
                self._metrics.count_shadow("compared")
            else:
                self._metrics.count_shadow("outdated")
        except Exception:  # whatever it is, the next one must not find the door locked
            self._metrics.count_shadow("failed")
            logger.exception("a shadow search failed")
        finally:
            self._free.release()
