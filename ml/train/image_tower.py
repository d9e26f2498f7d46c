"""Trains the shipped model's image tower to match its text tower, which stays as it is.

    python -m ml.train.image_tower --clothing DIR --grocery DIR --out models/vitrine-minilm-l6

Locked-text tuning: Zhai et al. 2022 (arXiv:2111.07991) with the roles of the towers swapped. It trains on pictures
that the demo shop draws (``--renders`` of them) and on two sets of real photos; models/*/README.md says which, what
came out and in what time. Stopped at any time, the same command goes on from the last checkpoint.

The weights that are kept are those with the best precision@10 on held-out drawings of seed ``--seed`` + 1. Figures to
report are of drawings that nothing was chosen by: for ``--seed 0`` those of ``scripts.evaluate pictures --seed 2``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress
from safetensors.torch import save_file
from torch import Tensor, nn

from demo.colours import BASIC
from ml.encoder.base import Encoder
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.reference import IMAGE_WEIGHTS, build_image_tower
from ml.train.augment import MEAN, STD, Augmentation, normalised
from ml.train.held_out import HeldOut
from ml.train.losses import any_of, contrastive
from ml.train.photos import PhotoSet, clothing_photos, grocery_photos, photo_files
from ml.train.pictures import Pictures
from ml.train.projection import Drawn, Labelled, features_of, train_projection
from ml.train.recipe import Recipe
from ml.train.renders import drawings_hash, training_renders
from ml.train.trainer import Trainer

VISION = {"timm_model_name": "resnet10t", "timm_pool": "avg", "timm_proj": "linear", "image_size": 128}
PIXELS = {"resize_mode": "squash", "interpolation": "bilinear", "mean": MEAN, "std": STD}
EVALUATIONS = 12
PHOTO_WEIGHT = 0.3  # of the photos' loss beside the renders'
SHARPEN_BATCHES, SHARPEN_STEPS, SHARPEN_BATCH = 128, 200, 3000  # of `sharpen`: drawn, trained, at a time
STORED = 160  # side of the stored pictures: room to crop and turn


class Renders:
    """Draws batches of rendered pictures with one caption each, as a contrastive loss needs them."""

    def __init__(self, pictures: Pictures, encoder: Encoder, backgrounds: Pictures, batch: int, size: int) -> None:
        self._pixels = pictures.pixels
        unique = sorted({text for texts in pictures.texts for text in texts})
        number = {text: i for i, text in enumerate(unique)}
        self._captions = [[number[text] for text in texts] for texts in pictures.texts]
        self._texts = torch.from_numpy(embed(encoder, unique))
        self._backgrounds = torch.from_numpy(np.ascontiguousarray(backgrounds.pixels))
        self._batch = batch
        self._augment = Augmentation(size)

    def draw(self, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return pictures (n, 3, size, size) and their texts (n, d)."""
        rows = torch.randint(len(self._captions), (self._batch,), generator=rng).sort().values.tolist()
        picks = torch.randint(2**20, (self._batch,), generator=rng).tolist()
        texts = [self._captions[row][pick % len(self._captions[row])] for row, pick in zip(rows, picks, strict=True)]
        pixels = torch.from_numpy(self._pixels[rows])
        return normalised(self._augment(pixels, self._backgrounds, rng)), self._texts[texts]


