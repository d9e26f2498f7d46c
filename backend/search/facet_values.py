"""The values of a facet: the most common ones, what to call them, and how many the others have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.vocabulary import Codes, Vocabulary
from backend.search.facet_schemas import FacetQuery, FacetValue

Counts = NDArray[np.int64]


def text_values(
    query: FacetQuery,
    vocabulary: Vocabulary,
    counts: Counts,
    selected: Sequence[str],
    spelled: Callable[[], Counts],
) -> tuple[list[FacetValue], int]:
    """Return the values with most products, and those that are selected; and the count of all others together."""
    folds = vocabulary.folds
    counts = counts[: len(folds)]
    per_value = np.bincount(folds[: len(counts)], weights=counts, minlength=1).astype(np.int64)
    per_value[0] = 0
    found = np.flatnonzero(per_value)
    if len(found) > query.limit:
        cut = np.partition(per_value[found], -query.limit)[-query.limit]
        above = found[per_value[found] > cut]
        # What ties for the last places competes by its text; it may be all that a catalogue has, so no labels yet.
        tied = nsmallest(query.limit - len(above), found[per_value[found] == cut].tolist(), key=vocabulary.folded)
        found = np.concatenate([above, np.array(tied, np.int64)])
    chosen = {text.casefold(): text for text in selected}
    numbers = {vocabulary.value_of(text): text for text in chosen.values()}
    with_products = {number for number in numbers if number < len(per_value) and per_value[number]}
    shown = np.array(sorted(set(found.tolist()) | with_products), np.int64)
    values = [
        FacetValue(value=label, label=label, count=int(per_value[number]), selected=number in numbers)
        for number, label in _labels(vocabulary, folds, shown, spelled).items()
    ]
    # As they were asked for: what products were once called is no part of the answer.
    values += [
        FacetValue(value=text, label=text, count=0, selected=True)
        for text in chosen.values()
        if vocabulary.value_of(text) not in with_products
    ]
    kept = [value for place, value in enumerate(best_first(values)) if place < query.limit or value.selected]
    return kept, int(per_value.sum()) - sum(value.count for value in kept)


def _labels(
    vocabulary: Vocabulary, folds: Codes, numbers: NDArray[np.int64], spelled: Callable[[], Counts]
) -> dict[int, str]:
    """Return what to call each value: the spelling that most live products have, the least of equally common."""
    if not len(numbers):
        return {}
    wanted = np.zeros(int(folds.max()) + 1, np.bool_)
    wanted[numbers] = True
    codes = np.flatnonzero(wanted[folds])
    if len(codes) == len(numbers):
        return {int(folds[code]): vocabulary.spelling(code) for code in codes.tolist()}
    everywhere = spelled()
    best: dict[int, tuple[int, str]] = {}
    for code in codes.tolist():
        number = int(folds[code])
        rank = (-int(everywhere[code]) if code < len(everywhere) else 0, vocabulary.spelling(code))
        best[number] = min(best.get(number, rank), rank)
    return {number: text for number, (_, text) in best.items()}


def flag_values(no: int, yes: int, selected: Iterable[bool | None]) -> list[FacetValue]:
    """Return false and true with their counts, where they occur or are selected."""
    chosen = set(selected)
    found = ((False, "false", no), (True, "true", yes))
    return [
        FacetValue(value=value, label=label, count=count, selected=value in chosen)
        for value, label, count in found
        if count or value in chosen
    ]


def best_first(values: list[FacetValue]) -> list[FacetValue]:
    """Return values by falling count, then by label."""
    return sorted(values, key=lambda value: (-value.count, value.label.casefold(), value.label, str(value.value)))
