"""One catalogue behind four servers: as it grew, with other ids in another order, and twice opened again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fastapi.testclient import TestClient

from backend.catalogue.opening import build_snapshot
from backend.config import Settings
from backend.database.engine import Database
from demo.products import products as demo_products
from ml.encoder.base import Encoder
from tests.backend.conftest import serving

Fields = dict[str, Any]

THINGS = ("mug", "teapot", "lamp", "kettle", "plate", "vase", "running shoe", "garden chair")
COLOURS = ("red", "blue", "green", "white", "black")
MATERIALS = ("Cotton", "cotton", "wool", "steel", "Steel", "oak")
BRANDS = ("Norda", "norda", "Kavo", "KAVO", "Strasse", "Aurelle")
CATEGORIES = ("Home", "Home > Kitchen", "Home > Kitchen > Mugs", "home > kitchen", "Home > Garden", "Sports > Shoes")
WORDS = ("red mug", "blue", "teapot", "running shoe", "green lamp", "steel", "kettle", "table", "Norda", "KX-17/B",
         "wool", "garden chair", "white vase", "every day")  # fmt: skip
LATE_SHARE = 0.1  # of the products, written after the snapshot that one server goes on from


@dataclass(frozen=True, slots=True)
class World:
    """A catalogue and the servers that know it.

    Attributes:
        products: fields by id, as the first server and its successors have them.
        renamed: id on the second server by id on the others.
        grown: got its products by writes of every kind; the rules are its own.
        permuted: got the same products under other ids in another order at once, on another kind of database.
        reopened: opened what `grown` has written, with a new snapshot.
        caught_up: opened an old snapshot and read what changed since.
        words: of queries.
    """

    products: dict[str, Fields]
    renamed: dict[str, str]
    grown: TestClient
    permuted: TestClient
    reopened: TestClient
    caught_up: TestClient
    words: tuple[str, ...]


def invented_products(count: int, seed: int) -> dict[str, Fields]:
    """Return products with many equal values, so that ties and groups are everywhere."""
    rng = random.Random(seed)
    made: dict[str, Fields] = {}
    for number in range(count):
        thing, colour, material = rng.choice(THINGS), rng.choice(COLOURS), rng.choice(MATERIALS)
        attributes: Fields = {}
        if rng.random() < 0.8:
            attributes["material"] = rng.choice([material, [material, rng.choice(MATERIALS)]])
        if rng.random() < 0.6:
            attributes["weight_g"] = rng.choice([100, 250, 250.5, 900, -3])
        if rng.random() < 0.5:
            attributes["dishwasher"] = rng.random() < 0.5
        if rng.random() < 0.4:
            attributes["mixed"] = rng.choice(["yes", True, 7, ["no", 7, False]])
        if rng.random() < 0.5:
            attributes["item_group"] = f"g{rng.randrange(count // 6)}"
        made[f"k{number:04}"] = {
            "title": f"{colour} {thing}",
            "description": rng.choice([None, f"of {material} for every day", "stands well on any table"]),
            "sku": rng.choice([None, f"KX-{rng.randrange(count)}7/B"]),
            "price": rng.choice([None, 5, 9.99, 10, 19.5, 20, 49.9, rng.randrange(100, 9000) / 100]),
            "currency": "EUR",
            "category": rng.choice([None, *CATEGORIES]),
            "brand": rng.choice([None, *BRANDS]),
            "merchant": rng.choice([None, "North", "Quay"]),
            "colour": rng.choice([None, colour, colour.upper()]),
            "size": rng.choice([None, "S", "m"]),
            "stock_quantity": rng.choice([None, 0, 4]),
            "rating": rng.choice([None, 3, 4.5, 5]),
            "review_count": rng.choice([None, 0, 12]),
            "quality_score": rng.choice([None, 0.5, 0.75]),
            "attributes": attributes,
        }
    return made


def shop_products(count: int, seed: int) -> dict[str, Fields]:
    """Return products of the demo shop, without their pictures."""
    found = (product.facts for product in demo_products(count, seed))
    return {facts["id"]: {name: facts[name] for name in facts if name not in {"id", "image_url"}} for facts in found}


@contextmanager
def opened(
    products: dict[str, Fields],
    words: Sequence[str],
    encoder: Encoder,
    folder: Path,
    databases: tuple[str, str],
    seed: int,
) -> Iterator[World]:
    """Write a catalogue and run the servers until the block ends.

    Args:
        products: fields by id.
        words: of queries.
        encoder: of all servers.
        folder: for their indexes.
        databases: URLs of two empty ones: of `permuted`, and of the others.
        seed: of the history and the other order.
    """
    rng = random.Random(seed)
    others = rng.sample(sorted(products), len(products))
    renamed = dict(zip(products, others, strict=True))

    with ExitStack() as stack:

        def serve(url: str, index: str) -> TestClient:
            settings = _settings(url, folder, index)
            return stack.enter_context(serving(settings, encoder))

        grown = serve(databases[1], "grown")
        late = grow(grown, products, rng)
        snapshot(grown, folder / "caught_up")
        write(grown, {id_: products[id_] for id_ in late})
        permuted = serve(databases[0], "permuted")
        write(permuted, {renamed[id_]: products[id_] for id_ in rng.sample(sorted(products), len(products))})
        make_rules(grown, sorted(products), {id_: id_ for id_ in products})
        make_rules(permuted, sorted(products), renamed)
        world = World(
            products, renamed, grown, permuted, serve(databases[1], "reopened"), serve(databases[1], "caught_up"),
            tuple(words),
        )  # fmt: skip
        for client in (world.grown, world.permuted, world.reopened, world.caught_up):
            _engine(client).shop.count()  # as each does by itself, but at a time of its own
        yield world


def _settings(url: str, folder: Path, index: str) -> Settings:
    return Settings(
        _env_file=None, database_url=url, faiss_index_path=folder / index, media_path=folder / "media",
        catalogue_poll_interval_s=3600, log_level="WARNING",
    )  # fmt: skip


def _engine(client: TestClient) -> Any:
    return client.app.state.runtime.engine  # type: ignore[attr-defined]


def snapshot(client: TestClient, folder: Path) -> None:
    """Write a snapshot of what a server's database holds into a folder for indexes."""
    database = Database(client.app.state.runtime.settings.database_url)  # type: ignore[attr-defined]
    try:
        build_snapshot(database, _engine(client).live.space, folder)
    finally:
        database.close()