class Photos:
    """Draws batches of labelled photos with the texts that may be said of them: the label, in any colour."""

    def __init__(self, photos: PhotoSet, encoder: Encoder, batch: int, size: int, *, in_colours: bool) -> None:
        self._pixels = photos.train.pixels
        bank = [
            (label, text)
            for label, names in photos.names.items()
            for name in names
            for text in ([name, *(f"{colour} {name}" for colour in BASIC)] if in_colours else [name])
        ]
        self._texts = torch.from_numpy(embed(encoder, [text for _, text in bank]))
        of_text = np.array([label for label, _ in bank])
        self._fitting = torch.from_numpy(np.stack([of_text == texts[0] for texts in photos.train.texts]))
        self._batch = batch
        self._augment = Augmentation(size, zoom=(0.95, 1.6), turn=10, skew=0.06)

    def draw(self, rng: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return pictures (n, 3, size, size), the bank (m, d) and which of it fits each picture (n, m)."""
        rows = torch.randint(len(self._pixels), (self._batch,), generator=rng)
        pixels = torch.from_numpy(self._pixels[rows.numpy()])
        return normalised(self._augment(pixels, None, rng)), self._texts, self._fitting[rows]


class Mixture:
    """The training objective: renders against each other's captions, photos against their labels."""

    def __init__(self, renders: Renders, photos: Sequence[Photos], weight: float) -> None:
        self._renders = renders
        self._photos = photos
        self._weight = weight

    def __call__(self, model: nn.Module, scale: Tensor, rng: torch.Generator) -> Tensor:
        """Return the loss of one batch of each kind, encoded together."""
        pictures, texts = self._renders.draw(rng)
        photos = [source.draw(rng) for source in self._photos]
        everything = torch.cat([pictures, *(drawn[0] for drawn in photos)])
        features = model(everything.contiguous(memory_format=torch.channels_last))
        features = nn.functional.normalize(features.float(), dim=-1)
        parts = torch.split(features, [len(pictures), *(len(drawn[0]) for drawn in photos)])
        with torch.autocast("cpu", enabled=False):
            loss = contrastive(parts[0], texts, scale)
            for part, (_, bank, fitting) in zip(parts[1:], photos, strict=True):
                loss = loss + self._weight * any_of(part, bank, fitting, scale)
        return loss


def sharpen(
    tower: Any,
    renders: Renders,
    photos: Sequence[Photos],
    *,
    scale: float,
    seed: int,
    on_step: Callable[[int, float], None],
) -> None:
    """Train the tower's projection once more, in place, against thousands of texts at a time."""
    rng = torch.Generator().manual_seed(seed)
    projection = tower.head.proj
    drawn: list[tuple[Tensor, Tensor]] = []
    labelled: list[list[tuple[Tensor, Tensor, Tensor]]] = [[] for _ in photos]
    for _ in range(SHARPEN_BATCHES):
        pictures, texts = renders.draw(rng)
        drawn.append((features_of(tower, projection, pictures), texts))
        for source, found in zip(photos, labelled, strict=True):
            pictures, bank, fitting = source.draw(rng)
            found.append((features_of(tower, projection, pictures), bank, fitting))
    train_projection(
        projection,
        Drawn(torch.cat([features for features, _ in drawn]), torch.cat([texts for _, texts in drawn])),
        [
            Labelled(torch.cat([part[0] for part in found]), found[0][1], torch.cat([part[2] for part in found]))
            for found in labelled
        ],
        scale=scale,
        weight=PHOTO_WEIGHT,
        steps=SHARPEN_STEPS,
        batch=SHARPEN_BATCH,
        seed=seed,
        on_step=on_step,
    )


def embed(encoder: Encoder, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Embed many texts in blocks."""
    return np.concatenate([encoder.encode_texts(texts[i : i + 4096]) for i in range(0, len(texts), 4096)])


def write_tower(out: Path, tower: nn.Module) -> None:
    """Put a trained image tower beside the text tower in `out`, its weights rounded to fp16.

    Weights come first: until the configuration names an image tower, a directory without one stays a sound model of
    texts, while a configuration without its weights can't be loaded. Where a tower of this kind was there before, the
    configuration says the same before and after. Names without a suffix aren't counted among a model's files.
    """
    weights = {
        name: tensor.half().contiguous() if tensor.is_floating_point() else tensor
        for name, tensor in tower.state_dict().items()
    }
    new_weights, new_config = out / ".image-new", out / ".config-new"
    save_file(weights, new_weights)
    new_weights.chmod(0o644)
    path = out / "open_clip_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["model_cfg"]["vision_cfg"] = VISION
    config["preprocess_cfg"] = PIXELS
    new_config.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    new_weights.replace(out / IMAGE_WEIGHTS)
    new_config.replace(path)


def run_folder(asked: argparse.Namespace, fingerprint: str) -> Path:
    """Return the folder of checkpoints: another one for everything that leads to another result.

    Args:
        asked: the command line.
        fingerprint: of the model whose texts the pictures are to match.
    """
    states = [(path.name, path.stat()) for path in photo_files(asked.clothing, asked.grocery)]
    content = [
        *(asked.renders, asked.steps, asked.batch, asked.photos, asked.seed),
        *(VISION, PIXELS, STORED, EVALUATIONS, fingerprint, drawings_hash()),
        [(name, state.st_size, state.st_mtime_ns) for name, state in states],
    ]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]
    return Path(asked.work) / f"image-tower-{digest}"


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--clothing",
        type=Path,
        required=True,
        help="folder with images_dev.tar and images_dev.csv.gz: clothing photos",
    )
    parser.add_argument(
        "--grocery", type=Path, required=True, help="folder with natural_dev.tar, natural_dev.csv.gz, classes.csv.gz"
    )
    parser.add_argument("--out", type=Path, required=True, help="model directory that has the text tower")
    parser.add_argument(
        "--work", type=Path, default=Path("var/train"), help="folder of renders and checkpoints (%(default)s)"
    )
    parser.add_argument("--renders", type=int, default=40_000, help="pictures to draw (%(default)s)")
    parser.add_argument("--steps", type=int, default=1_400, help="optimizer steps (%(default)s)")
    parser.add_argument("--batch", type=int, default=192, help="renders in a batch; photos come on top (%(default)s)")
    parser.add_argument("--photos", type=int, default=32, help="photos of each set in a batch (%(default)s)")
    parser.add_argument(
        "--seed", type=int, default=0, help="of drawings, batches and augmentation; +1 chooses (%(default)s)"
    )
    asked = parser.parse_args()
    console = Console()
    torch.manual_seed(asked.seed)
    encoder = load_encoder(EncoderSpec(str(asked.out), cache_dir=asked.work / "encoders"))
    size = int(str(VISION["image_size"]))
    with Progress(console=console) as bar:
        task = bar.add_task("renders", total=asked.renders)
        renders = training_renders(
            asked.work, asked.renders, STORED, asked.seed, lambda rows: bar.advance(task, rows)
        )
    clothing = clothing_photos(asked.clothing, asked.work, STORED)
    grocery = grocery_photos(asked.grocery, asked.work, STORED)
    drawn = Renders(renders, encoder, grocery.train, asked.batch, size)
    photos = [
        Photos(clothing, encoder, asked.photos, size, in_colours=True),
        Photos(grocery, encoder, asked.photos, size, in_colours=False),
    ]
    held_out = HeldOut(encoder, size, seed=asked.seed + 1, photos={"clothing": clothing, "grocery": grocery})
    recipe = Recipe(steps=asked.steps, seed=asked.seed, evaluate_every=-(-asked.steps // EVALUATIONS))
    tower = build_image_tower(VISION, encoder.dimension)
    tower = tower.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    trainer = Trainer(
        tower,
        Mixture(drawn, photos, PHOTO_WEIGHT),
        held_out,
        better="attribute_query_p10",
        recipe=recipe,
        folder=run_folder(asked, encoder.fingerprint),
    )
    with Progress(*Progress.get_default_columns(), "loss {task.fields[loss]:.3f}", console=console) as bar:
        task = bar.add_task("train", total=recipe.steps, loss=float("nan"))
        outcome = trainer.run(lambda step, loss: bar.update(task, completed=step, loss=loss))
    scale = outcome.best["scale"]
    with Progress(*Progress.get_default_columns(), "loss {task.fields[loss]:.3f}", console=console) as bar:
        task = bar.add_task("projection", total=SHARPEN_STEPS, loss=float("nan"))
        sharpen(
            tower, drawn, photos, scale=scale, seed=asked.seed,
            on_step=lambda step, loss: bar.update(task, completed=step, loss=loss),
        )  # fmt: skip
    write_tower(asked.out, tower)
    for name, value in {**outcome.best, **held_out(tower)}.items():
        console.print(f"{name:24} {value:.4f}")
    console.print(f"best at step {outcome.best_step} of {outcome.steps}; {outcome.seconds / 3600:.2f} hours")


if __name__ == "__main__":
    main()
