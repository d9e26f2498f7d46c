"""What is wrong with a value, in words of JSON: the validator speaks of the types of its own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_OBJECT, _LIST, _TEXT = "must be an object", "must be a list", "must be a text"
_WHOLE, _NUMBER, _FLAG = "must be a whole number", "must be a number", "must be true or false"
WORDING: Final[Mapping[str, str]] = {
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "dict_type": _OBJECT,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "string_type": _TEXT,
    "string_unicode": "must be a text without lone surrogates",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "missing": "is missing",
    "extra_forbidden": "there's no such field",
}


def message_of(item: Mapping[str, Any]) -> str:
    """Return what a finding of pydantic means; where that is plain already, in its own words."""
    return WORDING.get(item["type"]) or str(item["msg"]).removeprefix("Value error, ")
