"""Texts of merchandising rules that cleaning changes: what is stored can always be read again."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.backend.conftest import error_of, found_ids, put, search

GROWS = "\u0958"  # which its normal form writes with two characters
SOUND: dict[str, Any] = {"title": "t", "when": {"always": True}, "hide": ["a"]}


def boosting(**filters: Any) -> dict[str, Any]:
    return {"title": "t", "when": {"always": True}, "boost": [{"filters": filters, "factor": 2}]}


REFUSED = [
    {**SOUND, "title": "   "},
    {**SOUND, "title": "\u0000"},
    {**SOUND, "title": GROWS * 101},
    {**SOUND, "when": {"category": "  "}},
    {**SOUND, "when": {"category": " > "}},
    {**SOUND, "when": {"category": "a>b>" + "c" * 495}},
    {**SOUND, "when": {"query_equals": [GROWS * 101]}},
    {**SOUND, "when": {"query_contains": [" - "]}},
    {**SOUND, "active_until": 253402300800},
    {**SOUND, "active_from": "0"},
    boosting(brand=" "),
    boosting(brand="\u0000"),
    boosting(colour=GROWS * 251),
    boosting(category=" > "),
    boosting(category=["a>b>" + "c" * 495]),
    boosting(**{"not": {"brand": [" "]}}),
    boosting(**{"not": {"category": [" "]}}),
    boosting(attributes={" ": {"exists": True}}),
    boosting(attributes={"\u0000": {"exists": True}}),
    boosting(attributes={"material": {"equals": "<b></b>"}}),
]


@pytest.mark.parametrize("body", REFUSED)
def test_what_is_nothing_once_it_is_clean_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    put(client, "a", "mug")
    made = client.post("/api/v1/rules", json=SOUND).json()["rule"]
    assert error_of(client.post("/api/v1/rules", json=body)) == (422, "VALIDATION_ERROR")
    assert error_of(client.put(f"/api/v1/rules/{made['id']}", json=body)) == (422, "VALIDATION_ERROR")
    assert client.get("/api/v1/rules").json()["rules"] == [made]


def test_control_characters_in_what_else_is_said_are_spaces(client: TestClient) -> None:
    body = boosting(attributes={"made\u0000of": {"equals": "steel\u0000wool"}}, brand=["A\u0000B"])
    made = client.post("/api/v1/rules", json={**body, "title": " for\tnow "}).json()["rule"]
    assert made["title"] == "for now"
    filters = made["boost"][0]["filters"]
    assert (filters["brand"], filters["attributes"]["made of"]["equals"]) == (["A B"], "steel wool")
    assert client.get("/api/v1/rules").json()["rules"] == [made]


@pytest.mark.parametrize("value", ["&lt;b&gt;", "&amp;amp;"])
def test_a_value_that_looks_like_markup_once_it_is_clean_stays_so(client: TestClient, value: str) -> None:
    put(client, "a", "steel mug")
    put(client, "b", "steel mug", attributes={"code": value})
    assert found_ids(search(client, "steel mug")) == ["a", "b"]
    made = client.post("/api/v1/rules", json=boosting(attributes={"code": {"equals": value}}))
    assert made.status_code == 201
    assert found_ids(search(client, "steel mug")) == ["b", "a"]
    assert client.get("/api/v1/rules").json()["rules"] == [made.json()["rule"]]
