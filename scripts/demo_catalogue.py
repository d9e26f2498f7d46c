"""Write the demo catalogue: an invented shop, products and pictures, so that a first start has something to find.

    python -m scripts.demo_catalogue
    python -m scripts.demo_catalogue --out var/small --count 300 --seed 3
    python -m scripts.import_catalogue var/small/products.jsonl --images var/small

Pictures that are there already are kept; see docs/demo.md.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path
from typing import Annotated

import orjson
import typer

from demo.look import Look
from demo.pictures import save_picture
from demo.products import DEFAULT_COUNT, DEFAULT_SEED, products
from scripts.console import clear_errors, console, progress

app = typer.Typer(add_completion=False)
DEFAULT_FOLDER = Path("var/demo")
FEED_NAME = "products.jsonl"
_PER_PROCESS = 40  # pictures that are worth starting another process for


@app.command(help=__doc__)
def main(
    out: Annotated[Path, typer.Option(help="Folder for products.jsonl and pictures/.")] = DEFAULT_FOLDER,
    count: Annotated[int, typer.Option(help="How many products.")] = DEFAULT_COUNT,
    seed: Annotated[int, typer.Option(help="Another seed gives another shop.")] = DEFAULT_SEED,
    pictures: Annotated[bool, typer.Option(help="Draw the pictures too.")] = True,
) -> None:
    """Run the command."""
    with clear_errors():
        try:
            feed = write_catalogue(out, count, seed, pictures=pictures)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--count") from error
    print(f"Wrote {count} products to {feed}")


def write_catalogue(
    folder: Path = DEFAULT_FOLDER, count: int = DEFAULT_COUNT, seed: int = DEFAULT_SEED, *, pictures: bool = True
) -> Path:
    """Write feed and missing pictures into a folder and return the feed.

    Args:
        folder: gets ``products.jsonl``, whose `image_url` are paths below this folder.
        count: how many products.
        seed: of the shop.
        pictures: whether they are drawn too; without them the references lead nowhere.

    Raises:
        ValueError: there are not that many products.
    """
    made = list(products(count, seed))
    folder.mkdir(parents=True, exist_ok=True)
    if pictures:
        draw_missing({folder / product.facts["image_url"]: product.look for product in made})
    feed = folder / FEED_NAME
    beside = folder / f"{FEED_NAME}.{os.getpid()}"
    beside.write_bytes(b"".join(orjson.dumps(product.facts) + b"\n" for product in made))
    beside.replace(feed)
    return feed


def demo_feed() -> Path:
    """Write the demo catalogue as a feed to measure on, without its pictures."""
    return write_catalogue(Path("var/benchmark/demo"), pictures=False)


def draw_missing(wanted: dict[Path, Look]) -> int:
    """Draw the pictures that aren't there yet, on all cores, and return how many these were."""
    missing = [(path, look) for path, look in wanted.items() if not path.exists()]
    if not missing:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    processes = min(cores, 1 + len(missing) // _PER_PROCESS)
    start = time.perf_counter()
    # Spawned: a fork would copy this process's threads half-way through whatever they hold.
    with progress("pictures") as bar, multiprocessing.get_context("spawn").Pool(processes) as pool:
        task = bar.add_task("draw", total=len(missing))
        for _ in pool.imap_unordered(_draw, missing, chunksize=8):
            bar.advance(task)
    console.print(f"drew {len(missing)} pictures in {time.perf_counter() - start:.0f} s")
    return len(missing)


def _draw(wanted: tuple[Path, Look]) -> None:
    path, look = wanted
    save_picture(look, path)


if __name__ == "__main__":
    app()
