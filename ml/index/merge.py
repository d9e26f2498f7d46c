"""Makes compact rows of what is live, from scratch or from former ones."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.index.calibrate import calibrate
from ml.index.clusters import CLUSTERS_FROM, list_count, train_centres
from ml.index.compact import CompactRows
from ml.index.encode import build_compact
from ml.index.outline import Outline, outlined
from ml.index.planner import Tuning
from ml.index.segment import PackedSegment
from ml.index.view import View
from ml.types import ProductId

logger = logging.getLogger(__name__)

NEW_SHARE = 1 / 3  # of rows added since the clusters were trained, from which they're trained again


@dataclass(frozen=True, slots=True)
class MergeSettings:
    """When rows are merged into compact ones.

    Attributes:
        compact_from: live rows from which codes pay; fewer are always scored exactly.
        clusters_from: live rows from which codes are clustered.
        added_rows: rows without a code that are never too many.
        added_share: of the live rows, how many may be without a code.
        added_most: rows without a code that are too many for any index: each is scored in each search.
        retired_share: of the rows with a code, how many may be retired.
        background: whether a write that brings the index past these limits starts a merge in a thread.
        retry_s: seconds after a failed merge in which none is started; the limits above go by unheeded.
        assumed: what to take for granted instead of measuring it, so that plans don't depend on the machine.
    """

    compact_from: int = 4096
    clusters_from: int = CLUSTERS_FROM
    added_rows: int = 4096
    added_share: float = 0.05
    added_most: int = 20_000
    retired_share: float = 0.2
    background: bool = True
    retry_s: float = 60.0
    assumed: Tuning | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge made of the state that it started from.

    Attributes:
        compact: codes of every row that was live; None when there are too few.
        tuning: what was measured for them.
        merged: how many rows there were; later ones have no code.
        trained_to: how many rows there were when the grid and the clusters were fitted.
        packed: vectors of the live rows past the base.
        failure: why there are no codes, though there are products enough; None where nothing went wrong.
        outline: of the same rows as the codes, where these aren't clustered and `Tuning.keeps_outlines`.
    """

    compact: CompactRows | None
    tuning: Tuning | None
    merged: int
    trained_to: int
    packed: PackedSegment
    failure: str | None = None
    outline: Outline | None = None


def is_due(view: View, settings: MergeSettings) -> bool:
    """Tell whether so much has changed since the last merge that the next is worth its work."""
    if view.compact is None:
        return view.live_count >= max(settings.compact_from, settings.added_rows)
    added = int(np.count_nonzero(view.live[view.merged :]))
    limit = min(max(settings.added_rows, settings.added_share * view.live_count), settings.added_most)
    retired = view.compact.count - (view.live_count - added)
    return len(view.live) - view.merged > limit or retired > settings.retired_share * view.compact.count


def merge(
    view: View,
    id_of: Callable[[int], ProductId],
    settings: MergeSettings,
    go_on: Callable[[], None] = lambda: None,
) -> Merged:
    """Build compact rows of everything that is live in a view.

    Args:
        view: the state to start from; later writes may go on beside.
        id_of: the product of a row.
        settings: which kind of rows pays.
        go_on: called now and then; it may raise to give up.
    """
    rows = np.flatnonzero(view.live)
    packed = _packed(view)
    if len(rows) < settings.compact_from:
        return Merged(None, None, len(view.live), len(view.live), packed)
    dimension = view.store.growing.dimension
    if view.compact is not None and view.tuning is not None and not _outgrown(view, rows, settings):
        compact = build_compact(view.store.embeddings, rows, dimension, former=view.compact, go_on=go_on)
        outline = None if view.outline is None else view.outline.grown(view.store.embeddings, rows, len(view.live))
        return Merged(compact, view.tuning, len(view.live), view.trained_to, packed, outline=outline)
    clustered = len(rows) >= settings.clusters_from
    centres = train_centres(view.store.embeddings, rows, id_of, dimension) if clustered else None
    go_on()
    compact = build_compact(view.store.embeddings, rows, dimension, centres=centres, go_on=go_on)
    built = View(view.store, view.live, view.live_count, view.moments, compact, len(view.live))
    tuning = settings.assumed or calibrate(built, id_of, go_on)
    if compact.lists > 1:
        return Merged(compact, tuning, len(view.live), len(view.live), packed)
    outline, measured = outlined(built, tuning, id_of, go_on)
    tuning = tuning if settings.assumed else tuning.model_copy(update={"outlined": measured})
    kept = outline if tuning.keeps_outlines else None
    return Merged(compact, tuning, len(view.live), len(view.live), packed, outline=kept)


def merge_or_exact(view: View, id_of: Callable[[int], ProductId], settings: MergeSettings) -> Merged:
    """Do the same, or leave codes out where they can't be made or measured: exact searches need none.

    Whatever the reason is, a catalogue that is searched more slowly is worth more than one that can't be opened. The
    reason is logged as an error and kept in `Merged.failure`.

    Args:
        view: as for `merge`.
        id_of: as for `merge`.
        settings: as for `merge`.
    """
    try:
        return merge(view, id_of, settings)
    except Exception as error:
        logger.exception("the index gets no codes, so every search of it is exact")
        return Merged(None, None, len(view.live), len(view.live), _packed(view), named(error))


def named(error: Exception) -> str:
    """Return what went wrong as one line for operators."""
    return f"{type(error).__name__}: {error}"


def _packed(view: View) -> PackedSegment:
    late = view.store.base_count + np.flatnonzero(view.live[view.store.base_count :])
    return PackedSegment(late, view.store.embeddings(late))


def _outgrown(view: View, rows: NDArray[np.int64], settings: MergeSettings) -> bool:
    """Tell whether grid and clusters no longer fit the live rows."""
    if view.compact is None:
        return True
    clustered = len(rows) >= settings.clusters_from
    if clustered != (view.compact.lists > 1) or (clustered and 2 * list_count(len(rows)) < view.compact.lists):
        return True
    return int(np.count_nonzero(rows >= view.trained_to)) > NEW_SHARE * len(rows)
