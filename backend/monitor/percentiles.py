"""What log-spaced buckets say of the latencies in them."""

from __future__ import annotations

import numpy as np

from backend.monitor.layout import BUCKETS, GROWTH, LOWEST_S, Numbers

# What is at most 2 % away from either end of its bucket; the first holds everything up to LOWEST_S.
REPRESENTATIVES_S: Numbers = np.concatenate(
    ([LOWEST_S], 2 * LOWEST_S * GROWTH ** np.arange(1, BUCKETS, dtype=np.float64) / (GROWTH + 1))
)


def percentile(counts: Numbers, rank: float) -> float:
    """Return the latency in seconds that a share of the requests didn't exceed; 0 where there are none.

    Args:
        counts: requests in each bucket, shape (BUCKETS,).
        rank: the share, 0 to 1.
    """
    running = np.cumsum(counts)
    total = running[-1]
    if total == 0:
        return 0.0
    return float(REPRESENTATIVES_S[int(np.searchsorted(running, max(1.0, np.ceil(rank * total))))])
