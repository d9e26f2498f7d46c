"""From the filters of a request to what the columns understand, checked against what products have."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from backend.catalogue.attributes import Attributes
from backend.catalogue.records import to_cents
from backend.catalogue.row_filter import AttributeTest, RowFilter
from backend.errors import InvalidRequest
from backend.search.filter_schemas import AttributeFilter, SearchFilters

MAX_NAMED = 20
MAX_COMPARED = 300  # close names are looked for among as many: comparing is slow, and names may be thousands
_KINDS = ("texts", "numbers", "true or false")


def row_filter(filters: SearchFilters, attributes: Attributes) -> RowFilter:
    """Compile filters.

    Raises:
        InvalidRequest: no product has such an attribute, or its values are of another type.
    """
    for name, test in filters.attributes.items():
        _check(name, test, attributes)
    return compiled(filters)


def compiled(filters: SearchFilters) -> RowFilter:
    """Compile filters, whatever attributes products have."""
    return RowFilter(
        min_price_cents=to_cents(filters.min_price),
        max_price_cents=to_cents(filters.max_price),
        on_sale=filters.on_sale,
        min_discount=to_cents(filters.min_discount),
        max_discount=to_cents(filters.max_discount),
        in_stock=filters.in_stock,
        min_rating=filters.min_rating,
        category=filters.category,
        brand=filters.brand,
        merchant=filters.merchant,
        colour=filters.colour,
        size=filters.size,
        excluded=tuple((name, values) for name, values in filters.unwanted if values is not None),
        attributes=tuple(_test(name, test) for name, test in sorted(filters.attributes.items())),
        ids=None if filters.ids is None else frozenset(filters.ids),
        exclude_ids=frozenset(filters.exclude_ids),
    )


def check_known(name: str, attributes: Attributes, field: str) -> tuple[bool, bool, bool]:
    """Return whether products have texts, numbers, flags under a name.

    Raises:
        InvalidRequest: no product has this attribute; the details name some that exist, the nearest first.
    """
    kinds = attributes.in_use(name)
    if any(kinds):
        return kinds
    near = similar_names(name, attributes.names())
    hint = f": did you mean {', '.join(map(repr, near))}?" if near else ""
    raise InvalidRequest(
        f"{field}: no product has the attribute {name!r}{hint}",
        field=field,
        suggestions=near,
        known=list(islice(attributes.names(), MAX_NAMED)),
    )


def similar_names(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three names like one, the nearest first; ties by name."""
    key = _plain(name)
    pool: dict[str, str] = {}
    for known in names:
        plain = _plain(known)
        if plain[:1] == key[:1] and abs(len(plain) - len(key)) <= max(2, len(key) // 3):
            pool.setdefault(plain, known)
            if len(pool) == MAX_COMPARED:
                break
    return [pool[match] for match in get_close_matches(key, pool, n=3, cutoff=0.7)]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _check(name: str, test: AttributeFilter, attributes: Attributes) -> None:
    field = f"filters.attributes.{name}"
    kinds = check_known(name, attributes, field)
    asked = set(map(_kind, _values(test)))
    if test.min is not None or test.max is not None:
        asked.add(1)
    if wrong := {kind for kind in asked if not kinds[kind]}:
        held = _listed(_KINDS[kind] for kind in range(3) if kinds[kind])
        asked_for = _listed(_KINDS[kind] for kind in sorted(wrong))
        raise InvalidRequest(f"{field}: products have {held} there, not {asked_for}", field=field, holds=held)


def _kind(value: str | float | bool) -> int:
    return 0 if isinstance(value, str) else 2 if isinstance(value, bool) else 1


def _values(test: AttributeFilter) -> Iterable[str | float | bool]:
    equals = () if test.equals is None else (test.equals,)
    return (*equals, *(test.any_of or ()), *(test.none_of or ()))


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)


def _test(name: str, test: AttributeFilter) -> AttributeTest:
    any_of = test.any_of if test.equals is None else (test.equals,)
    return AttributeTest(name, any_of, test.none_of, test.min, test.max, test.exists)
