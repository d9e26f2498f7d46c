"""Write a randomly initialised open_clip checkpoint, for measuring speed where no trained weights are at hand.

    python -m scripts.make_checkpoint ViT-B-32 var/benchmark/ViT-B-32.safetensors

It has the shape and the cost of the real model and understands nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors.torch import save_file

from ml.encoder.torchvision_shim import ensure_torchvision

ensure_torchvision()
import open_clip  # noqa: E402  only importable after the shim

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    architecture: Annotated[str, typer.Argument(help="An open_clip architecture, such as ViT-B-32.")],
    out: Annotated[Path, typer.Argument(help="The safetensors file to write.")],
    seed: Annotated[int, typer.Option(help="Of the random weights.")] = 0,
) -> None:
    """Run the command."""
    torch.manual_seed(seed)
    model = open_clip.create_model(architecture)
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, out)
    print(f"{out}: {out.stat().st_size / 2**20:,.0f} MiB")


if __name__ == "__main__":
    app()
