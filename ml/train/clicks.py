"""What shoppers typed and then clicked: pairs of a query and a product, read from CSV or JSON lines."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from ml.errors import TrainingRefused

MAX_QUERY = 1000  # characters; longer is no query
_NEEDED = ("query", "product_id")


def read_clicks(path: Path) -> dict[str, list[str]]:
    """Read click pairs.

    Args:
        path: UTF-8, JSON lines if the name ends in ``.jsonl`` and CSV with a header line otherwise, each with
            ``query`` and ``product_id``; with ``.gz`` it is decompressed.

    Returns:
        The queries of each product id, in the order of the file; one that was clicked twice comes twice, and so
        trains twice.

    Raises:
        TrainingRefused: a line can't be read, or there are no pairs.
        OSError: the file can't be opened.
    """
    queries: dict[str, list[str]] = {}
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = _json_lines(file) if ".jsonl" in path.suffixes else _csv(file)
            for line, row in rows:
                query, product_id = _pair(row, line)
                queries.setdefault(product_id, []).append(query)
    except (ValueError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TrainingRefused(f"{path}: {error}") from error
    if not queries:
        raise TrainingRefused(f"{path} has no click pairs")
    return queries


def _json_lines(file: TextIO) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"line {number} is no JSON object: {error}") from error


def _csv(file: TextIO) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(file, strict=True)
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f"no column {', '.join(missing)} in the header line")
    for row in reader:
        yield reader.line_num, row


def _pair(row: Any, line: int) -> tuple[str, str]:
    if not isinstance(row, dict):
        raise ValueError(f"line {line} is no JSON object with query and product_id")
    query, product_id = (" ".join(str(row.get(name) or "").split()) for name in _NEEDED)
    if not query or not product_id:
        raise ValueError(f"line {line}: query and product_id must not be empty")
    if len(query) > MAX_QUERY:
        raise ValueError(f"line {line}: a query of {len(query)} characters, at most {MAX_QUERY}")
    return query, product_id
