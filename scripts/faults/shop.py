"""The shop of the proof: products that never change, whose right answers are known, and products that always do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scripts.faults.calls import Connection, NotAnswered

BRANDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm")
THINGS = ("mug", "lamp", "kettle", "chair", "blanket", "vase")
STATIC = 150
WRITTEN = 6  # of each writer
WRITERS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A search and the only right answer.

    Attributes:
        body: of the request.
        ids: all of them, best first.
    """

    body: dict[str, Any]
    ids: tuple[str, ...]


def static_products() -> list[dict[str, Any]]:
    """Return the products that nobody writes."""
    return [
        {
            "id": f"s{number}",
            "title": f"{THINGS[number % len(THINGS)]} quartz{number}",
            "brand": BRANDS[number % len(BRANDS)],
            "price": 10 + number,
            "stock_quantity": 5,
        }
        for number in range(STATIC)
    ]


def written_products() -> dict[str, dict[str, Any]]:
    """Return the products that are written all the time, as they are at first, by id."""
    return {
        id_: {"id": id_, "title": f"gadget {word_of(id_)}", "brand": "Changing", "price": 1, "stock_quantity": 5}
        for writer in range(WRITERS)
        for id_ in written_by(writer)
    }


def written_by(writer: int) -> list[str]:
    """Return the ids of a writer's products."""
    return [f"w{writer}n{number}" for number in range(WRITTEN)]


def word_of(product_id: str) -> str:
    """Return the word that only this product has in its title."""
    return f"zircon{product_id}"


def version_of(connection: Connection) -> int:
    """Return the catalogue version that a connection's worker has."""
    return int(connection.call("baseline", "POST", "/api/v1/search", {"query": "", "limit": 1})["catalogue_version"])


def questions(connection: Connection) -> list[Question]:
    """Return searches with their answers, asked while nothing else happens and checked against the products.

    Raises:
        ValueError: what is found isn't what the products say.
    """
    products = static_products()
    asked = []
    for brand in BRANDS:
        for most in (40, 90, 200):
            body = {"query": "", "filters": {"brand": brand, "max_price": most}, "limit": 50}
            right = {one["id"] for one in products if one["brand"] == brand and one["price"] <= most}
            asked.append(_asked(connection, body, right))
    for number in range(0, STATIC, 7):
        body = {"query": f"quartz{number}", "filters": {"ids": [f"s{number}"]}, "limit": 5, "interpret": False}
        asked.append(_asked(connection, body, {f"s{number}"}))
    return asked


def _asked(connection: Connection, body: dict[str, Any], right: set[str]) -> Question:
    try:
        answer = connection.call("baseline", "POST", "/api/v1/search", body)
    except NotAnswered as error:
        raise ValueError(f"{body} isn't answered") from error
    ids = tuple(item["product"]["id"] for item in answer["items"])
    if set(ids) != right or answer["total"] != len(right):
        raise ValueError(f"{body} finds {ids} and counts {answer['total']}, right is {sorted(right)}")
    return Question(body, ids)
