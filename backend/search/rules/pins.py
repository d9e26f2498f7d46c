"""Where pinned products stand in a list, and what the others' places become."""

from __future__ import annotations

from collections.abc import Sequence


def pin_places(positions: Sequence[int], others: int) -> list[int]:
    """Return the place of each pinned product in the joined list, counted from 0 and rising.

    Args:
        positions: of the pinned products, counted from 1, rising, distinct.
        others: length of the list without them; a pin beyond the joined list's end stands at its end.
    """
    return [min(position - 1, others + number) for number, position in enumerate(positions)]


def joined(positions: Sequence[int], others: int, start: int, end: int) -> list[tuple[bool, int]]:
    """Return what stands at the places of a page.

    Args:
        positions: as for `pin_places`.
        others: as for `pin_places`.
        start: first place of the page, from 0.
        end: the place behind the page; what lies beyond the list is left out.

    Returns:
        For each place whether it is pinned, and the number of the pin, or of the entry among the others.
    """
    places = {place: number for number, place in enumerate(pin_places(positions, others))}
    page: list[tuple[bool, int]] = []
    before = sum(place < start for place in places)
    for place in range(start, min(end, others + len(positions))):
        if place in places:
            page.append((True, places[place]))
            before += 1
        else:
            page.append((False, place - before))
    return page
