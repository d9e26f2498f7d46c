"""Shopify's product CSV, old and new column names: rows of one handle become one product per variant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from backend.catalogue.feeds.mapping import map_explicitly
from backend.catalogue.feeds.shopify_columns import further_attributes, known_column
from backend.catalogue.feeds.shopify_variants import add_own, shared_by_variants, variant_id
from backend.catalogue.feeds.types import Draft, FeedError, Rejected, Row, rejected

MAX_ROWS_OF_A_PRODUCT = 5000
_VARIANT_COLUMNS = {"sku", "price", "option1_value"}


def read_shopify(rows: Iterator[Row | Rejected], mapping: Mapping[str, str]) -> Iterator[Draft | Rejected]:
    """Yield a draft for each variant; rows that only add pictures yield nothing of their own.

    Raises:
        FeedError: a column without which the rows make no sense is missing.
    """
    current: str | None = None
    group: list[Row] = []
    try:
        for row in rows:
            if isinstance(row, Rejected):
                yield row
                continue
            handle = _handle(row)
            if handle is None:
                yield rejected(row, "Handle: missing")
                continue
            if handle != current:
                yield from _product(current, group, mapping)
                current, group = handle, []
            if len(group) < MAX_ROWS_OF_A_PRODUCT:
                group.append(row)
            else:
                yield rejected(row, f"more than {MAX_ROWS_OF_A_PRODUCT} rows of one product")
    except FeedError:  # the file ends here, the product under way may still be whole
        yield from _product(current, group, mapping)
        raise
    yield from _product(current, group, mapping)


def _handle(row: Row) -> str | None:
    columns = [column for column in row.values if known_column(column) == "handle"]
    if not columns or not any(known_column(column) == "title" for column in row.values):
        raise FeedError("a Shopify export has the columns Handle (or URL handle) and Title; this file lacks them")
    return next((row.values[column].strip() for column in columns if row.values[column].strip()), None)


def _product(handle: str | None, rows: list[Row], mapping: Mapping[str, str]) -> Iterator[Draft | Rejected]:
    if handle is None:
        return
    cells = [_known(row) for row in rows]
    if "title" not in cells[0]:
        for row in rows:
            yield rejected(row, "Title: missing in the first row of this handle (its rows must follow one another)")
        return
    pictures = _pictures(cells)
    variants = [
        (row, own) for row, own in zip(rows, cells, strict=True) if own is cells[0] or own.keys() & _VARIANT_COLUMNS
    ]
    skus = Counter(own.get("sku", "") for _, own in variants)
    for row, own in variants:
        fields, attributes = shared_by_variants(cells[0], handle)
        fields["id"] = handle if len(variants) == 1 else variant_id(handle, own, skus)
        tracked = "tracker" in own or "tracker" in cells[0] or not _names_a_tracker(row)
        add_own(own, cells[0], fields, attributes, tracked=tracked)
        image = own.get("variant_image") or (pictures[0] if pictures else None)
        if image:
            fields["image_url"] = image
        others = [picture for picture in pictures if picture != image]
        if others:
            attributes["additional_images"] = others
        inherited = rows[0].values | {column: value for column, value in row.values.items() if value.strip()}
        attributes.update(further_attributes(inherited))
        if mapping:
            fields.update(map_explicitly(inherited, mapping))
        yield Draft(row.line, fields, attributes, row.raw)


def _known(row: Row) -> dict[str, str]:
    known: dict[str, str] = {}
    for column, value in row.values.items():
        name = known_column(column)
        if name is not None and value.strip():
            known.setdefault(name, value.strip())
    return known


def _pictures(cells: list[dict[str, str]]) -> list[str]:
    """Return the pictures of a product by position, those without one last, each once."""
    found = [
        (int(own["image_position"]) if own.get("image_position", "").isdecimal() else len(cells), own["image"])
        for own in cells
        if "image" in own
    ]
    return list(dict.fromkeys(image for _, image in sorted(found, key=lambda pair: pair[0])))


def _names_a_tracker(row: Row) -> bool:
    """Return whether the file says which products are counted; where it does, a blank means not counted."""
    return any(known_column(column) == "tracker" for column in row.values)
