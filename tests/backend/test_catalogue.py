from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import error_of, found_ids, put, search, serving

KEY = "a-key-of-some-length"
NDJSON = {"Content-Type": "application/x-ndjson"}


def test_a_product_comes_back_as_it_was_written(client: TestClient) -> None:
    body = {
        "title": "Caf\u00e9 press", "sku": "CP-1", "description": "<p>Glass &amp; steel</p>", "price": 35.1,
        "list_price": "40.00", "currency": "eur", "category": "Kitchen>Coffee", "brand": "Kavo", "merchant": "M",
        "image_url": "https://shop.example/p.jpg", "product_url": "https://shop.example/p", "stock_quantity": 0,
        "rating": 4.5, "review_count": 7, "quality_score": 0.5, "colour": "black", "size": "1 l",
        "attributes": {"weight_g": 800, "dishwasher": True, "parts": ["lid", "jar"]},
    }  # fmt: skip
    written = put(client, "p-1", **body)
    assert (written["outcome"], written["catalogue_version"]) == ("inserted", 1)
    product = client.get("/api/v1/products/p-1").json()
    assert product == written["product"]
    changed = {"currency": "EUR", "category": "Kitchen > Coffee", "description": "Glass & steel", "list_price": 40.0}
    assert {name: product[name] for name in body} == {**body, **changed}
    assert (product["version"], product["in_stock"], product["active"]) == (1, False, True)


def test_writing_the_same_again_changes_nothing(client: TestClient) -> None:
    put(client, "p", "mug", price=5)
    again = put(client, "p", "mug", price=5)
    assert (again["outcome"], again["catalogue_version"], again["product"]["version"]) == ("unchanged", 1, 1)


def test_put_replaces_and_patch_changes_fields(client: TestClient) -> None:
    put(client, "p", "mug", price=5, brand="Kavo", attributes={"a": 1})
    patched = client.patch("/api/v1/products/p", json={"price": 4, "attributes": {"b": 2}}).json()
    assert (patched["outcome"], patched["product"]["price"], patched["product"]["brand"]) == ("updated", 4.0, "Kavo")
    assert patched["product"]["attributes"] == {"b": 2}
    assert client.patch("/api/v1/products/p", json={"brand": None}).json()["product"]["brand"] is None
    replaced = put(client, "p", "big mug")
    assert (replaced["product"]["price"], replaced["product"]["version"]) == (None, 4)


@pytest.mark.parametrize("query", ["steel mug", ""])
def test_every_write_is_visible_to_the_next_search(client: TestClient, query: str) -> None:
    put(client, "p", "steel mug", price=5)
    put(client, "q", "wooden table", price=500)
    client.patch("/api/v1/products/p", json={"price": 7})
    assert found_ids(search(client, query, filters={"max_price": 7, "min_price": 6})) == ["p"]
    client.patch("/api/v1/products/p", json={"stock_quantity": 0})
    assert found_ids(search(client, query, filters={"in_stock": True})) == ["q"]
    client.patch("/api/v1/products/p", json={"active": False})
    answer = search(client, query)
    assert (found_ids(answer), answer["total"]) == (["q"], 1)
    client.patch("/api/v1/products/p", json={"active": True})
    assert set(found_ids(search(client, query))) == {"p", "q"}
    client.delete("/api/v1/products/p")
    assert found_ids(search(client, query)) == ["q"]
    put(client, "p", "steel mug")
    assert set(found_ids(search(client, query))) == {"p", "q"}
    card = search(client, query, filters={"min_price": 1})["items"][0]["product"]
    assert card["id"] == "q"


def test_a_new_title_moves_the_product(client: TestClient) -> None:
    put(client, "p", "steel mug")
    put(client, "q", "wooden table")
    client.patch("/api/v1/products/q", json={"title": "steel mug with lid"})
    client.patch("/api/v1/products/p", json={"title": "garden chair"})
    answer = search(client, "steel mug")
    assert found_ids(answer) == ["q", "p"]
    assert answer["items"][0]["product"]["title"] == "steel mug with lid"


