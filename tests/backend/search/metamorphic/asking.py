"""Random requests, and the answers to them."""

from __future__ import annotations

from typing import Any, Protocol

import orjson
from fastapi.testclient import TestClient
from hypothesis import strategies as st

from tests.backend.image_forms import COLOURS as PICTURES
from tests.backend.image_forms import by_picture, picture

Request = dict[str, Any]

SORTS = ("relevance", "price_asc", "price_desc", "rating", "newest")
_PICTURES = {colour: picture(colour) for colour in PICTURES}


def ask(client: TestClient, request: Request) -> dict[str, Any]:
    """Search by words, or by the picture that `picture` names."""
    colour = request.get("picture")
    if colour is None:
        words = {name: value for name, value in request.items() if name != "picture"}
        answer = client.post("/api/v1/search", json=words)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body
    fields = {name: value for name, value in request.items() if name not in {"picture", "interpret", "explain"}}
    return by_picture(client, _PICTURES[colour], **{name: _form(value) for name, value in fields.items()})


def _form(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


class Known(Protocol):
    """A catalogue that requests are about."""

    @property
    def products(self) -> dict[str, dict[str, Any]]:
        """Fields by id."""

    @property
    def words(self) -> tuple[str, ...]:
        """Words that queries are made of."""


class Requests:
    """Strategies for one world: every value that they name is one that some product has, or nearly."""

    def __init__(self, world: Known) -> None:
        self._words = world.words
        self._held = {
            name: sorted({str(fields[name]) for fields in world.products.values() if fields.get(name) is not None})
            for name in ("category", "brand", "merchant", "colour", "size")
        }
        self._ids = sorted(world.products)
        self._attributes: dict[str, list[Any]] = {}
        for fields in world.products.values():
            for name, value in fields["attributes"].items():
                held = self._attributes.setdefault(name, [])
                held += [one for one in (value if isinstance(value, list) else [value]) if one not in held]
        counts = {
            name: sum(name in fields["attributes"] for fields in world.products.values()) for name in self._attributes
        }
        self._names = sorted(counts, key=lambda name: (-counts[name], name))[:8]  # the ones that filters meet often

    @property
    def attribute_names(self) -> list[str]:
        """The attributes that most products have."""
        return self._names

    def searches(self, **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Request]:
        """Return whole requests; a field is left out where its strategy is `st.nothing()`."""
        fields: dict[str, st.SearchStrategy[Any]] = {
            "filters": self.filters(),
            "facets": self.facets(),
            "sort": st.sampled_from(SORTS),
            "group": st.just("item_group"),
            "max_per_brand": st.integers(1, 5),
            "picture": st.sampled_from([*PICTURES, *[None] * 12]),
        }
        optional = {name: strategy for name, strategy in (fields | fixed).items() if not strategy.is_empty}
        required = {"query": self.queries(), "interpret": st.booleans()}
        return st.fixed_dictionaries(required, optional=optional)

    def queries(self) -> st.SearchStrategy[str]:
        """Words of the products, now and then with a price, a typing error or what isn't wanted; or nothing."""
        words = st.lists(st.sampled_from(self._words), min_size=1, max_size=3).map(" ".join)
        more = st.sampled_from(["", "", "", " under 20", " in stock", " not red", " 10 to 50 euro"])
        typed = st.builds(
            lambda text, at: text[: at % len(text)] + text[at % len(text) + 1 :], words, st.integers(0, 30)
        )
        asked = st.builds("{}{}".format, words | words | typed.filter(str.strip), more)
        return st.just("") | asked | asked | asked

    def filters(self) -> st.SearchStrategy[Request]:
        """Filters of every kind, at most three at once."""
        one = st.sampled_from(sorted({*self.single_filters()})).flatmap(self._named)
        return st.lists(one, max_size=3).map(_joined)

    def single_filters(self) -> list[str]:
        """Name the kinds of filters."""
        plain = ["min_price", "max_price", "in_stock", "min_rating", *self._held, "ids", "exclude_ids"]
        return [*plain, *(f"not.{name}" for name in self._held), *(f"attributes.{name}" for name in self._names)]

    def one_filter(self) -> st.SearchStrategy[Request]:
        """A single filter."""
        return st.sampled_from(self.single_filters()).flatmap(self._named)

    def facets(self) -> st.SearchStrategy[list[Any]]:
        """Up to six facets, each once."""
        names = [*self._held, "in_stock", "price", "rating", *(f"attributes.{name}" for name in self._names)]
        facet = st.builds(
            lambda field, limit, buckets: {"field": field, "limit": limit, "buckets": buckets},
            st.sampled_from(names), st.sampled_from([1, 3, 20]), st.sampled_from([1, 4, 10]),
        )  # fmt: skip
        return st.lists(facet, min_size=1, max_size=6, unique_by=lambda query: query["field"])

    def _named(self, name: str) -> st.SearchStrategy[Request]:
        if name.startswith("attributes."):
            name = name.removeprefix("attributes.")
            return self._test(name).map(lambda test: {"attributes": {name: test}})
        if name.startswith("not."):
            name = name.removeprefix("not.")
            return self._some(self._held[name]).map(lambda values: {"not": {name: values}})
        values: dict[str, st.SearchStrategy[Any]] = {
            "min_price": st.sampled_from([0, 5, 9.99, 10, 50]),
            "max_price": st.sampled_from([9.99, 20, 49.9, 100]),
            "in_stock": st.booleans(),
            "min_rating": st.sampled_from([0, 3, 4.5]),
            "ids": st.lists(st.sampled_from([*self._ids, "unheard"]), max_size=40),
            "exclude_ids": st.lists(st.sampled_from([*self._ids, "unheard"]), max_size=40),
        }
        strategy = values[name] if name in values else self._some(self._held[name])
        return strategy.map(lambda value: {name: value})

    def _some(self, held: list[str]) -> st.SearchStrategy[list[str]]:
        spelled = st.sampled_from(held).flatmap(lambda value: st.sampled_from([value, value.upper(), value.lower()]))
        return st.lists(spelled, min_size=1, max_size=3)

    def _test(self, name: str) -> st.SearchStrategy[Request]:
        held = self._attributes[name]
        numbers = [value for value in held if isinstance(value, int | float) and not isinstance(value, bool)]
        tests = [
            st.sampled_from(held).map(lambda value: {"equals": value}),
            st.lists(st.sampled_from(held), min_size=1, max_size=3).map(lambda values: {"in": values}),
            st.lists(st.sampled_from(held), min_size=1, max_size=3).map(lambda values: {"not": values}),
            st.booleans().map(lambda exists: {"exists": exists}),
        ]
        if numbers:
            tests += [st.sampled_from(numbers).map(lambda n, end=end: {end: n}) for end in ("min", "max")]
        return st.one_of(tests)


def joined(filters: Request, more: Request) -> Request | None:
    """Return both filters as one; None where both speak of the same field, which no request can say by and."""
    both = dict(filters)
    for name, value in more.items():
        if name in {"attributes", "not"}:
            if set(both.get(name, {})) & set(value):
                return None
            both[name] = {**both.get(name, {}), **value}
        elif name in both:
            return None
        else:
            both[name] = value
    if both.get("min_price", 0) > both.get("max_price", both.get("min_price", 0)):
        return None
    return both


def _joined(listed: list[Request]) -> Request:
    filters: Request = {}
    for one in listed:
        filters = joined(filters, one) or filters
    return filters


def all_pages(client: TestClient, request: Request, limit: int) -> list[dict[str, Any]]:
    """Return the pages of a list, each by the cursor of the one before."""
    pages = [ask(client, {**request, "limit": limit})]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(ask(client, {**request, "limit": limit, "cursor": cursor}))
    return pages


def products_of(answer: dict[str, Any]) -> list[str]:
    """Return the ids of an answer, in order."""
    return [item["product"]["id"] for item in answer["items"]]
