"""The objectives of fine-tuning: pictures find their texts among those of the shop, and texts their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ml.train.augment import Augmentation
from ml.train.losses import alike, towards
from ml.train.pictures import Rgba
from ml.train.shop_model import ShopModel

TITLES = 0.6
"""How often a product is called by its title, which is what shoppers' queries resemble most, and is measured."""


@dataclass(frozen=True)
class ShopPairs:
    """What training draws from.

    Attributes:
        pixels: uint8, shape (at least n, s, s, 4).
        texts: numbers of each product's texts, the title first; a text may come twice, to be drawn twice as often.
        ids: token ids of each text.
        vectors: of each text, by the model as it was before; shape (t, d), on the device that trains.
        rows: products that train.
    """

    pixels: Rgba
    texts: Sequence[Sequence[int]]
    ids: Sequence[Sequence[int]]
    vectors: Tensor
    rows: Sequence[int]


class Draw:
    """Draws products, and one text of each."""

    def __init__(self, pairs: ShopPairs, augment: Augmentation, model: ShopModel) -> None:
        self._pairs = pairs
        self._augment = augment
        self._model = model
        self._rows = np.asarray(pairs.rows)
        most = max(len(pairs.texts[row]) for row in pairs.rows)
        table = [[*pairs.texts[row], *[0] * (most - len(pairs.texts[row]))] for row in pairs.rows]
        self._table = torch.tensor(table)  # (products, most)
        self._others = torch.tensor([len(pairs.texts[row]) - 1 for row in pairs.rows])

    def some(self, most: int, rng: torch.Generator) -> Tensor:
        """Return up to `most` different products, as positions in the training rows."""
        return torch.randperm(len(self._rows), generator=rng)[:most]

    def texts(self, products: Tensor, rng: torch.Generator) -> Tensor:
        """Return the number of one text of each."""
        title = torch.rand(len(products), generator=rng) < TITLES
        other = 1 + (torch.rand(len(products), generator=rng) * self._others[products]).long()
        return self._table[products, torch.where(title | (self._others[products] == 0), 0, other)]

    def pictures(self, products: Tensor, rng: torch.Generator, device: torch.device) -> Tensor:
        """Return the pictures of products, each changed a little: float32, shape (n, 3, size, size)."""
        rows = self._rows[products.numpy()]
        order = np.argsort(rows)  # the array is mapped from disk
        pixels = np.empty((len(rows), *self._pairs.pixels.shape[1:]), np.uint8)
        pixels[order] = self._pairs.pixels[rows[order]]
        return self._model.image_input(self._augment(torch.from_numpy(pixels), None, rng)).to(device)


class LockedText:
    """Trains the image tower alone.

    Texts don't change, so all were embedded beforehand, and each picture has to find its text among those of the
    whole shop, or of `bank` products drawn at random: a far larger batch than would fit otherwise.

    References:
        Zhai et al. 2022, arXiv:2111.07991, with the roles of the towers swapped.
    """

    def __init__(self, pairs: ShopPairs, draw: Draw, *, batch: int, bank: int) -> None:
        self._vectors = pairs.vectors
        self._draw = draw
        self._batch = batch
        self._bank = bank

    def __call__(self, model: nn.Module, scale: Tensor, rng: torch.Generator) -> Tensor:
        """Return the loss of one batch."""
        device = scale.device
        products = self._draw.some(max(self._bank, self._batch), rng)
        bank = self._vectors[self._draw.texts(products, rng).to(device)]  # (bank, d)
        images = model(self._draw.pictures(products[: self._batch], rng, device))  # (batch, d)
        own = bank[: len(images)]
        with torch.autocast(device.type, enabled=False):
            to_texts = towards(images, bank, alike(own, bank), scale)
            to_images = towards(own, images, alike(own, own), scale)
        return (to_texts + to_images) / 2


class BothTowers:
    """Trains both towers; the texts of a batch are contrasted with each other.

    Which texts count as the same is still what the model thought before: learned along, it could become "all".
    """

    def __init__(self, pairs: ShopPairs, draw: Draw, model: ShopModel, *, batch: int) -> None:
        self._ids = pairs.ids
        self._vectors = pairs.vectors
        self._draw = draw
        self._model = model
        self._batch = batch

    def __call__(self, model: nn.Module, scale: Tensor, rng: torch.Generator) -> Tensor:
        """Return the loss of one batch."""
        device = scale.device
        products = self._draw.some(self._batch, rng)
        numbers = self._draw.texts(products, rng)
        ids = self._model.padded_ids([self._ids[number] for number in numbers.tolist()])
        texts = model(ids.to(device))
        images = model(self._draw.pictures(products, rng, device))
        before = self._vectors[numbers.to(device)]
        with torch.autocast(device.type, enabled=False):
            targets = alike(before, before)
            return (towards(images, texts, targets, scale) + towards(texts, images, targets, scale)) / 2
