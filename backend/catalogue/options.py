"""What of the settings decides how a catalogue is searched."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ml.index.merge import MergeSettings
from ml.index.planner import PlannerSettings
from ml.ranking.fusion import Fusion


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a catalogue in memory is built and searched.

    Attributes:
        attributes: names of attributes that can be filtered and counted; None for all that products have.
        language: of the texts, as Snowball names it, or "none".
        synonyms: file of words that mean the same; None for none.
        fusion: how words and meaning are weighed.
        merging: when the vector index merges what was added; None for what pays in service.
        planning: when searches may be approximate.
    """

    attributes: frozenset[str] | None = None
    language: str = "english"
    synonyms: Path | None = None
    fusion: Fusion = field(default_factory=Fusion)
    merging: MergeSettings | None = None
    planning: PlannerSettings = field(default_factory=PlannerSettings)
