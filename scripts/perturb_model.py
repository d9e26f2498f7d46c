"""Write a copy of a model directory with noise on its weights: another model of the same shape, for trying things.

python -m scripts.perturb_model models/vitrine-minilm-l6 var/perturbed
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from safetensors.numpy import load_file, save_file

from scripts.console import UsageError, clear_errors

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    model: Annotated[Path, typer.Argument(help="A model directory with safetensors files.")],
    out: Annotated[Path, typer.Argument(help="The directory to write.")],
    noise: Annotated[float, typer.Option(min=0, help="Relative to each matrix's own spread.")] = 0.02,
) -> None:
    """Run the command."""
    with clear_errors():
        print(perturbed_copy(model, out, noise=noise))


def perturbed_copy(model: Path, out: Path, *, noise: float = 0.02, seed: int = 0) -> Path:
    """Copy a model directory and add noise to every matrix, relative to the matrix's own spread.

    Raises:
        UsageError: it isn't a directory with safetensors files.
    """
    if not model.is_dir() or not any(model.glob("*.safetensors")):
        raise UsageError(f"{model} is no model directory with safetensors files; name the second model with --second")
    rng = np.random.default_rng(seed)
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(model.iterdir()):
        if path.suffix != ".safetensors":
            shutil.copyfile(path, out / path.name)
            continue
        weights = load_file(path)
        for name, tensor in weights.items():
            if tensor.ndim == 2:
                spread = noise * float(tensor.std())
                shaken = tensor + spread * rng.standard_normal(tensor.shape, dtype=np.float32)
                weights[name] = shaken.astype(tensor.dtype)
        save_file(weights, out / path.name)
    return out


if __name__ == "__main__":
    app()
