"""Ids that no database takes are refused wherever they are named, and nothing is stored of the request."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.backend.conftest import error_of, put

LONE = r"\udc00"  # half of a surrogate pair, as JSON may hold it
JSON = {"Content-Type": "application/json"}
BODIES = {
    "/api/v1/rules": [
        '{"title":"x","when":{"always":true},"pin":[{"id":"%s","position":1}]}',
        '{"title":"x","when":{"always":true},"hide":["%s"]}',
    ],
    "/api/v1/search": [
        '{"query":"mug","filters":{"ids":["%s"]}}',
        '{"query":"mug","filters":{"exclude_ids":["%s"]}}',
    ],
    "/api/v1/recommend": ['{"context":"similar","product_id":"%s"}', '{"exclude_ids":["%s"]}'],
    "/api/v1/recommend/cart": ['{"product_ids":["%s"]}'],
    "/api/v1/feedback": ['{"user_id":"u","product_id":"%s","interaction_type":"CLICK"}'],
}
CASES = [(path, body) for path, bodies in BODIES.items() for body in bodies]


@pytest.mark.parametrize(("path", "body"), CASES)
def test_they_are_refused(client: TestClient, path: str, body: str) -> None:
    put(client, "p1", "mug")
    assert error_of(client.post(path, content=body % LONE, headers=JSON)) == (422, "VALIDATION_ERROR")
    assert client.get("/api/v1/rules").json()["rules"] == []
    put(client, "p2", "cup")


def test_the_others_of_a_batch_are_written(client: TestClient) -> None:
    put(client, "p1", "mug")
    event = '{"user_id":"u","product_id":"%s","interaction_type":"CLICK"}'
    batch = f'{{"events":[{event % "p1"},{event % LONE}]}}'
    answer = client.post("/api/v1/feedback/batch", content=batch, headers=JSON).json()
    assert (answer["accepted"], answer["rejected"]) == (1, 1)
