"""What kind of feed a text is, judged by its beginning."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from backend.catalogue.feeds.columns import normal
from backend.catalogue.feeds.types import FeedError, FeedFormat

_DELIMITERS = (",", "\t", ";", "|")
_SHOPIFY_HANDLE = frozenset({"handle", "urlhandle"})
_SHOPIFY = frozenset(map(normal, ("Variant SKU", "Variant Price", "Option1 Name", "Option1 Value")))
_AWIN = frozenset(map(normal, ("aw_product_id", "aw_deep_link", "merchant_deep_link", "merchant_product_id")))
_GOOGLE = frozenset(
    map(
        normal,
        (
            *("image_link", "additional_image_link", "google_product_category", "sale_price_effective_date"),
            *("item_group_id", "identifier_exists", "age_group", "gtin", "availability"),
        ),
    )
)


class Layout(Enum):
    """How the bytes are to be cut into records."""

    XML = "XML"
    JSON_LINES = "JSON Lines"
    DELIMITED = "delimited text"


_LAYOUTS = {
    FeedFormat.CSV: {Layout.DELIMITED},
    FeedFormat.TSV: {Layout.DELIMITED},
    FeedFormat.JSONL: {Layout.JSON_LINES},
    FeedFormat.PARQUET: set(),
    FeedFormat.GOOGLE: {Layout.XML, Layout.DELIMITED},
    FeedFormat.SHOPIFY: {Layout.DELIMITED},
    FeedFormat.AWIN: {Layout.DELIMITED},
}


class Detected(NamedTuple):
    """The kind of feed; `delimiter` is one character for delimited text, else empty."""

    format: FeedFormat
    layout: Layout
    delimiter: str


def detect(head: str, wanted: FeedFormat | None) -> Detected:
    """Return what the text is.

    Args:
        head: the beginning of the text, without byte order mark.
        wanted: the format the caller named, which is checked against the text.

    Raises:
        FeedError: it can't be that format, or no format is known that begins like this.
    """
    layout = _layout(head)
    if wanted is not None and layout not in _LAYOUTS[wanted]:
        raise FeedError(f"this is {layout.value}, not {wanted.value}: leave the format out to have it found")
    if layout is Layout.XML:
        return Detected(FeedFormat.GOOGLE, layout, "")
    if layout is Layout.JSON_LINES:
        return Detected(FeedFormat.JSONL, layout, "")
    delimiter = "\t" if wanted is FeedFormat.TSV else _delimiter(head)
    columns = {normal(cell) for cell in _cells(head, delimiter)}
    return Detected(wanted or _dialect(columns, delimiter), layout, delimiter)


def _layout(head: str) -> Layout:
    start = head.lstrip()[:1]
    if start == "<":
        return Layout.XML
    if start == "{":
        return Layout.JSON_LINES
    if start == "[":
        raise FeedError("this is one JSON array: write one object per line (JSON Lines) instead")
    if not start:
        raise FeedError("the file holds nothing but blanks")
    return Layout.DELIMITED


def _delimiter(head: str) -> str:
    """Return the delimiter that cuts the header into most columns; commas win a draw."""
    return max(_DELIMITERS, key=lambda delimiter: len(_cells(head, delimiter)))


def _cells(head: str, delimiter: str) -> list[str]:
    lines: Iterable[str] = (line for line in head.splitlines(keepends=True) if line.strip())
    try:
        return next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:  # the reader of records says what is wrong with the header
        return []


def _dialect(columns: set[str], delimiter: str) -> FeedFormat:
    if columns & _SHOPIFY_HANDLE and columns & _SHOPIFY:
        return FeedFormat.SHOPIFY
    if "productname" in columns and columns & _AWIN:
        return FeedFormat.AWIN
    if {"id", "title"} <= columns and len(columns & _GOOGLE) >= 2:
        return FeedFormat.GOOGLE
    return FeedFormat.TSV if delimiter == "\t" else FeedFormat.CSV
