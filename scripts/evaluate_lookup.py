"""`scripts.evaluate lookup`: does a product's own number find it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from ml.encoder.load import load_encoder
from ml.evaluate.comparison import OURS
from ml.evaluate.known_items import (
    TOP,
    KnownProduct,
    Lookup,
    LookupFigures,
    look_up,
    model_number_lookups,
    sku_lookups,
)
from scripts.console import UsageError, clear_errors, load_settings
from scripts.evaluated_catalogue import EvaluatedCatalogue, open_catalogue, workspace
from scripts.evaluated_systems import open_systems, parse_systems
from scripts.feed_options import mapping_of

SHOWN = 8  # missed queries in the table

Found = Mapping[str, Mapping[str, Mapping[str, LookupFigures]]]
"""By system, then by kind, then by form."""


def lookup(
    catalogue: Annotated[Path, typer.Option(help="A feed, as for import_catalogue.")],
    sample: Annotated[int, typer.Option(min=1, help="Products to look up by SKU, and by model number.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 0,
    systems: Annotated[str, typer.Option(help="Which to ask, separated by commas: ours, bm25, dense, rrf.")] = OURS,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN, as for import_catalogue; repeatable.")
    ] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Print how often SKUs and model numbers, in several spellings, find their product first and in the top 10."""
    with clear_errors():
        names, mapping = parse_systems(systems), mapping_of(map_ or [])
        settings = workspace(load_settings(), catalogue, mapping)
        opened = open_catalogue(settings, catalogue, load_encoder(settings.encoder_spec), mapping)
        asked = lookups_of(opened, sample=sample, seed=seed)
        found = {system.name: look_up(system, asked) for system in open_systems(opened, names, TOP)}
    print(orjson.dumps(_plain(found)).decode() if json else render(found))


def lookups_of(catalogue: EvaluatedCatalogue, *, sample: int, seed: int) -> list[Lookup]:
    """Return what to ask of a catalogue.

    Raises:
        UsageError: no product has an SKU or a model number.
    """
    products = [KnownProduct(p.id, p.sku, p.title, p.attributes) for p in catalogue.products]
    asked = [
        *sku_lookups(products, sample=sample, seed=seed),
        *model_number_lookups(products, sample=sample, seed=seed),
    ]
    if not asked:
        raise UsageError(
            "no product of the catalogue has an SKU or a model number; --map sku=COLUMN names the former"
        )
    return asked


def render(found: Found) -> str:
    """Return a table for people, with some of the queries that missed."""
    lines = []
    for name, kinds in found.items():
        lines.append(f"{name:<14}{'form':<22}{'look-ups':>10}{'rank 1':>9}{f'top {TOP}':>9}")
        for kind, forms in kinds.items():
            for form, figures in forms.items():
                lines.append(f"{kind:<14}{form:<22}{figures.lookups:>10}{figures.first:>9.2%}{figures.top:>9.2%}")
            if missed := forms["all"].missed:
                lines.append(f"  not at rank 1: {', '.join(missed[:SHOWN])}{', ...' if len(missed) > SHOWN else ''}")
        lines.append("")
    return "\n".join(lines)


def _plain(found: Found) -> dict[str, dict[str, dict[str, object]]]:
    return {
        name: {kind: {form: asdict(figures) for form, figures in forms.items()} for kind, forms in kinds.items()}
        for name, kinds in found.items()
    }
