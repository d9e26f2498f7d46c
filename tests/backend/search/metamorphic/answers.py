"""What answers say, in forms that can be compared."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.backend.search.metamorphic.asking import Request

Key = tuple[float, float]
ROUNDED = 2e-6  # what two scores may differ by that are shown with six digits


def understood(answer: dict[str, Any]) -> list[tuple[str, Any, str]]:
    """Return what was read out of the words: field, value and effect."""
    interpreted = answer["interpreted"]
    notes = [] if interpreted is None else interpreted["understood"]
    return [(note["field"], note["value"], note["effect"]) for note in notes]


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer but for the times it took."""
    return {name: value for name, value in answer.items() if name != "timings_ms"}


def check_sums(products: dict[str, Any], query: Request, facet: dict[str, Any]) -> None:
    """Make sure that the counts of a facet add up, as far as a product has one value."""
    listed = facet["buckets"] if facet["kind"] == "range" else facet["values"]
    counted = sum(one["count"] for one in listed) + facet["other"]
    assert all(one["count"] >= 0 for one in listed)
    assert 0 <= facet["missing"] <= facet["total"]
    assert len(facet["buckets"]) <= query["buckets"]
    name = facet["field"].removeprefix("attributes.")
    if name != facet["field"] and any(isinstance(f["attributes"].get(name), list) for f in products.values()):
        assert all(one["count"] <= facet["total"] - facet["missing"] for one in listed)
        assert counted >= facet["total"] - facet["missing"]
    else:
        assert counted + facet["missing"] == facet["total"], facet


def choosing(facet: dict[str, Any], chance: int) -> tuple[Request, int] | None:
    """Return the filter that chooses one of the values listed, and what it is said to bring."""
    field = facet["field"]
    if not facet["values"]:
        return None
    value = facet["values"][chance % len(facet["values"])]
    if field.startswith("attributes."):
        return {"attributes": {field.removeprefix("attributes."): {"equals": value["value"]}}}, value["count"]
    return {field: value["value"]}, value["count"]


_SPEAKING = {"price": ("min_price", "max_price"), "rating": ("min_rating",)}


def without(filters: Request, field: str) -> Request:
    """Return filters without what they say about a facet's field."""
    kept = {name: value for name, value in filters.items() if name not in _SPEAKING.get(field, (field,))}
    for name, inner in (("not", field), ("attributes", field.removeprefix("attributes."))):
        if name in kept and (name == "not" or field.startswith("attributes.")):
            kept[name] = {key: value for key, value in kept[name].items() if key != inner}
    return kept


def speaks_of(request: Request, field: str) -> bool:
    """Whether the filters of a request say something about a facet's field."""
    filters = request.get("filters", {})
    return without(filters, field) != filters


def pins_of(answer: dict[str, Any]) -> list[tuple[int, str]]:
    """Return the places, counted from 0, and ids of the pinned products."""
    return [(place, item["product"]["id"]) for place, item in enumerate(answer["items"]) if item["pinned"]]


def runs_of(
    products: dict[str, Any], request: Request, items: list[dict[str, Any]]
) -> list[list[tuple[Key, dict[str, Any]]]]:
    """Split a list, without what is pinned, into runs of entries that nothing but their id orders."""
    runs: list[list[tuple[Key, dict[str, Any]]]] = []
    for item in items:
        key = _key(products, request, item)
        if item["pinned"]:
            continue
        if runs and key == pytest.approx(runs[-1][-1][0], abs=ROUNDED):
            runs[-1].append((key, item))
        else:
            runs.append([(key, item)])
    return runs


def variants_of(run: list[tuple[Key, dict[str, Any]]]) -> list[int]:
    """Return how many variants the entries of a run have, in rising order."""
    return sorted(item["variants"] or 0 for _, item in run)


def _key(products: dict[str, Any], request: Request, item: dict[str, Any]) -> Key:
    product = item["product"]
    sorts = {
        "price_asc": -math.inf if product["price"] is None else -product["price"],
        "price_desc": -1.0 if product["price"] is None else product["price"],
        "rating": -1.0 if product["rating"] is None else product["rating"],
    }
    relevance = _presented(products[product["id"]]) if item["score"] is None else item["score"]
    return sorts.get(request.get("sort", "relevance"), 0.0), relevance


def _presented(fields: dict[str, Any]) -> float:
    """Return what orders a list without a query, but for the millionth that the id decides."""
    rating, reviews = fields["rating"] or 0.0, fields["review_count"] or 0.0
    smoothed = (3.5 * 5 + rating * reviews) / (5 + reviews) if fields["rating"] is not None else 3.5
    return float((fields["quality_score"] or 0.0) + smoothed / 5)
