"""Draw a contact sheet of the demo shop's pictures, to look at.

python -m scripts.contact_sheet --out sheet.png --kind t-shirt --kind mug
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from demo.drawing.picture import picture
from demo.kinds import KINDS
from demo.looks import random_look

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    out: Annotated[Path, typer.Option(help="the PNG to write")],
    kind: Annotated[list[str] | None, typer.Option(help="kinds to draw; all of them when none is named")] = None,
    each: Annotated[int, typer.Option(help="pictures of each kind", min=1)] = 6,
    columns: Annotated[int, typer.Option(min=1)] = 6,
    size: Annotated[int, typer.Option(help="of a picture, in pixels", min=16)] = 240,
    seed: int = 0,
) -> None:
    """Run the command."""
    rng = random.Random(seed)  # noqa: S311 - chooses what to draw
    looks = [random_look(KINDS[name], rng) for name in kind or KINDS for _ in range(each)]
    rows = -(-len(looks) // columns)
    sheet = Image.new("RGB", (columns * size, rows * size), "white")
    for i, look in enumerate(looks):
        sheet.paste(picture(look, size), (i % columns * size, i // columns * size))
    sheet.save(out)


if __name__ == "__main__":
    app()
