"""Writes small feeds and reads them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backend.catalogue.feeds import Accepted, FeedError, FeedOptions, Rejected, read_feed
from backend.catalogue.schemas import ProductIn


def read(folder: Path, content: str | bytes, name: str = "feed", **options: Any) -> list[Accepted | Rejected]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_feed(path, FeedOptions(**options)))


def products(items: list[Accepted | Rejected]) -> list[ProductIn]:
    rejects = [item for item in items if isinstance(item, Rejected)]
    assert not rejects
    return [item.product for item in items if isinstance(item, Accepted)]


def ids(items: list[Accepted | Rejected]) -> list[str]:
    return [item.product.id for item in items if isinstance(item, Accepted)]


def reasons(items: list[Accepted | Rejected]) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in items if isinstance(item, Rejected)]


def until_failure(path: Path, **options: Any) -> tuple[list[Accepted | Rejected], str]:
    """Return what comes before the file fails, and how it does."""
    items: list[Accepted | Rejected] = []
    try:
        for item in read_feed(path, FeedOptions(**options)):
            items.append(item)
    except FeedError as error:
        return items, str(error)
    raise AssertionError("the feed was read to its end")
