"""Whether what was saved of a catalogue's rows is what SQL still says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.repository import CatalogueRepository
from ml.types import ProductId, RowMask

NOBODY = 0  # the mark of a row whose product SQL doesn't have


@dataclass(frozen=True, slots=True)
class Marks:
    """What SQL says of the products of rows.

    Attributes:
        values: a mark for each row: int64, shape (count,).
        later: rows whose products have changed since the version asked for.
        missing: active products without a row that haven't.
    """

    values: NDArray[np.int64]
    later: RowMask
    missing: list[ProductId]


def marks_of(
    repository: CatalogueRepository, row_of: Callable[[ProductId], int | None], count: int, version: int
) -> Marks:
    """Read a mark of each row's product: another one for other contents, whatever past the database has.

    Version numbers alone wouldn't do: a database that goes on from a backup reaches the same ones again.

    Args:
        repository: of the database.
        row_of: the row of a product.
        count: rows.
        version: of the catalogue.
    """
    marks, later = np.full(count, NOBODY, np.int64), np.zeros(count, np.bool_)
    missing: list[ProductId] = []
    for id_, change_version, found, *contents, created in repository.marks():
        row = row_of(ProductId(id_))
        if row is None:
            if found and change_version <= version:
                missing.append(ProductId(id_))
        else:
            told = "\0".join(map(str, (*contents, _in_words(created))))
            digest = hashlib.blake2b(told.encode(), digest_size=8).digest()
            marks[row] = int.from_bytes(digest, "big") >> 1
            later[row] = change_version > version
    return Marks(marks, later, missing)


def _in_words(moment: datetime | str) -> str:
    """Return a moment as SQLite keeps it, whichever database it comes from: catalogues are copied between them."""
    if isinstance(moment, str):
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
