"""Human relevance judgments, read from CSV."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from ml.errors import MLError
from ml.types import ProductId

MAX_RATING = 10.0  # the gain 2^r - 1 makes a larger scale, such as percentages, meaningless
_COLUMNS = ("query", "product_id", "rating")

Ratings: TypeAlias = Mapping[ProductId, float]
"""The rating of each judged product of one query: 0 is irrelevant, higher is better."""

Judgments: TypeAlias = Mapping[str, Ratings]
"""The ratings of each judged query."""


class BadJudgments(MLError):
    """A judgments file can't be used; the message names the line."""


def read_judgments(path: Path) -> Judgments:
    """Read judgments from a CSV file with a header line.

    Args:
        path: UTF-8 CSV with the columns query, product_id and rating (a number from 0 to 10); others are ignored. A
            name that ends in ``.gz`` is decompressed.

    Returns:
        Queries in the order of their first line.

    Raises:
        BadJudgments: not CSV, a column is missing, a value is empty or out of range, a product is judged twice with
            different ratings, or there are no judgments at all.
        OSError: the file can't be read.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    judgments: dict[str, dict[ProductId, float]] = {}
    line = 0
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise BadJudgments(f"{path}: no column {', '.join(missing)} in the header line")
            for row in reader:
                line = reader.line_num
                query, product_id, rating = _parse(row)
                if judgments.setdefault(query, {}).setdefault(product_id, rating) != rating:
                    raise ValueError(f"{product_id!r} was judged before for {query!r}, with another rating")
    except (ValueError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        where = f"after line {line}" if isinstance(error, (UnicodeDecodeError, csv.Error)) else f"line {line}"
        raise BadJudgments(f"{path}, {where}: {error}") from error
    if not judgments:
        raise BadJudgments(f"{path}: no judgments")
    return judgments


def _parse(row: Mapping[str, str | None]) -> tuple[str, ProductId, float]:
    """Check one line; ValueError says what's wrong with it."""
    query, product_id, rating_text = ((row[column] or "").strip() for column in _COLUMNS)
    if not query or not product_id:
        raise ValueError("query and product_id must not be empty")
    try:
        rating = float(rating_text)
    except ValueError:
        rating = math.nan
    if not 0 <= rating <= MAX_RATING:
        raise ValueError(f"rating must be a number from 0 to {MAX_RATING:g}, not {rating_text!r}")
    return query, ProductId(product_id), rating
