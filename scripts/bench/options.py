"""Options that the bench's commands share, and the shop that they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scripts.bench.shop import Shop, build_shop, model_settings, small_settings
from scripts.console import load_settings

SMALL_PRODUCTS, SMALL_USERS = 2000, 100
FOLDER = Path("var/bench")

Small = Annotated[bool, typer.Option(help="The model that ships and 2,000 products: quick, for trying it out.")]
Products = Annotated[int, typer.Option(min=1000, help="How many products.")]
Users = Annotated[int, typer.Option(min=10, help="Shoppers with 50 events each.")]
Architecture = Annotated[str, typer.Option(help="An open_clip architecture.")]
Checkpoint = Annotated[Path | None, typer.Option(help="Its weights; without one random ones: of speed alone.")]
Precision = Annotated[str, typer.Option(help="Of our engine: int8, bf16 or fp32.")]
Folder = Annotated[Path, typer.Option(help="Where shops are kept, and the report goes.")]


def shop_of(
    folder: Path, *, small: bool, products: int, users: int, model: str, checkpoint: Path | None, precision: str
) -> Shop:
    """Make the shop that the options mean, as far as it isn't there."""
    folder.mkdir(parents=True, exist_ok=True)
    base = load_settings()
    if small:
        return build_shop(small_settings(base), folder, SMALL_PRODUCTS, SMALL_USERS)
    return build_shop(model_settings(base, model, checkpoint, precision, folder), folder, products, users)
