"""Import a product feed, embed what changed and build the index.

    python -m scripts.import_catalogue products.csv
    python -m scripts.import_catalogue items.csv.gz --map title=productDisplayName --images photos.tar

Reads CSV, TSV, JSONL and Parquet, gzipped or not, and the Google Merchant, Shopify and Awin feeds; see docs/feeds.md.
Running it again writes only what changed, and goes on after a kill.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from backend.catalogue.feeds import FeedFormat, FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.model.active import active_encoders
from scripts.console import clear_errors, load_settings, peak_memory_mb
from scripts.feed_options import image_source, mapping_of
from scripts.pipeline import Timed, embed, import_feed, index, open_database

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    file: Annotated[Path, typer.Argument(help="The feed.")],
    format_: Annotated[
        FeedFormat | None, typer.Option("--format", help="Default: found out from the content.")
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN, or FIELD=A+B to join columns; repeatable.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a text feed that isn't UTF-8, such as cp1252.")] = None,
    currency: Annotated[str | None, typer.Option(help="For rows that name none, such as EUR.")] = None,
    merchant: Annotated[str | None, typer.Option(help="For rows that name none.")] = None,
    images: Annotated[Path | None, typer.Option(help="Folder or tar that image paths refer to.")] = None,
    fetch_images: Annotated[bool, typer.Option(help="Fetch images from their web addresses.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where bad rows go; default var/rejects/FILE.jsonl.")] = None,
    no_embed: Annotated[bool, typer.Option(help="Only write the products; embed_catalogue does the rest.")] = False,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        options = FeedOptions(
            format=format_, mapping=mapping_of(map_ or []), encoding=encoding, currency=currency, merchant=merchant
        )
        rejects_file = RejectsFile(rejects or Path("var/rejects") / f"{file.name}.jsonl")
        steps: dict[str, Timed] = {}
        with open_database(settings) as database:
            summary, steps["import"] = import_feed(
                database, settings, file, options, rejects=rejects_file, images=image_source(images, fetch_images)
            )
            if not no_embed:
                for encoder in active_encoders(database, settings):
                    steps["embed"] = embed(database, settings, encoder)
                    _, steps["index"] = index(database, settings, encoder)
        report = {
            **asdict(summary),
            "seconds": {name: round(step.seconds, 3) for name, step in steps.items()},
            "rows_per_second": {name: round(step.rate, 1) for name, step in steps.items()},
            "embedded": steps["embed"].rows if "embed" in steps else 0,
            "peak_memory_mb": round(peak_memory_mb(), 1),
            "rejects_file": str(rejects_file.path) if rejects_file.path.exists() else None,
        }
    print(orjson.dumps(report).decode() if json else _text(report))


def _text(report: dict[str, Any]) -> str:
    counts = ("inserted", "updated", "unchanged", "rejected", "embedded", "images_stored", "images_refused")
    lines = [f"{name:<16}{report[name]:>10,}" for name in counts]
    for name, seconds in report["seconds"].items():
        lines.append(f"{name:<16}{seconds:>10.1f} s {report['rows_per_second'][name]:>12,.0f} rows/s")
    lines.append(f"{'peak memory':<16}{report['peak_memory_mb']:>10,.0f} MiB")
    if report["rejects_file"]:
        lines.append(f"rejected rows, with reasons: {report['rejects_file']}")
    return "\n".join(lines)


if __name__ == "__main__":
    app()
