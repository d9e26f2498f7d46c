"""Search by picture, as a client sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from backend.config import Settings
from backend.search.schemas import ImageSearchResponse, SearchFilters
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import error_of, found_ids, put, serving
from tests.backend.image_forms import COLOURS, by_picture, encoded, picture, post


def test_a_picture_finds_what_looks_like_it(colour_shop: TestClient) -> None:
    answer = by_picture(colour_shop, picture("red"), limit=2)
    ImageSearchResponse.model_validate(answer)
    assert found_ids(answer)[0] == "red"
    assert answer["weights"] == {"image": 1, "text": 0}
    assert answer["retrieval"] == {"mode": "exact", "allowed": 6, "scanned": 6, "reranked": 0}
    stages = {"check", "decode", "encode_image", "encode", "wait", "filter", "retrieve", "facets", "enrich", "total"}
    assert set(answer["timings_ms"]) == stages
    assert sum(value for stage, value in answer["timings_ms"].items() if stage != "total") == pytest.approx(
        answer["timings_ms"]["total"], abs=0.05
    )
    page = colour_shop.get("/metrics").text
    for stage in stages:
        assert f'vitrine_stage_seconds_count{{operation="search.image",stage="{stage}"}} 1.0' in page


def test_words_alone_find_what_is_nearest_to_them(colour_shop: TestClient) -> None:
    answer = by_picture(colour_shop, query="green mug", limit=6)
    assert found_ids(answer)[0] == "green"
    vector = FakeEncoder(image_tower=True).encode_texts(["green mug"])[0]
    live = colour_shop.app.state.runtime.engine.live  # type: ignore[attr-defined]
    assert [item["score"] for item in answer["items"]] == pytest.approx(live.nearest(vector, 6, None).ranks, abs=1e-6)
    assert answer["weights"] == {"image": 0, "text": 1}
    assert answer["timings_ms"]["decode"] < 1


@pytest.mark.parametrize(("weight", "first"), [(0.8, "red"), (0.1, "blue"), (0, "blue"), (1, "red")])
def test_picture_and_words_are_weighed(colour_shop: TestClient, weight: float, first: str) -> None:
    answer = by_picture(colour_shop, picture("red"), query="blue", image_weight=weight, limit=6)
    assert found_ids(answer)[0] == first
    assert answer["weights"] == {"image": weight, "text": round(1 - weight, 6)}
    encoder = FakeEncoder(image_tower=True)
    products = encoder.encode_texts([f"{colour} mug. Kitchen" for colour in COLOURS])
    red, blue = encoder.encode_texts(["red", "blue"])
    vector = weight * red / (products @ red).std() + (1 - weight) * blue / (products @ blue).std()
    vector /= np.linalg.norm(vector)
    scores = {item["product"]["id"]: item["score"] for item in answer["items"]}
    assert [scores[colour] for colour in COLOURS] == pytest.approx(list(products @ vector), abs=2e-5)


def test_picture_and_words_that_cancel_out_are_refused(make_settings: Callable[..., Settings]) -> None:
    class Opposite(FakeEncoder):
        def encode_images(self, images: Any) -> Any:
            return -self.encode_texts(["mug"] * len(images))

    with serving(make_settings(), Opposite(image_tower=True)) as client:
        put(client, "p", "mug")
        assert error_of(post(client, picture("red"), query="mug")) == (422, "VALIDATION_ERROR")
        assert found_ids(by_picture(client, picture("red"), query="mug", image_weight=0.4)) == ["p"]


def test_filters_and_the_defaults(colour_shop: TestClient) -> None:
    filters = SearchFilters(max_price=11).model_dump_json(exclude_none=True)
    answer = by_picture(colour_shop, picture("white"), filters=filters)
    assert set(found_ids(answer)) == {"red", "green"}
    assert (answer["total"], answer["limit"], answer["offset"]) == (2, 20, 0)


def test_pages_join_to_the_whole_list(colour_shop: TestClient) -> None:
    fields = {"query": "mug", "image_weight": 0.3, "filters": '{"category": "Kitchen"}'}
    whole = found_ids(by_picture(colour_shop, picture("red"), limit=100, **fields))
    assert len(whole) == len(COLOURS)
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = by_picture(colour_shop, picture("red"), limit=2, **fields, **cursor)
        assert page["offset"] == len(paged)
        paged += found_ids(page)
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert paged == whole
    assert found_ids(by_picture(colour_shop, picture("red"), limit=2, offset=2, **fields)) == whole[2:4]


def test_a_cursor_fits_its_own_picture_words_weight_and_filters_only(colour_shop: TestClient) -> None:
    fields: dict[str, Any] = {"query": "mug", "limit": 1}
    cursor = by_picture(colour_shop, picture("red"), **fields)["next_cursor"]
    by_picture(colour_shop, picture("red"), **{**fields, "limit": 3}, cursor=cursor)
    others: list[tuple[bytes | None, dict[str, Any]]] = [
        (picture("blue"), {}),
        (None, {}),
        (picture("red"), {"query": "cup"}),
        (picture("red"), {"image_weight": 0.4}),
        (picture("red"), {"filters": '{"in_stock": true}'}),
        (picture("red"), {"offset": 1}),
    ]
    for data, changes in others:
        answer = post(colour_shop, data, **{**fields, **changes}, cursor=cursor)
        assert error_of(answer) == (422, "VALIDATION_ERROR")
    answer = colour_shop.post("/api/v1/search", json={"query": "mug", "cursor": cursor})
    assert error_of(answer) == (422, "VALIDATION_ERROR")


MODES = {
    "palette": encoded(Image.new("RGB", (64, 64), "red").convert("P"), "PNG"),
    "palette with a clear colour": encoded(Image.new("P", (64, 64), 0), "PNG", transparency=0),
    "grey": encoded(Image.new("L", (64, 64), 0), "PNG"),
    "grey with alpha": encoded(Image.new("LA", (64, 64), (0, 255)), "PNG"),
    "one bit": encoded(Image.new("1", (64, 64), 0), "PNG"),
    "alpha": encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 255)), "PNG"),
    "clear": encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"),
    "16 bits": encoded(Image.new("I;16", (64, 64), 0xFFFF), "PNG"),
    "CMYK": encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG"),
    "grey JPEG": encoded(Image.new("L", (64, 64), 255), "JPEG"),
    "progressive": encoded(Image.new("RGB", (640, 480), "blue"), "JPEG", progressive=True),
    "4:4:4": encoded(Image.new("RGB", (641, 479), "blue"), "JPEG", subsampling=0),
    "restart markers": encoded(Image.new("RGB", (640, 480), "blue"), "JPEG", restart_marker_blocks=3),
    "large": encoded(Image.new("RGB", (4000, 3000), "blue"), "JPEG"),
    "panorama": encoded(Image.new("RGB", (9000, 700), "blue"), "JPEG"),
    "large PNG": encoded(Image.new("RGB", (3840, 2160), "blue"), "PNG"),
    "lossy": encoded(Image.new("RGB", (64, 64), "blue"), "WEBP"),
    "lossless": encoded(Image.new("RGB", (65, 63), "blue"), "WEBP", lossless=True),
    "WebP with alpha": encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "WEBP"),
    "one pixel": encoded(Image.new("RGB", (1, 1), "blue"), "PNG"),
    "with a profile": encoded(Image.new("RGB", (64, 64), "blue"), "PNG", icc_profile=bytes(3000)),
    "padded": encoded(Image.new("RGB", (64, 64), "blue"), "JPEG") + bytes(512),
}
LOOKS = {
    "palette": "red", "alpha": "red", "CMYK": "red",
    "grey": "black", "grey with alpha": "black", "one bit": "black",
    "16 bits": "white", "clear": "white", "grey JPEG": "white", "WebP with alpha": "white",
    "palette with a clear colour": "white",
}  # fmt: skip
TYPES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pictures_of_every_kind_are_understood(colour_shop: TestClient) -> None:
    first = {
        name: found_ids(by_picture(colour_shop, data, TYPES[data[:2]], limit=1))[0] for name, data in MODES.items()
    }
    assert first == {name: LOOKS.get(name, "blue") for name in MODES}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_the_upright_one(colour_shop: TestClient, kind: str) -> None:
    seen: list[np.ndarray] = []

    class Watching(FakeEncoder):
        def encode_images(self, images: Any) -> Any:
            seen.extend(np.asarray(image, dtype=np.int16) for image in images)
            return super().encode_images(images)

    colour_shop.app.state.runtime.engine.compute.images._encoder = Watching(image_tower=True)  # type: ignore[attr-defined]
    upright = Image.new("RGB", (640, 480), "red")
    upright.paste("blue", (0, 0, 160, 480))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    options = {"lossless": True} if kind == "WEBP" else {}
    answers = [
        by_picture(colour_shop, encoded(image, kind, **extra, **options), f"image/{kind.lower()}")
        for image, extra in ((upright, {}), (turned, {"exif": exif}))
    ]
    assert answers[0]["items"] == answers[1]["items"]
    assert seen[0].shape == seen[1].shape == (192, 256, 3)
    assert np.abs(seen[0] - seen[1]).mean() < 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_deviations_are_those_of_the_catalogue_as_it_grew(colour_shop: TestClient) -> None:
    for number in range(6):
        put(colour_shop, f"blue{number}", f"blue vase number {number}", category="Home")
    answer = by_picture(colour_shop, picture("red"), query="blue", limit=100)
    encoder = FakeEncoder(image_tower=True)
    texts = [f"{colour} mug. Kitchen" for colour in COLOURS] + [f"blue vase number {n}. Home" for n in range(6)]
    ids = [*COLOURS, *(f"blue{n}" for n in range(6))]
    red, blue = encoder.encode_texts(["red", "blue"])
    scores = {item["product"]["id"]: item["score"] for item in answer["items"]}

    def expected(count: int) -> list[float]:
        """Return the scores by deviations over the first products."""
        products = encoder.encode_texts(texts)
        vector = red / (products[:count] @ red).std() + blue / (products[:count] @ blue).std()
        return list(products @ (vector / np.linalg.norm(vector)))

    fits = [[scores[id_] for id_ in ids] == pytest.approx(expected(count), abs=2e-5) for count in range(6, 13)]
    assert any(fits[4:])  # within a quarter of what there is
    assert not fits[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_picture_that_takes_too_long_ends(make_settings: Callable[..., Settings]) -> None:
    begun, gate = threading.Event(), threading.Event()

    class Stuck(FakeEncoder):
        def prepare_images(self, images: Any) -> Any:
            begun.set()
            assert gate.wait(30)
            return super().prepare_images(images)

    with serving(make_settings(api_timeout_s=0.5), Stuck(image_tower=True)) as client:
        try:
            assert error_of(post(client, picture("red"))) == (503, "OVERLOADED")
            assert begun.is_set()
            runtime = client.app.state.runtime  # type: ignore[attr-defined]
            assert runtime.engine.compute.images.waiting == 0
        finally:
            gate.set()
