"""JSON Lines: one object per line."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from backend.catalogue.feeds.encoding import TextSource
from backend.catalogue.feeds.lines import MAX_LINE_BYTES, Line, split_lines, undecodable
from backend.catalogue.feeds.types import Rejected, Row, printable


def read_jsonl(source: TextSource) -> Iterator[Row | Rejected]:
    """Yield one row per line; blank lines are passed over."""
    for line in split_lines(source):
        if line.data.isspace():
            continue
        row = _parse(line, source)
        yield Rejected(line.number, row, printable(line.data)) if isinstance(row, str) else row


def _parse(line: Line, source: TextSource) -> Row | str:
    """Return the row, or the reason why there is none."""
    if line.too_long:
        return f"a line over {MAX_LINE_BYTES >> 20} MB"
    try:
        # orjson reads UTF-8 only, and says less about a bad byte than the decoder does
        values = orjson.loads(line.data.decode(source.encoding))
    except UnicodeDecodeError as error:
        return undecodable(line, error, source)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error.msg} at character {error.pos + 1}"
    if not isinstance(values, dict):
        return f"a JSON {_NAMES.get(type(values), 'value')}, not an object"
    return Row(line.number, values, line.data)


_NAMES = {list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
