"""From named columns to product fields: the caller's mapping first, then the names a dialect knows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backend.catalogue.feeds.columns import FEED_FIELDS, Dialect, normal
from backend.catalogue.feeds.types import Draft, FeedError, RecordError, Rejected, Row, printable, rejected
from backend.catalogue.fields import CATEGORY_SEPARATOR

REQUIRED = ("id", "title")
_SAMPLE_ROWS = 20
_PLANS_KEPT = 256
_FIELDS = {normal(name): name for name in FEED_FIELDS} | {"color": "colour"}


class Plan:
    """Where each field comes from, for rows with one set of columns."""

    def __init__(self, columns: tuple[str, ...], dialect: Dialect, mapping: Mapping[str, str]) -> None:
        present = set(columns)
        explicit = {_field(target): _sources(source, present) for target, source in mapping.items()}
        used = {column for sources in explicit.values() for column in sources}
        by_name: dict[str, list[str]] = {}
        for column in columns:
            if column not in used:
                by_name.setdefault(normal(column), []).append(column)
        self._joined = [(name, sources) for name, sources in explicit.items() if len(sources) > 1]
        self._ranked = [(name, sources) for name, sources in explicit.items() if len(sources) == 1]
        self._keep_unused = dialect.keep_unused
        claimed = set()
        for name, known in dialect.names.items():
            found = [column for one in known for column in by_name.get(one, ())]
            if found and name not in explicit:
                self._ranked.append((name, found))
                claimed.update(found)
        self._attributes = [
            (column, dialect.attribute_names.get(key, column.removeprefix("g:")))
            for key, left in by_name.items()
            for column in left
            if column not in claimed and key not in dialect.ignored
        ]
        self.fields = frozenset(explicit) | {name for name, _ in self._ranked}

    def apply(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the fields and the attributes that a row gives; blank values give nothing."""
        fields: dict[str, Any] = {}
        attributes: dict[str, Any] = {}
        for name, columns in self._ranked:
            for column in columns:
                value = values.get(column)
                if _blank(value):
                    continue
                if name not in fields:
                    fields[name] = value
                elif self._keep_unused:
                    attributes[column] = value
        for name, columns in self._joined:
            parts = [str(values[column]).strip() for column in columns if not _blank(values.get(column))]
            if parts:
                fields[name] = (CATEGORY_SEPARATOR if name == "category" else " ").join(parts)
        for column, name in self._attributes:
            value = values.get(column)
            if not _blank(value):
                attributes[name] = value
        return fields, attributes


def map_rows(
    rows: Iterator[Row | Rejected], dialect: Dialect, mapping: Mapping[str, str]
) -> Iterator[Draft | Rejected]:
    """Yield a draft for each row.

    Raises:
        FeedError: the mapping names a field or column that doesn't exist, or no column gives an id or a title.
    """
    sample: list[Row | Rejected] = []
    failure: FeedError | None = None
    try:
        sample.extend(itertools.islice(rows, _SAMPLE_ROWS))
    except FeedError as error:  # the file ends early; what it had is still worth reading
        failure = error
    columns = tuple(dict.fromkeys(column for row in sample if isinstance(row, Row) for column in row.values))
    if columns:
        check_required(Plan(columns, dialect, mapping), columns)
    plans: dict[tuple[str, ...], Plan] = {}
    for row in itertools.chain(sample, () if failure else rows):
        if isinstance(row, Rejected):
            yield row
            continue
        key = tuple(row.values)
        plan = plans.get(key)
        if plan is None:
            if len(plans) >= _PLANS_KEPT:  # objects with ever new keys
                plans.clear()
            # a column that the sample has may be missing from one object
            plan = plans[key] = Plan(tuple(dict.fromkeys(columns + key)), dialect, mapping)
        fields, attributes = plan.apply(row.values)
        try:
            if dialect.refine is not None:
                dialect.refine(fields, attributes)
        except RecordError as error:
            yield rejected(row, str(error))
        else:
            yield Draft(row.line, fields, attributes, row.raw)
    if failure is not None:
        raise failure


def map_explicitly(values: Mapping[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    """Return only the fields that the caller's mapping gives."""
    return Plan(tuple(values), Dialect(names={}), mapping).apply(values)[0]


def check_required(plan: Plan, columns: Iterable[str]) -> None:
    """Raise FeedError when nothing gives an id or a title."""
    missing = [name for name in REQUIRED if name not in plan.fields]
    if missing:
        raise FeedError(
            f"no column for {' and '.join(missing)}: name it with --map {missing[0]}=COLUMN; {_listed(columns)}"
        )


def _field(target: str) -> str:
    name = _FIELDS.get(normal(target))
    if name is None:
        raise FeedError(f"--map {target}=…: there is no such field; there are {', '.join(sorted(_FIELDS.values()))}")
    return name


def _sources(source: str, present: set[str]) -> list[str]:
    if source in present:
        return [source]
    by_name = {normal(column): column for column in present}
    if "+" not in source and normal(source) in by_name:
        return [by_name[normal(source)]]
    parts = [part.strip() for part in source.split("+")]
    found = [part if part in present else by_name.get(normal(part), "") for part in parts]
    if "" in found:
        missing = parts[found.index("")]
        raise FeedError(f"the mapping names a column {missing!r} that the file lacks; {_listed(sorted(present))}")
    return found


def _listed(columns: Iterable[str]) -> str:
    return "it has the columns " + ", ".join(printable(column, 60) for column in itertools.islice(columns, 60))


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and (not value or value.isspace())) or value == []
