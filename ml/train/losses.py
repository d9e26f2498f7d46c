"""Losses that pull pictures to their texts and away from the others."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

ALIKE = 0.03
"""Temperature at which texts count as the same: one with cosine 0.9 to the right text gets 4% of its weight."""


def contrastive(images: Tensor, texts: Tensor, scale: Tensor) -> Tensor:
    """Tell which text belongs to which picture, both ways, allowing for texts that say the same.

    Args:
        images: shape (n, d), rows of L2 norm 1; picture i shows text i.
        texts: shape (n, d), rows of L2 norm 1.
        scale: inverse temperature.

    References:
        Radford et al. 2021, arXiv:2103.00020; with soft targets as in Gao et al. 2023, arXiv:2303.17561.
    """
    with torch.no_grad():
        targets = alike(texts, texts)  # (n, n)
    return (towards(images, texts, targets, scale) + towards(texts, images, targets, scale)) / 2


def any_of(images: Tensor, bank: Tensor, fitting: Tensor, scale: Tensor) -> Tensor:
    """Tell which texts of a bank may be said of a picture, whichever of them it is.

    For photos whose label leaves something open, such as the colour: all texts with the right label fit, and the
    model chooses among them.

    Args:
        images: shape (n, d), rows of L2 norm 1.
        bank: texts, shape (m, d), rows of L2 norm 1.
        fitting: bool, shape (n, m), at least one in each row.
        scale: inverse temperature.
    """
    logits = scale * images @ bank.T
    fits = torch.logsumexp(logits.masked_fill(~fitting, -torch.inf), dim=1)
    return (torch.logsumexp(logits, dim=1) - fits).mean()


def alike(texts: Tensor, others: Tensor) -> Tensor:
    """Return how much of each text's weight every other text gets: most for those that say the same.

    Args:
        texts: shape (n, d), rows of L2 norm 1.
        others: shape (m, d), rows of L2 norm 1; `texts` should be among them.

    Returns:
        Shape (n, m), rows that sum to 1.
    """
    return torch.softmax((texts @ others.T - 1) / ALIKE, dim=1)


def towards(queries: Tensor, items: Tensor, targets: Tensor, scale: Tensor) -> Tensor:
    """Tell for each query which items belong to it.

    Args:
        queries: shape (n, d), rows of L2 norm 1.
        items: shape (m, d), rows of L2 norm 1.
        targets: shape (n, m), rows that sum to 1.
        scale: inverse temperature.
    """
    return functional.cross_entropy(scale * queries @ items.T, targets)
