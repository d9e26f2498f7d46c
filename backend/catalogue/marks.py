"""Whether what was saved of a catalogue's rows is what SQL still says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.repository import CatalogueRepository
from ml.types import ProductId, RowMask

NOBODY = 0  # the mark of a row whose product SQL doesn't have


def marks_of(
    repository: CatalogueRepository, row_of: Callable[[ProductId], int | None], count: int, version: int
) -> tuple[NDArray[np.int64], RowMask]:
    """Read a mark of each row's product: another one for other contents, whatever past the database has.

    Version numbers alone wouldn't do: a database that goes on from a backup reaches the same ones again.

    Args:
        repository: of the database.
        row_of: the row of a product.
        count: rows.
        version: of the catalogue.

    Returns:
        The marks, int64 of shape (count,), and which rows' products have changed since that version.
    """
    marks, later = np.full(count, NOBODY, np.int64), np.zeros(count, np.bool_)
    for id_, change_version, *contents, created in repository.marks():
        row = row_of(ProductId(id_))
        if row is not None:
            told = "\0".join(map(str, (*contents, _in_words(created))))
            digest = hashlib.blake2b(told.encode(), digest_size=8).digest()
            marks[row] = int.from_bytes(digest, "big") >> 1
            later[row] = change_version > version
    return marks, later


def _in_words(moment: datetime | str) -> str:
    """Return a moment as SQLite keeps it, whichever database it comes from: catalogues are copied between them."""
    if isinstance(moment, str):
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
