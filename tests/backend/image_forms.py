"""Pictures, and forms that search by them."""

from __future__ import annotations

import io
from typing import Any

from fastapi.testclient import TestClient
from PIL import Image

URL = "/api/v1/search/image"
COLOURS = ("red", "green", "blue", "yellow", "black", "white")


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(colour: str, kind: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    return encoded(Image.new("RGB", size, colour), kind)


def post(client: TestClient, data: bytes | None = None, kind: str = "image/png", **fields: Any) -> Any:
    """Send the form; without a picture it is sent as multipart all the same."""
    files: list[tuple[str, Any]] = [] if data is None else [("image", ("upload", data, kind))]
    files += [(name, (None, str(value))) for name, value in fields.items()]
    return client.post(URL, files=files)


def by_picture(client: TestClient, data: bytes | None = None, kind: str = "image/png", **fields: Any) -> Any:
    answer = post(client, data, kind, **fields)
    assert answer.status_code == 200, answer.text
    return answer.json()
