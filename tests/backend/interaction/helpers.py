"""A few products, and shoppers who do things with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from backend.database.engine import Database
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.worker import LogWorker

PRODUCTS = {
    "mug": "red steel mug", "cup": "blue steel cup", "shoe": "red running shoe", "boot": "brown hiking boot",
    "hose": "green garden hose", "lamp": "white reading lamp",
}  # fmt: skip
NDJSON = {"Content-Type": "application/x-ndjson"}


def fill(client: TestClient) -> None:
    lines = [orjson.dumps({"id": id_, "title": title}) for id_, title in PRODUCTS.items()]
    answer = client.post("/api/v1/products/bulk", content=b"\n".join(lines), headers=NDJSON)
    assert answer.json()["inserted"] == len(PRODUCTS)


def send(
    client: TestClient, product_id: str = "mug", interaction_type: str = "CLICK", **fields: Any
) -> dict[str, Any]:
    """Send one event of user u, unless the fields say who it is, and return the answer."""
    if not {"user_id", "session_id"} & fields.keys():
        fields["user_id"] = "u"
    body = {"product_id": product_id, "interaction_type": interaction_type, **fields}
    answer = client.post("/api/v1/feedback", json=body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def state(client: TestClient, user_id: str | None = "u", session_id: str | None = None) -> dict[str, Any]:
    """Return the state with vectors."""
    path = f"/api/v1/users/{user_id}/state" if user_id is not None else f"/api/v1/sessions/{session_id}/state"
    params = {"vectors": "true"}
    if user_id is not None and session_id is not None:
        params["session_id"] = session_id
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def vector_of(client: TestClient, product_id: str) -> NDArray[np.float32]:
    """Return the vector that searches compare a product by."""
    live = client.app.state.runtime.engine.live  # type: ignore[attr-defined]
    vector: NDArray[np.float32] = live.index.embeddings(np.array([live.index.row_of(product_id)]))[0]
    return vector


def parts(client: TestClient) -> tuple[Database, StateSpace, LogWorker]:
    """Return the database, the space that serves, and a worker that has nothing in memory."""
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    worker = LogWorker(runtime.database, runtime.interactions.rules, EventVectors())
    return runtime.database, StateSpace.of(runtime.engine.live.space), worker


def work(client: TestClient) -> int:
    """Let a worker do all there is; return the number of steps that found something."""
    _, space, worker = parts(client)
    steps = 0
    while worker.step(space):
        steps += 1
    return steps
