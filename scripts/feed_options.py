"""How commands that read feeds say which column is which, and where pictures are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from backend.catalogue.images import DirectorySource, ImageSource, RemoteSource, TarSource
from scripts.console import UsageError


def mapping_of(pairs: Iterable[str]) -> dict[str, str]:
    """Return columns by field.

    Raises:
        UsageError: one of `pairs` isn't FIELD=COLUMN.
    """
    mapping = {}
    for pair in pairs:
        field, separator, column = pair.partition("=")
        if not separator or not field.strip() or not column.strip():
            raise UsageError(f"--map wants FIELD=COLUMN, not {pair!r}")
        mapping[field.strip()] = column.strip()
    return mapping


def image_source(path: Path | None, fetch: bool) -> ImageSource | None:
    """Return where pictures come from; None when nothing was said of it.

    Raises:
        UsageError: both were.
        ImageSourceError: `path` can't be used.
    """
    if path is not None and fetch:
        raise UsageError("--images and --fetch-images exclude each other")
    if fetch:
        return RemoteSource()
    if path is None:
        return None
    return DirectorySource(path) if path.is_dir() else TarSource(path)
