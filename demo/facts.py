"""Facts in the form that a shop keeps: one type per attribute."""

from __future__ import annotations

import re
from typing import Any

LISTS = ("skin_type", "hair_type", "activity", "connectivity", "notes")
"""Attributes that may have several values, and so always are a list."""

LABELS = ("channels", "bluetooth", "size")
"""Attributes whose values look like numbers but name something."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def fact(name: str, value: Any) -> Any:
    """Return a value of an attribute as a number, bool, word or list of words.

    Args:
        name: of the attribute.
        value: as written in a kind's specs or a line's.
    """
    if name in LISTS:
        return list(value) if isinstance(value, list | tuple) else [value]
    if not isinstance(value, str) or name in LABELS:
        return value
    if value in {"yes", "no"}:
        return value == "yes"
    if _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value
