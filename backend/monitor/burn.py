"""The error budget: how many requests may be bad, and how fast they use it up.

An alert asks a short and a long window: the long one so that a moment's trouble wakes nobody, the short one so that
it ends when the trouble does. The limits are lower than those known for objectives of 99.9 %: where a twentieth may
be bad, a rate of 14.4 would wait for 72 % of them.
"""

from __future__ import annotations

from backend.monitor.overview import Overview
from backend.monitor.schemas import Alert, Burn, BurnWindow

OBJECTIVE = 0.95  # the target is one for the 95th percentile
FAST, SLOW = 10.0, 2.0  # half of the requests bad, or a tenth


def burn_of(overview: Overview, short_s: float, long_s: float) -> Burn:
    """Return how fast the budget is used up in both windows."""
    short, long = _window(overview, short_s), _window(overview, long_s)
    return Burn(objective=OBJECTIVE, short=short, long=long, alert=alert_of(short.burn_rate, long.burn_rate))


def alert_of(short: float, long: float) -> Alert:
    """Return what two burn rates give reason for."""
    agreed = min(short, long)
    if agreed >= FAST:
        return "fast_burn"
    return "slow_burn" if agreed >= SLOW else "none"


def _window(overview: Overview, window_s: float) -> BurnWindow:
    requests, bad = overview.spent(window_s)
    rate = bad / requests / (1 - OBJECTIVE) if requests else 0.0
    return BurnWindow(window_s=window_s, requests=requests, bad=bad, burn_rate=round(rate, 3))
