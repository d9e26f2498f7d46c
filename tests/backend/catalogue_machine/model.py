"""What a catalogue must be after any writes: dictionaries, and plain arithmetic over them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backend.catalogue.schemas import ProductIn
from backend.catalogue.template import render_text
from backend.config import DEFAULT_TEXT_TEMPLATE
from ml.encoder.fake import FakeEncoder
from ml.lexical.build_query import build_query
from ml.lexical.documents import Document
from ml.lexical.index import LexicalIndex
from ml.ranking.calibration import LEAST_DEVIATION, SMALL
from tests.ml.lexical.model import ANALYZER, scores

ENCODER = FakeEncoder(dimension=32)


@dataclass(frozen=True, slots=True)
class Held:
    """One product as it was written last.

    Attributes:
        embedded: the text that its vector is of; None for a product that was never embedded.
    """

    product: ProductIn
    version: int
    deleted: bool = False
    embedded: str | None = None

    @property
    def is_visible(self) -> bool:
        """Whether searches find it."""
        return self.product.active and not self.deleted and self.embedded is not None


def text_of(product: ProductIn) -> str:
    """Return what is embedded of a product."""
    return render_text(DEFAULT_TEXT_TEMPLATE, product.model_dump())


@dataclass(slots=True)
class Model:
    """The catalogue as dictionaries."""

    held: dict[str, Held] = field(default_factory=dict)

    def copy(self) -> Model:
        """Return what is known now."""
        return Model(dict(self.held))

    def write(self, products: Iterable[ProductIn], *, embed: bool) -> None:
        """Create or replace products."""
        for product in products:
            old = self.held.get(product.id)
            changed = old is None or old.deleted or old.product != product
            version = (0 if old is None else old.version) + changed
            embedded = text_of(product) if embed else None if old is None else old.embedded
            self.held[product.id] = Held(product, version, embedded=embedded)

    def embed(self) -> None:
        """Embed what differs from its vector; of deleted products nothing."""
        for id_, held in self.held.items():
            if not held.deleted:
                self.held[id_] = replace(held, embedded=text_of(held.product))

    def delete(self, id_: str) -> bool:
        """Delete a product; return whether there was one."""
        held = self.held.get(id_)
        if held is None or held.deleted:
            return False
        self.held[id_] = replace(held, deleted=True, version=held.version + 1)
        return True

    def present(self) -> dict[str, Held]:
        """Return what can be read by id."""
        return {id_: held for id_, held in self.held.items() if not held.deleted}

    def visible(self) -> dict[str, Held]:
        """Return what searches find."""
        return {id_: held for id_, held in self.held.items() if held.is_visible}


class Expected:
    """What one state of the model says to queries."""

    def __init__(self, model: Model) -> None:
        self.visible = model.visible()
        self.ids = sorted(self.visible)
        texts = [str(self.visible[id_].embedded) for id_ in self.ids]
        self._vectors = ENCODER.encode_texts(texts) if texts else np.empty((0, ENCODER.dimension), np.float32)
        self._documents = {number: _document(self.visible[id_].product) for number, id_ in enumerate(self.ids)}
        self._lexical = LexicalIndex(ANALYZER)
        self._lexical.put(list(self._documents), list(self._documents.values()))

    def cosines(self, words: str) -> dict[str, float]:
        """Return the similarity of each product to some words."""
        query = ENCODER.encode_texts([words])[0].astype(np.float64)
        return dict(zip(self.ids, (self._vectors.astype(np.float64) @ query).tolist(), strict=True))

    def deviations(self, words: str) -> tuple[dict[str, float], float]:
        """Return by how many deviations each product's similarity is above the mean, and how far that is trusted."""
        cosines = self.cosines(words)
        values = np.array(list(cosines.values()))
        if not len(values):
            return {}, 0.0
        deviation = max(float(values.std()), LEAST_DEVIATION)
        above = {id_: (cosine - float(values.mean())) / deviation for id_, cosine in cosines.items()}
        return above, len(values) / (len(values) + SMALL)

    def lexical(self, words: str) -> dict[str, float]:
        """Return the BM25F score of each product that has one of the words."""
        query = build_query(words, ANALYZER, self._lexical.vocabulary)
        return {self.ids[row]: score for row, score in scores(self._documents, query).items()}

    def passing(self, filters: dict[str, Any]) -> set[str]:
        """Return the ids of products that pass filters of a request."""
        return {id_ for id_, held in self.visible.items() if _passes(held.product, filters)}


def _document(product: ProductIn) -> Document:
    values = product.attributes.get("material") or []
    words = values if isinstance(values, list) else [values]
    return Document(
        title=product.title,
        brand=product.brand or "",
        category=product.category or "",
        attributes=" ".join((*map(str, words), product.colour or "")),
        description=product.description or "",
        sku=" ".join(name for name in (product.sku, product.id) if name),
    )


def _passes(product: ProductIn, filters: dict[str, Any]) -> bool:
    price = math.nan if product.price is None else float(product.price)
    materials = product.attributes.get("material") or []
    tests = {
        "min_price": lambda low: price >= low,
        "max_price": lambda high: price <= high,
        "in_stock": lambda wanted: (product.stock_quantity != 0) == wanted,
        "brand": lambda wanted: product.brand is not None and product.brand.casefold() in wanted,
        "category": lambda top: product.category is not None and f"{product.category} > ".startswith(f"{top} > "),
        "attributes": lambda wanted: (
            wanted["material"]["equals"] in (materials if isinstance(materials, list) else [materials])
        ),
        "ids": lambda ids: product.id in ids,
    }
    return all(tests[name](value) for name, value in filters.items())
