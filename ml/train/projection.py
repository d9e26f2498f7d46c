"""Trains a tower's last layer once more, against many more texts at a time than fit into a batch of pictures.

With some two hundred pictures in a batch, a few pictures end up near everything: a query for a striped cap finds the
same striped notebooks as one for striped bed linen. Features of the layers below are computed once, and then a batch
of thousands costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ml.train.losses import any_of, contrastive

RATE = 1e-3  # learning rate at the start
PHOTOS = 1000  # of each set in a step


@dataclass(frozen=True)
class Drawn:
    """Features (n, width) of drawn pictures, and the text (n, d) of each."""

    features: Tensor
    texts: Tensor


@dataclass(frozen=True)
class Labelled:
    """Features (n, width) of photos, the texts (m, d) of their set, and which of these fit each (n, m)."""

    features: Tensor
    bank: Tensor
    fitting: Tensor


def features_of(tower: nn.Module, projection: nn.Module, pictures: Tensor) -> Tensor:
    """Return what reaches the projection.

    Args:
        tower: in eval mode.
        projection: its last layer.
        pictures: shape (n, 3, size, size).

    Returns:
        float32, shape (n, width).
    """
    caught: list[Tensor] = []
    hook = projection.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0].float()))
    try:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            tower(pictures.contiguous(memory_format=torch.channels_last))
    finally:
        hook.remove()
    return caught[0]


def train_projection(
    projection: nn.Module,
    drawn: Drawn,
    photos: Sequence[Labelled],
    *,
    scale: float,
    weight: float,
    steps: int,
    batch: int,
    seed: int,
    on_step: Callable[[int, float], None],
) -> None:
    """Train the projection in place.

    Args:
        projection: the tower's last layer.
        drawn: pictures with a text each.
        photos: sets of photos with a label each.
        scale: of similarities, as training left it.
        weight: of the photos' loss.
        steps: of the optimizer; the learning rate falls to zero along a cosine.
        batch: drawn pictures in a step.
        seed: of batches.
        on_step: called after each step with its number and loss.
    """
    rng = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(projection.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    similarity = torch.tensor(scale)
    for step in range(1, steps + 1):
        rows = torch.randperm(len(drawn.features), generator=rng)[:batch]
        loss = contrastive(_unit(projection(drawn.features[rows])), drawn.texts[rows], similarity)
        for photo in photos:
            some = torch.randperm(len(photo.features), generator=rng)[:PHOTOS]
            embedded = _unit(projection(photo.features[some]))
            loss = loss + weight * any_of(embedded, photo.bank, photo.fitting[some], similarity)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        on_step(step, float(loss.detach()))


def _unit(features: Tensor) -> Tensor:
    return nn.functional.normalize(features, dim=-1)
