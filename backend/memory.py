"""Memory given back to the system: what was only needed to load, or to count, isn't needed again."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable


def _trimmer() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    # None on a C library that isn't glibc, such as musl.
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim


_TRIM = _trimmer()


def keep() -> None:
    """Spare the collector what there is now: looking through it time and again would only hold up requests."""
    gc.collect()
    gc.freeze()
    give_back()


def keep_anew() -> None:
    """Do so once more, and free what was kept and has gone since; some 100 ms with Python's lock.

    The collector looks at everything for this, so memory that forked processes share until then is copied.
    """
    gc.unfreeze()
    keep()


def give_back() -> None:
    """Return freed memory to the system, which the C library keeps otherwise; some 10 ms, without Python's lock."""
    if _TRIM is not None:
        _TRIM(0)
