"""Read a list of queries as the search would and show what would become filters, to look for false alarms by hand."""

from __future__ import annotations

import csv
import gzip
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from backend.catalogue.feeds import Accepted, FeedOptions, read_feed
from backend.catalogue.records import discount, to_cents
from backend.search.understanding import (
    ENDINGS,
    NEGATIONS,
    CountedLexicon,
    Entry,
    Interpretation,
    Note,
    PriceRange,
    understand,
)
from demo.products import products
from scripts.console import UsageError, clear_errors
from scripts.feed_options import mapping_of

REPEATS = 5  # of each query, of which the fastest counts: the machine may be busy


def main(
    queries: Annotated[Path, typer.Argument(help="CSV with a column `query`, or text, a query a line; .gz or not.")],
    catalogue: Annotated[
        Path | None, typer.Option(help="A feed, as for import_catalogue; else the demo shop.")
    ] = None,
    map_: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN, as for import_catalogue.")] = None,
    currency: Annotated[str | None, typer.Option(help="The shop's, such as EUR; else any will do.")] = None,
    titles: Annotated[
        bool, typer.Option(help="Also ask each title, and count those that hide their product.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Also queries of which nothing becomes a filter.")] = False,
) -> None:
    """Print each query with what it was understood to say, then how often that was, and how long it took."""
    with clear_errors():
        asked = sorted(set(_queries(queries)))
        if not asked:
            raise UsageError(f"{queries} holds no query")
        entries = list(_entries(catalogue, mapping_of(map_ or [])))
        lexicon = CountedLexicon.of(entries, NEGATIONS, ENDINGS)
        read = [_timed(query, lexicon, currency) for query in asked]
        for found, _ in read:
            if every or any(note.taken for note in found.notes):
                print(f"{found.query} => {found.text}")
                print("".join(f"    {_told(note)}\n" for note in found.notes), end="")
        _summary([found for found, _ in read], np.array([spent for _, spent in read]))
        if titles:
            hidden = [e for e in entries if _hides(understand(e.title, lexicon, currency_of_shop=currency), e)]
            numbers = sum(_hides_by_number(understand(e.title, lexicon, currency_of_shop=currency)) for e in hidden)
            print(
                f"of {len(entries)} titles, {len(hidden)} would hide their own product; {numbers} by a number in it"
            )


def _summary(found: list[Interpretation], spent_us: np.ndarray) -> None:
    kinds = Counter(kind for one in found for kind in {_kind(note) for note in one.notes})
    taken = sum(any(note.taken for note in one.notes) for one in found)
    print(f"\n{len(found)} different queries; words became a filter or an exclusion in {taken}")
    for kind, count in sorted(kinds.items()):
        print(f"{kind:<28}{count:>6}  {count / len(found):.1%}")
    p50, p95 = np.percentile(spent_us, [50, 95])
    print(f"time in us: p50 {p50:.0f}, p95 {p95:.0f}, longest {spent_us.max():.0f}")


def _hides(found: Interpretation, entry: Entry) -> bool:
    """Whether a title, asked as a query, would hide or hold back its product; nobody asks for a price in a title."""
    filters = found.filters
    wanted = ((filters.brand, entry.brand), (filters.colour, entry.colour), (filters.merchant, entry.merchant))
    lost = any(values and value not in values for values, value in wanted)
    return (
        lost
        or any(note.excluded for note in found.notes)
        or (filters.in_stock, filters.on_sale) != (None, None)
        or _hides_by_number(found)
    )


def _hides_by_number(found: Interpretation) -> bool:
    return any(note.field in {"price", "min_rating"} and note.effect == "filter" for note in found.notes)


def _timed(query: str, lexicon: CountedLexicon, currency: str | None) -> tuple[Interpretation, float]:
    spent = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        found = understand(query, lexicon, currency_of_shop=currency)
        spent.append(1e6 * (time.perf_counter() - began))
    return found, min(spent)


def _queries(path: Path) -> Iterator[str]:
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        if ".csv" in path.suffixes:
            rows = csv.DictReader(lines)
            if "query" not in (rows.fieldnames or ()):
                raise UsageError(f"{path} has no column `query`")
            yield from (row["query"] for row in rows)
        else:
            yield from (line.strip() for line in lines if line.strip())


def _entries(catalogue: Path | None, mapping: dict[str, str]) -> Iterator[Entry]:
    if catalogue is None:
        for made in products():
            facts = made.facts
            labels = (facts["title"], facts["brand"], facts["colour"], facts["merchant"], facts["category"])
            yield Entry(*labels, on_sale=facts["list_price"] is not None)  # it is always above the price
        return
    for row in read_feed(catalogue, FeedOptions(mapping=mapping)):
        if isinstance(row, Accepted):
            product = row.product
            labels = (product.title, product.brand, product.colour, product.merchant, product.category)
            yield Entry(*labels, on_sale=discount(to_cents(product.price), to_cents(product.list_price)) > 0)


def _kind(note: Note) -> str:
    return f"{'not ' if note.excluded else ''}{note.field}, {note.effect}"


def _told(note: Note) -> str:
    value = note.value
    if isinstance(value, PriceRange):
        said = f"{value.least or 0} to {'' if value.most is None else value.most} cents"
    else:
        said = ", ".join(value) if isinstance(value, tuple) else str(value)
    return f"{note.words!r}: {_kind(note)}: {said}"


if __name__ == "__main__":
    typer.run(main)