def write(client: TestClient, products: dict[str, Fields]) -> None:
    """Add or replace products in one call."""
    lines = b"\n".join(orjson.dumps({"id": id_, **fields}) for id_, fields in products.items())
    answer = client.post("/api/v1/products/bulk", content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["rejected"] == 0, answer.text


def grow(client: TestClient, products: dict[str, Fields], rng: random.Random) -> list[str]:
    """Bring a server to the products by a long way; return those that are left to write."""
    ids = rng.sample(sorted(products), len(products))
    late, early = ids[: int(LATE_SHARE * len(ids))], ids[int(LATE_SHARE * len(ids)) :]
    others = rng.sample(sorted(products), len(products))
    half = len(early) // 2
    write(client, {id_: products[other] for id_, other in zip(early[:half], others, strict=False)})  # wrong texts
    write(client, {id_: {**products[id_], "price": 1, "stock_quantity": 0} for id_ in early[half:]})
    write(client, {f"gone{number}": products[id_] for number, id_ in enumerate(early[:half])})
    for number in range(half):
        assert client.delete(f"/api/v1/products/gone{number}").status_code == 204
    for id_ in early[:20]:
        assert client.patch(f"/api/v1/products/{id_}", json={"active": False}).status_code == 200
    write(client, {id_: products[id_] for id_ in early})
    return late


def make_rules(client: TestClient, ids: list[str], named: dict[str, str]) -> None:
    """Make rules that pin, boost, bury and hide, each with a priority of its own: ids of rules are random."""
    first, second, third, hidden = (named[id_] for id_ in ids[5:9])
    for priority, rule in enumerate(
        [
            {"title": "pins", "when": {"query_contains": ["red", "teapot", "wool", "kitchen", "novel"]},
             "pin": [{"id": first, "position": 2}, {"id": second, "position": 5}, {"id": third, "position": 90}]},
            {"title": "boosts", "when": {"query_contains": ["blue"]},
             "boost": [{"filters": {"max_price": 20}, "factor": 4}, {"filters": {"in_stock": False}, "factor": 0.2}]},
            {"title": "hides", "when": {"category": "Home"}, "hide": [hidden]},
        ]
    ):  # fmt: skip
        answer = client.post("/api/v1/rules", json={**rule, "priority": priority})
        assert answer.status_code in {200, 201}, answer.text