def test_if_match_guards_against_lost_updates(client: TestClient) -> None:
    put(client, "p", "mug")
    tag = client.get("/api/v1/products/p").headers["ETag"]
    assert client.patch("/api/v1/products/p", json={"price": 1}, headers={"If-Match": tag}).status_code == 200
    for method, body in (("PATCH", {"price": 2}), ("PUT", {"title": "cup"}), ("DELETE", None)):
        answer = client.request(method, "/api/v1/products/p", json=body, headers={"If-Match": tag})
        assert error_of(answer) == (409, "VERSION_CONFLICT")
    answer = client.put("/api/v1/products/new", json={"title": "cup"}, headers={"If-Match": '"1"'})
    assert error_of(answer) == (409, "VERSION_CONFLICT")
    answer = client.patch("/api/v1/products/p", json={"price": 2}, headers={"If-Match": "latest"})
    assert error_of(answer) == (422, "VALIDATION_ERROR")
    assert client.get("/api/v1/products/p").json()["price"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {}, {"title": ""}, {"title": " \n"}, {"title": "x" * 1001}, {"title": 5}, {"title": "m", "price": -1},
        {"title": "m", "price": 1.999}, {"title": "m", "price": 1e12}, {"title": "m", "price": "cheap"},
        {"title": "m", "currency": "EURO"}, {"title": "m", "rating": 5.1}, {"title": "m", "stock_quantity": -1},
        {"title": "m", "stock_quantity": 1.5}, {"title": "m", "image_url": "javascript:alert(1)"},
        {"title": "m", "product_url": "ftp://x"}, {"title": "m", "attributes": {"a": {"b": 1}}},
        {"title": "m", "attributes": {"": 1}}, {"title": "m", "attributes": {f"a{i}": 1 for i in range(301)}},
        {"title": "m", "category": " > ".join("abcdefghijk")}, {"title": "m", "surprise": 1},
        {"title": "m", "id": "other"}, {"title": "m", "description": "<b>" * 86_000},
        {"title": "m", "active": "perhaps"}, {"title": "m", "attributes": []},
    ],
)  # fmt: skip
def test_a_bad_product_gets_a_typed_422_and_nothing_is_written(client: TestClient, body: dict[str, Any]) -> None:
    assert error_of(client.put("/api/v1/products/p", json=body)) == (422, "VALIDATION_ERROR")
    assert client.get("/api/v1/products").json()["total"] == 0


def test_a_bad_patch_leaves_the_product_alone(client: TestClient) -> None:
    before = put(client, "p", "mug", price=5)["product"]
    for changes in ({"price": -1}, {"title": None}, {"id": "q"}, {"surprise": 1}, {"version": 9}):
        assert error_of(client.patch("/api/v1/products/p", json=changes)) == (422, "VALIDATION_ERROR")
    assert client.get("/api/v1/products/p").json() == before


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_ids_that_cannot_be_and_products_that_are_not(client: TestClient, method: str) -> None:
    body = {"price": 1} if method == "PATCH" else None
    assert error_of(client.request(method, "/api/v1/products/none", json=body)) == (404, "PRODUCT_NOT_FOUND")
    for id_ in ("%2E%2E", "a%20b", "x" * 129, "a%00", "a%0Ab", "%5C"):
        assert error_of(client.request(method, f"/api/v1/products/{id_}", json=body)) == (400, "INVALID_PRODUCT_ID")


def test_a_deleted_product_names_others_like_it(client: TestClient) -> None:
    for id_, title in (("p", "steel mug"), ("q", "steel mug with lid"), ("r", "garden table")):
        put(client, id_, title)
    client.delete("/api/v1/products/p")
    answer = client.get("/api/v1/products/p")
    assert error_of(answer) == (404, "PRODUCT_NOT_FOUND")
    assert answer.json()["error"]["details"]["suggestions"] == ["q", "r"]
    assert client.get("/api/v1/products/never").json()["error"]["details"]["suggestions"] == []


def test_put_with_an_impossible_id(client: TestClient) -> None:
    assert error_of(client.put("/api/v1/products/a%20b", json={"title": "m"})) == (400, "INVALID_PRODUCT_ID")


def test_ids_in_any_script(client: TestClient) -> None:
    put(client, "größe-№5:ü", "mug")
    assert found_ids(search(client, "mug")) == ["größe-№5:ü"]
    assert client.get("/api/v1/products/größe-№5:ü").status_code == 200


