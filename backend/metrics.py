"""What the parts of the server count beside its requests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Literal

from backend.monitor.counters import (
    INDEX_FAILURES,
    RECALL_BOUNDS,
    SEARCHES,
    SHADOW_RECALL,
    SHADOW_RECALL_SUM,
    SHADOW_SEARCHES,
)
from backend.monitor.current import note_stages
from backend.monitor.recorder import Recorder

ALLOWED = ((0.01, "1%"), (0.1, "10%"), (0.5, "50%"))  # labels of shares up to these; of more, "100%"


class Metrics:
    """Counts into the figures that all workers share."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def observe_search(self, timings_ms: Mapping[str, float], mode: str) -> None:
        """Count the search of this request."""
        self._recorder.count(SEARCHES, (mode,))
        note_stages(timings_ms)

    def observe_stages(self, timings_ms: Mapping[str, float]) -> None:
        """Tell how long the stages of this request took."""
        note_stages(timings_ms)

    def observe_shadow(self, recall: float, allowed_share: float) -> None:
        """Count what one approximate search found, 0 to 1, where a filter allowed a share of the products."""
        label = next((name for limit, name in ALLOWED if allowed_share <= limit), "100%")
        self._recorder.count(SHADOW_RECALL, (label, str(bisect_left(RECALL_BOUNDS, recall))))
        self._recorder.count(SHADOW_RECALL_SUM, (label,), recall)

    def count_shadow(self, outcome: Literal["compared", "dropped", "outdated", "failed"]) -> None:
        """Count one approximate search that was drawn to be compared."""
        self._recorder.count(SHADOW_SEARCHES, (outcome,))

    def count_index_failure(self) -> None:
        """Count one attempt to make codes and clusters that failed; from any thread."""
        self._recorder.count(INDEX_FAILURES)

    @property
    def index_failures(self) -> int:
        """How many of these attempts failed in this process since its start."""
        return int(self._recorder.counted(INDEX_FAILURES))
