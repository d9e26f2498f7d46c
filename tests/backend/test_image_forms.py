"""The form of a search by picture: what is refused before anything is searched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from backend import image_queue
from backend.config import Settings
from backend.search import upload
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import error_of, found_ids, put, serving
from tests.backend.image_forms import URL, by_picture, encoded, picture, post


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (None, {"query": "  "}),
        (None, {"limit": 5}),
        (picture("red"), {"unknown": 1}),
        (picture("red"), {"image_weight": 1.1}),
        (picture("red"), {"image_weight": "nan"}),
        (picture("red"), {"image_weight": "much"}),
        (picture("red"), {"limit": 0}),
        (picture("red"), {"limit": "x"}),
        (picture("red"), {"offset": -1}),
        (picture("red"), {"offset": 10_001}),
        (picture("red"), {"cursor": "bm9uc2Vuc2U"}),
        (picture("red"), {"cursor": ""}),
        (picture("red"), {"filters": "{"}),
        (picture("red"), {"filters": ""}),
        (picture("red"), {"filters": "[]"}),
        (picture("red"), {"filters": "null"}),
        (picture("red"), {"filters": '{"weight": 3}'}),
        (picture("red"), {"filters": '{"min_price": NaN}'}),
        (picture("red"), {"filters": '{"brand": ' + "[" * 5000 + "]" * 5000 + "}"}),
        (picture("red"), {"query": "x" * 2001}),
        (picture("red"), {"query": "x" * 70_000}),
        (None, {"image": "text and no file"}),
        (None, {"query": "x", "image": "text and no file"}),
        (None, {f"f{number}": "x" for number in range(20)}),
    ],
)
def test_bad_forms_get_a_typed_422(calm_shop: TestClient, data: bytes | None, fields: dict[str, Any]) -> None:
    assert error_of(post(calm_shop, data, **fields)) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize("weight", ["nan", "NaN", "inf", "-0.1", "1.1", "much", ""])
def test_a_weight_that_is_none_is_told_what_it_must_be(calm_shop: TestClient, weight: str) -> None:
    answer = post(calm_shop, picture("red"), query="blue", image_weight=weight)
    assert answer.json()["error"]["message"] == "image_weight: must be a number from 0 to 1"


def test_text_that_is_not_utf_8_is_refused(calm_shop: TestClient) -> None:
    for words, status in (("mögen".encode("latin-1"), 422), ("mögen".encode(), 200)):
        answer = calm_shop.post(URL, files=[("query", (None, words))])
        assert answer.status_code == status, answer.text
        if status == 422:
            assert error_of(answer) == (422, "VALIDATION_ERROR")
            assert answer.json()["error"]["message"] == "the form can't be read: `query` isn't in UTF-8"


def test_two_pictures_other_files_and_repeated_fields_are_refused(calm_shop: TestClient) -> None:
    file = ("upload", picture("red"), "image/png")
    for files in (
        [("image", file), ("image", file)],
        [("image", file), ("mask", file)],
        [("photo", file)],
        [("image", file), ("query", (None, "a")), ("query", (None, "b"))],
        [("image", file), ("query", ("a.txt", b"words", "text/plain"))],
    ):
        assert error_of(calm_shop.post(URL, files=files)) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/json"}, b'{"query": "x"}'),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"query=x"),
        ({"Content-Type": "image/png"}, picture("red")),
        ({"Content-Type": "multipart/mixed; boundary=x"}, b"--x--\r\n"),
        ({"Content-Type": "multipart/form-data; boundary=x; charset=punycode"}, b"--x--\r\n"),
        ({}, b"query=x"),
    ],
)
def test_other_bodies_get_a_typed_415(calm_shop: TestClient, headers: dict[str, str], body: bytes) -> None:
    assert error_of(calm_shop.post(URL, content=body, headers=headers)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"--x\r\n\r\nno disposition\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n\x89PNG and no end',
        b"--x\r\n" + b"A" * 100_000,
        b"--x\r\n" + b"A: b\r\n" * 20_000,
    ],
)
def test_malformed_bodies_get_a_typed_422(calm_shop: TestClient, body: bytes) -> None:
    for boundary in ("; boundary=x", "", "; boundary=" + "y" * 5000):
        headers = {"Content-Type": "multipart/form-data" + boundary}
        assert error_of(calm_shop.post(URL, content=body, headers=headers)) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        (b"", "image/png", (422, "IMAGE_REFUSED")),
        (picture("red"), "image/jpeg", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (picture("red"), "text/html", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (picture("red"), "application/octet-stream", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (picture("red", "GIF"), "image/gif", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (picture("red", "GIF"), "image/png", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (picture("red")[:-1], "image/png", (422, "IMAGE_REFUSED")),
    ],
)
def test_other_files_are_refused(calm_shop: TestClient, data: bytes, kind: str, expected: tuple[int, str]) -> None:
    assert error_of(post(calm_shop, data, kind)) == expected


@pytest.mark.parametrize("kind", ["image/jpg", "IMAGE/JPEG", "image/jpeg; charset=binary"])
def test_types_that_clients_write_otherwise(calm_shop: TestClient, kind: str) -> None:
    assert found_ids(by_picture(calm_shop, picture("red", "JPEG"), kind, limit=1)) == ["red"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_size_limits(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(max_image_upload_bytes=300_000)
    with serving(settings, FakeEncoder(image_tower=True)) as client:
        put(client, "p", "mug")
        noise = Image.effect_noise((800, 700), 200)
        large, larger = (encoded(noise, "PNG") + bytes(count) for count in (0, 400_000))
        assert len(large) > 300_000
        for data in (large[:310_000], large, larger):
            assert error_of(post(client, data)) == (413, "PAYLOAD_TOO_LARGE")
        stream = (larger[start : start + 10_000] for start in range(0, len(larger), 10_000))
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert error_of(client.post(URL, content=stream, headers=headers)) == (413, "PAYLOAD_TOO_LARGE")
        assert by_picture(client, picture("red"))["total"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_model_without_an_image_tower_says_so(client: TestClient) -> None:
    put(client, "p", "red mug")
    answer = post(client, picture("red"))
    assert error_of(answer) == (501, "NO_IMAGE_TOWER")
    assert "CLIP_MODEL" in answer.text
    assert error_of(post(client, b"not even a picture")) == (501, "NO_IMAGE_TOWER")
    assert found_ids(by_picture(client, query="mug")) == ["p"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_in_which_no_file_was_chosen_is_one_of_words(client: TestClient) -> None:
    put(client, "p", "red mug")
    part = 'Content-Disposition: form-data; name="image"; filename=""\r\nContent-Type: application/octet-stream'
    body = f'--x\r\n{part}\r\n\r\n\r\n--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nmug\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post(URL, content=body, headers=headers)
    assert found_ids(answer.json()) == ["p"]
    assert error_of(client.post(URL, content=body.replace("mug", ""), headers=headers)) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_uploads_together_are_bounded_in_memory(colour_shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_queue, "UPLOAD_BYTES", 2000)
    answer = post(colour_shop, encoded(Image.effect_noise((100, 100), 50), "PNG"))
    assert error_of(answer) == (503, "OVERLOADED")
    assert int(answer.headers["Retry-After"]) > 0
    for _ in range(20):  # what was taken is given back
        by_picture(colour_shop, picture("red"))
        assert error_of(post(colour_shop, picture("red")[:-1])) == (422, "IMAGE_REFUSED")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_key_is_asked_for_before_the_body_is_read(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(api_keys="0123456789abcdef", api_require_key=True)
    with serving(settings, FakeEncoder(image_tower=True)) as client:
        assert error_of(post(client, b"nonsense")) == (401, "UNAUTHORIZED")
        headers = {"X-API-Key": "0123456789abcdef"}
        answer = client.post(URL, files={"image": ("u", picture("red"), "image/png")}, headers=headers)
        assert answer.status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_of_an_upload_is_stored_or_logged(
    colour_shop: TestClient, make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home, 52.5 N 13.4 E"
    data = encoded(Image.effect_noise((2000, 1500), 80).convert("RGB"), "JPEG", exif=exif)
    assert len(data) > upload.MAX_FIELD_BYTES
    by_picture(colour_shop, data, "image/jpeg")
    assert error_of(post(colour_shop, data[:-9], "image/jpeg")) == (422, "IMAGE_REFUSED")
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"taken at home" not in written
    assert hashlib.sha256(data).hexdigest().encode() not in written
    out = capsys.readouterr()
    assert "taken at home" not in out.out + out.err
