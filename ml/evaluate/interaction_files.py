"""Next-item data, read from CSV: choices with what went before, or whole sequences; and lists of other systems."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO, TypeAlias

from ml.errors import MLError
from ml.types import ProductId

EVENT_COLUMNS: Final = ("user_id", "history_item_ids", "target_item_id")
SEQUENCE_COLUMNS: Final = ("user_id", "item_ids")
SPLITS: Final = ("train", "valid", "test")
MAX_FIELD: Final = 1 << 24  # characters of one history

Sequences: TypeAlias = Mapping[str, Sequence[ProductId]]
"""What each user chose, oldest first."""


class BadInteractions(MLError):
    """A file of interactions can't be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One choice.

    Attributes:
        split: train, valid or test; None where the file doesn't say.
        user: who chose.
        history: what was chosen before, oldest first, at least one product.
        target: what was chosen.
    """

    split: str | None
    user: str
    history: tuple[ProductId, ...]
    target: ProductId


def read_events(path: Path, *, split_wanted: bool = True) -> list[EventRow]:
    """Read choices from a CSV file with the columns user_id, history_item_ids, target_item_id and split.

    Args:
        path: UTF-8, ids of a history separated by spaces; a name that ends in ``.gz`` is decompressed.
        split_wanted: whether the column split has to be there.

    Raises:
        BadInteractions: not such a file, or a value is empty or unknown.
        OSError: the file can't be read.
    """
    wanted = (*EVENT_COLUMNS, "split") if split_wanted else EVENT_COLUMNS
    rows = []
    with _records(path, wanted) as records:
        for record in records:
            split = record.get("split") or None
            if split not in SPLITS and (split_wanted or split is not None):
                raise ValueError(f"split is one of {', '.join(SPLITS)}, not {split!r}")
            history = _ids(record["history_item_ids"])
            rows.append(EventRow(split, _one(record, "user_id"), history, ProductId(_one(record, "target_item_id"))))
    return rows


def read_sequences(path: Path, least: int = 1) -> Sequences:
    """Read sequences from a CSV file with the columns user_id and item_ids.

    Args:
        path: as for `read_events`.
        least: products that every sequence has.

    Raises:
        BadInteractions: not such a file, a user is there twice, or a sequence is too short.
        OSError: the file can't be read.
    """
    sequences: dict[str, Sequence[ProductId]] = {}
    with _records(path, SEQUENCE_COLUMNS) as records:
        for record in records:
            user, items = _one(record, "user_id"), _ids(record["item_ids"])
            if len(items) < least:
                raise ValueError(f"user {user!r} has {len(items)} products, wanted are {least} or more")
            if user in sequences:
                raise ValueError(f"user {user!r} is there twice")
            sequences[user] = items
    return sequences


def read_training(path: Path) -> list[EventRow] | Sequences:
    """Read interactions to learn from, in either form: the header line says which.

    Raises:
        BadInteractions: it is neither.
        OSError: the file can't be read.
    """
    with _opened(path) as file:
        header = next(csv.reader(file), [])
    if set(SEQUENCE_COLUMNS) <= set(header):
        return read_sequences(path)
    if set(EVENT_COLUMNS) <= set(header):
        return read_events(path, split_wanted=False)
    raise BadInteractions(
        f"{path}: the header line has neither {', '.join(SEQUENCE_COLUMNS)} nor {', '.join(EVENT_COLUMNS)}"
    )


def read_lists(path: Path) -> Mapping[str, Mapping[str, Sequence[ProductId]]]:
    """Read what other systems recommended: JSON lines with user_id and, by system, ids separated by spaces.

    Returns:
        By system, then by user: products, best first.

    Raises:
        BadInteractions: not such a file, or not every line has the same systems.
        OSError: the file can't be read.
    """
    by_system: dict[str, dict[str, Sequence[ProductId]]] = {}
    names: set[str] | None = None
    with _opened(path) as file:
        for line, text in enumerate(file, 1):
            try:
                row = json.loads(text)
                user = str(row.pop("user_id"))
                lists = {str(name): _ids(ids) for name, ids in row.items()}
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise BadInteractions(f"{path}, line {line}: no user_id with lists of ids: {error}") from error
            if not lists or (names is not None and lists.keys() != names):
                raise BadInteractions(f"{path}, line {line}: every line has lists of the same systems")
            names = set(lists)
            for name, ids in lists.items():
                by_system.setdefault(name, {})[user] = ids
    if not by_system:
        raise BadInteractions(f"{path} is empty")
    return by_system


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield file
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadInteractions(f"{path} can't be read: {error}") from error


@contextmanager
def _long_fields() -> Iterator[None]:
    """Allow fields up to `MAX_FIELD`; the limit is the process's, and other readers go by it."""
    former = csv.field_size_limit(MAX_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(former)


@contextmanager
def _records(path: Path, wanted: Sequence[str]) -> Iterator[Iterator[dict[str, str]]]:
    """Yield the records of a CSV file that has certain columns and at least one record."""
    with _opened(path) as file, _long_fields():
        reader = csv.DictReader(file, strict=True, restval="")
        missing = [name for name in wanted if name not in (reader.fieldnames or ())]
        if missing:
            raise BadInteractions(f"{path}: no column {', '.join(missing)} in the header line")
        try:
            yield reader
        except UnicodeDecodeError:
            raise
        except ValueError as error:
            raise BadInteractions(f"{path}, line {reader.line_num}: {error}") from error
        if reader.line_num < 2:
            raise BadInteractions(f"{path} has no records")


def _one(record: Mapping[str, str], name: str) -> str:
    value = record[name].strip()
    if not value:
        raise ValueError(f"{name} is empty")
    return value


def _ids(text: str) -> tuple[ProductId, ...]:
    found = tuple(ProductId(part) for part in text.split())
    if not found:
        raise ValueError("there are no ids where some are wanted")
    return found
