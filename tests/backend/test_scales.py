"""Scales of vectors are kept, of tastes only a few: each act of a shopper makes another one."""

from __future__ import annotations

import pytest

from backend.catalogue import scales as kept
from backend.catalogue.scales import Scales
from ml.index.faiss_flat import FaissFlatIndex
from tests.contracts.index import product_ids, unit_vectors


def test_new_tastes_push_out_tastes_and_no_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KNOWN_VECTORS", 3)
    index, tastes = FaissFlatIndex(8), unit_vectors(4, 8, seed=1)
    index.upsert(product_ids(5), unit_vectors(5, 8))
    scales = Scales()
    product, first = scales.of(index, 2), scales.of_vector(index, tastes[0])
    assert scales.of_vector(index, tastes[0]) is first
    for taste in tastes[1:]:
        scales.of_vector(index, taste)
    again = scales.of_vector(index, tastes[0])
    assert again == first
    assert again is not first
    assert scales.of(index, 2) is product


def test_what_was_kept_ends_with_a_change_of_the_catalogue() -> None:
    index = FaissFlatIndex(8)
    index.upsert(product_ids(5), unit_vectors(5, 8))
    scales = Scales()
    before = scales.of(index, 2)
    index.upsert(product_ids(2, "q"), unit_vectors(2, 8, seed=2))
    assert scales.of(index, 2) is not before