def test_listing_pages_through_everything(client: TestClient) -> None:
    for number in range(7):
        put(client, f"p{number}", "mug", brand="A" if number % 2 else "B", category="Kitchen > Cups")
    client.patch("/api/v1/products/p3", json={"active": False})
    client.delete("/api/v1/products/p4")
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get("/api/v1/products", params={"limit": 2, "cursor": cursor}).json()
        assert page["total"] == 6
        seen += [product["id"] for product in page["products"]]
        cursor = page["next_cursor"]
    assert seen == ["p0", "p1", "p2", "p3", "p5", "p6"]
    assert client.get("/api/v1/products", params={"brand": "A", "active": True}).json()["total"] == 2
    for category in ("Kitchen", "kitchen", "KITCHEN > cups"):
        assert client.get("/api/v1/products", params={"category": category}).json()["total"] == 6
    assert client.get("/api/v1/products", params={"brand": "a"}).json()["total"] == 3
    assert client.get("/api/v1/products", params={"category": "Kit%"}).json()["total"] == 0
    assert error_of(client.get("/api/v1/products?cursor=%00")) == (422, "VALIDATION_ERROR")
    assert error_of(client.get("/api/v1/products", params={"limit": 0})) == (422, "VALIDATION_ERROR")
    assert error_of(client.get("/api/v1/products", params={"colour": "red"})) == (422, "VALIDATION_ERROR")


def test_the_category_tree_counts_descendants(client: TestClient) -> None:
    put(client, "a", "a", category="X")
    put(client, "b", "b", category="X > Y")
    put(client, "c", "c", category="X > Y > Z")
    put(client, "d", "d", category="X > Y > Z", active=False)
    put(client, "e", "e")
    (top,) = client.get("/api/v1/categories").json()["categories"]
    assert (top["path"], top["product_count"]) == ("X", 3)
    assert (top["children"][0]["path"], top["children"][0]["product_count"]) == ("X > Y", 2)
    assert top["children"][0]["children"][0]["product_count"] == 1


def bulk(client: TestClient, lines: list[Any]) -> dict[str, Any]:
    content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    answer = client.post("/api/v1/products/bulk", content=content, headers=NDJSON)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_bulk_writes_good_lines_and_reports_bad_ones(client: TestClient) -> None:
    lines = [
        {"id": "a", "title": "steel mug"}, b"", b"{broken", {"id": "b"}, [1], {"id": "c d", "title": "x"},
        {"id": "e", "title": "x" * 2_000_000}, b"\xff\xfe",
        {"id": "a", "title": "steel cup"}, {"id": "f", "title": "tea"},
    ]  # fmt: skip
    result = bulk(client, lines)
    assert (result["inserted"], result["updated"], result["unchanged"], result["rejected"]) == (2, 1, 0, 6)
    assert [rejection["line"] for rejection in result["rejections"]] == [3, 4, 5, 6, 7, 8]
    assert all(rejection["reason"] for rejection in result["rejections"])
    assert search(client, "steel cup")["items"][0]["product"]["title"] == "steel cup"
    again = bulk(client, [{"id": "a", "title": "steel cup"}, {"id": "f", "title": "tea"}])
    assert (again["unchanged"], again["catalogue_version"]) == (2, result["catalogue_version"])


