"""A shop of forty products in four kinds, and calls for recommendations."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi.testclient import TestClient

from backend.interaction.vectors import StateSpace
from backend.interaction.worker import LogWorker
from backend.recommend.ledger import Entry
from backend.recommend.repository import RecommendationLog, Served

COLOURS = ("red", "blue", "green", "white", "black", "pink", "grey", "gold", "teal", "plum")
KINDS: Mapping[str, str] = {
    "mug": "Kitchen > Mugs", "shoe": "Clothing > Shoes", "lamp": "Home > Lamps", "tent": "Sports > Camping",
}  # fmt: skip
NDJSON = {"Content-Type": "application/x-ndjson"}
BRANDS = ("Norda", "Kavo", "Ulm", "Pire", "Sola")


def fill(client: TestClient) -> None:
    """Write the shop; ids are such as ``mug-red``."""
    products = [
        {
            "id": f"{kind}-{colour}", "title": f"{colour} {kind}", "category": category, "brand": BRANDS[at % 5],
            "price": 10 + at, "currency": "EUR", "stock_quantity": 5,
        }
        for kind, category in KINDS.items()
        for at, colour in enumerate(COLOURS)
    ]  # fmt: skip
    write(client, products)


def write(client: TestClient, products: list[dict[str, Any]]) -> None:
    answer = client.post("/api/v1/products/bulk", content=b"\n".join(map(orjson.dumps, products)), headers=NDJSON)
    assert answer.json()["inserted"] == len(products), answer.text


def recommend(client: TestClient, **body: Any) -> dict[str, Any]:
    """Ask without exploration, unless the body says otherwise, and return the answer."""
    answer = client.post("/api/v1/recommend", json={"explore": False, **body})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def ids(answer: Mapping[str, Any]) -> list[str]:
    return [item["product"]["id"] for item in answer["items"]]


def kinds(answer: Mapping[str, Any]) -> list[str]:
    return [id_.split("-")[0] for id_ in ids(answer)]


def served(client: TestClient, id_: str) -> Served | None:
    """Return a logged list, once everything is written."""
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    client.portal.call(runtime.recommendations.ledger.drained)  # type: ignore[union-attr]
    with runtime.database.reading() as db:
        return RecommendationLog(db).get(id_)


def work(client: TestClient) -> None:
    """Apply the log to what is derived from it."""
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    worker = LogWorker(runtime.database, runtime.interactions.rules, runtime.interactions.vectors)
    while worker.step(StateSpace.of(runtime.engine.live.space)):
        pass


def waiting_list(number: int) -> Entry:
    """Return what an answer with a list leaves behind."""
    list_ = Served(
        id=f"list-{number}", user_id=None, session_id=None, context="home", rung="popular",
        served_at_us=time.time_ns() // 1000, state_version=0, catalogue_version=0, model_version=None,
        weights={}, experiments={}, items=(),
    )  # fmt: skip
    return Entry(list_, (), 0, named=False)
