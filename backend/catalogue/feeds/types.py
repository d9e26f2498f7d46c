"""The words every feed reader shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from backend.catalogue.schemas import ProductIn

RAW_LIMIT = 300
"""Characters of a rejected record that are shown."""

NO_MAPPING: Mapping[str, str] = MappingProxyType({})

OnBytes: TypeAlias = Callable[[int, int], None]
"""Called with (bytes of the file read so far, size of the file); both count compressed bytes."""


class FeedFormat(StrEnum):
    """The formats a feed can have; each may also be gzipped."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    GOOGLE = "google"
    SHOPIFY = "shopify"
    AWIN = "awin"


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How to read a feed.

    Attributes:
        format: None finds out from the content.
        mapping: product field to source column; several columns are joined with ``+``.
        encoding: of a text feed; None takes the byte order mark, else UTF-8.
        currency: ISO 4217 code for rows that name none.
        merchant: for rows that name none.
    """

    format: FeedFormat | None = None
    mapping: Mapping[str, str] = field(default_factory=lambda: NO_MAPPING)
    encoding: str | None = None
    currency: str | None = None
    merchant: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A product, and the line its record starts on (in Parquet the row, counted from 1)."""

    line: int
    product: ProductIn


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is not imported: the line it starts on, why, and its beginning."""

    line: int
    reason: str
    raw: str


class FeedError(Exception):
    """The file as a whole can't be read, or not further; the message says what to do."""


class RecordError(ValueError):
    """One record can't become a product; the message is the reason shown."""


class Row(NamedTuple):
    """One record as columns and values, before it is known which column means what.

    `raw` is what the file held; None means it is best shown as its values.
    """

    line: int
    values: dict[str, Any]
    raw: str | bytes | None


class Draft(NamedTuple):
    """The fields of one product, not yet checked."""

    line: int
    fields: dict[str, Any]
    attributes: dict[str, Any]
    raw: str | bytes | None


def printable(raw: str | bytes | object, limit: int = RAW_LIMIT) -> str:
    """Return the beginning of a value as one line that is safe to print."""
    if isinstance(raw, bytes):
        raw = raw[: limit * 4].decode("utf-8", "replace")
    text = raw if isinstance(raw, str) else repr(raw)
    shown = "".join(
        c if c.isprintable() else " " if c in "\r\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text[:limit]
    )
    return shown.strip() + ("…" if len(text) > limit else "")


def rejected(row: Row | Draft, reason: str) -> Rejected:
    """Return the rejection of a row."""
    values = row.values if isinstance(row, Row) else row.fields
    return Rejected(row.line, reason, printable(row.raw if row.raw is not None else values))