def test_bulk_refuses_what_a_foreign_page_could_send_unasked(client: TestClient) -> None:
    line = b'{"id": "a", "title": "mug"}'
    for type_ in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.post("/api/v1/products/bulk", content=line, headers={"Content-Type": type_})
        assert error_of(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert client.get("/api/v1/products").json()["total"] == 0


def test_text_is_cleaned_once_and_then_left_alone(client: TestClient) -> None:
    body = {
        "title": "Book &amp; &lt;pen&gt;",
        "brand": "&lt;i&gt;X&lt;/i&gt;",
        "description": "Write &lt;b&gt; <i>tags</i>",
        "attributes": {"a": "&lt;i&gt; x"},
    }
    by_put = put(client, "p", **body)["product"]
    bulk(client, [{"id": "q", **body}])
    assert by_put["description"] == client.get("/api/v1/products/q").json()["description"] == "Write <b> tags"
    for price in (1, 2):
        patched = client.patch("/api/v1/products/q", json={"price": price}).json()["product"]
    assert (patched["description"], patched["attributes"]) == ("Write <b> tags", {"a": "<i> x"})
    assert (by_put["title"], patched["title"], patched["brand"]) == ("Book & <pen>", "Book & <pen>", "<i>X</i>")
    assert client.get("/api/v1/products", params={"brand": "<i>X</i>"}).json()["total"] == 2
    assert (
        client.patch("/api/v1/products/q", json={"description": "<p>new</p>"}).json()["product"]["description"]
        == "new"
    )


def test_markup_is_cut_from_every_text_of_a_product_and_nothing_else(client: TestClient) -> None:
    marked = put(
        client, "m", "<script>alert(1)</script>Nice &amp; <b>good</b>",
        brand="<i>X</i>", merchant="A<br>B", colour="<u>red</u>", size="&lt; 5 mm",
    )["product"]  # fmt: skip
    assert [marked[name] for name in ("title", "brand", "merchant", "colour", "size")] == [
        "Nice & good", "X", "A B", "red", "< 5 mm",
    ]  # fmt: skip
    for honest in ("Ring < 5 mm", "A&B", "R & D; more", "I <3 tea", "5 > 4", "AT&T"):
        plain = put(client, "p", honest, brand=honest, category="Rings < 5 mm > A&B")["product"]
        assert (plain["title"], plain["brand"]) == (honest, honest)
        assert plain["category"] == "Rings < 5 mm > A&B"
    nothing = client.put("/api/v1/products/p", json={"title": "<b></b>"})
    assert error_of(nothing) == (422, "VALIDATION_ERROR")


def test_patches_of_one_product_at_once_are_all_kept(client: TestClient) -> None:
    put(client, "p", "mug")
    with ThreadPoolExecutor(8) as threads:
        names = ["price", "stock_quantity", "review_count", "rating"] * 5
        calls = [
            threads.submit(client.patch, "/api/v1/products/p", json={name: n % 5 + 1}) for n, name in enumerate(names)
        ]
        answers = [call.result() for call in calls]
    assert [answer.status_code for answer in answers] == [200] * len(names)
    product = client.get("/api/v1/products/p").json()
    assert all(product[name] is not None for name in names)


def test_bulk_takes_many_blocks(client: TestClient) -> None:
    result = bulk(client, [{"id": f"p{number}", "title": f"thing {number}"} for number in range(700)])
    assert result["inserted"] == 700
    assert search(client, "thing 613")["items"][0]["product"]["id"] == "p613"


def test_writes_need_a_key_when_there_is_one(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=f"other-key-of-length,{KEY}")) as client:
        calls = [
            ("PUT", "/api/v1/products/p", {"title": "m"}), ("PATCH", "/api/v1/products/p", {"price": 1}),
            ("DELETE", "/api/v1/products/p", None), ("POST", "/api/v1/products/bulk", {"id": "p", "title": "m"}),
        ]  # fmt: skip
        for method, path, body in calls:
            for headers in ({}, {"X-API-Key": "wrong"}, {"Authorization": f"Basic {KEY}"}, {"X-API-Key": "\u00fc"}):
                sent = {name: value.encode() for name, value in headers.items()}
                answer = client.request(method, path, json=body, headers=sent)
                assert error_of(answer) == (401, "UNAUTHORIZED"), (method, headers)
        assert client.get("/api/v1/products").json()["total"] == 0
        assert client.put("/api/v1/products/p", json={"title": "m"}, headers={"X-API-Key": KEY}).status_code == 200
        bearer = {"Authorization": f"Bearer {KEY}"}
        assert client.delete("/api/v1/products/p", headers=bearer).status_code == 204
        assert search(client, "m")["total"] == 0


def test_reads_need_a_key_only_when_asked_for(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=KEY, api_require_key=True)) as client:
        for path in ("/api/v1/products", "/api/v1/categories", "/status"):
            assert error_of(client.get(path)) == (401, "UNAUTHORIZED")
            assert client.get(path, headers={"X-API-Key": KEY}).status_code == 200
        assert error_of(client.post("/api/v1/search", json={"query": "m"})) == (401, "UNAUTHORIZED")
        for path in ("/live", "/ready", "/health", "/"):
            assert client.get(path).status_code == 200
