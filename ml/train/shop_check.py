"""How well products that weren't trained on are found: by their title, and their title by their picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.evaluate.metrics import bootstrap_interval
from ml.evaluate.retrieval import own_places
from ml.train.augment import plain
from ml.train.pictures import Rgba
from ml.train.shop_model import ShopModel, Towers, embed_ids
from ml.types import Embeddings

DEPTHS = (1, 5, 10)
BETTER = "mrr"
"""What says which of two models is better: it still moves where R@10 of a few products is always 1."""
_BATCH = 64


@dataclass(frozen=True)
class Figure:
    """A mean over products, with its 95% bootstrap interval; 0 to 1, higher is better."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


class ShopCheck:
    """Retrieval among some products of a shop.

    A title is a query for the picture of its product; a picture is a query for its title among the different ones.
    """

    def __init__(
        self, model: ShopModel, pixels: Rgba, rows: Sequence[int], *, ids: Sequence[Sequence[int]],
        vectors: Tensor, titles: Sequence[int],
    ) -> None:  # fmt: skip
        """Prepare.

        Args:
            model: says what its towers read.
            pixels: of all products.
            rows: which products are looked at.
            ids: token ids of every text.
            vectors: of every text, by the text tower as it was before.
            titles: number of each product's title.
        """
        self._model = model
        self._pixels = pixels
        self._rows = rows
        distinct = sorted({titles[row] for row in rows})
        place = {number: i for i, number in enumerate(distinct)}
        self._ids = [ids[number] for number in distinct]
        self._before: Embeddings = vectors[distinct].cpu().numpy()
        self._titles = [place[titles[row]] for row in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __call__(self, model: nn.Module) -> dict[str, float]:
        """Return the figures of a `Towers` in eval mode."""
        places = self._places(model)
        figures = {f"{way}_r{k}": float((own <= k).mean()) for way, own in places.items() for k in DEPTHS}
        return {BETTER: float(np.mean([(1 / own).mean() for own in places.values()])), **figures}

    def report(self, model: nn.Module) -> dict[str, Figure]:
        """Return R@1, R@5 and R@10 both ways, with intervals over products."""
        found = {f"{way}_r{k}": own <= k for way, own in self._places(model).items() for k in DEPTHS}
        return {
            name: Figure(float(hits.mean()), *bootstrap_interval([float(hit) for hit in hits]))
            for name, hits in found.items()
        }

    def _places(self, model: nn.Module) -> dict[str, NDArray[np.int64]]:
        device = next(model.parameters()).device
        images = self._images(model, device)
        locked = not isinstance(model, Towers) or model.text is None
        titles = self._before if locked else embed_ids(model, self._ids, self._model, str(device))
        return {
            "title_image": own_places(titles[self._titles], images, range(len(images))),
            "image_title": own_places(images, titles, self._titles),
        }

    def _images(self, model: nn.Module, device: torch.device) -> Embeddings:
        parts = []
        with torch.inference_mode():
            for start in range(0, len(self._rows), _BATCH):
                block = torch.from_numpy(self._pixels[list(self._rows[start : start + _BATCH])])
                pictures = self._model.image_input(plain(block, self._model.size))
                parts.append(model(pictures.to(device)).cpu().numpy())
        return np.concatenate(parts)
