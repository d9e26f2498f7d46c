from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ml.errors import TrainingRefused
from ml.train.pairs import MIN_PRODUCTS, Split, split
from ml.train.products import telling_attributes, texts_of
from tests.ml.train.conftest import product

IDS = [f"p{i}" for i in range(200)]


def parted(ids: list[str], shared: list[list[str]], seed: int = 0) -> Split:
    return split(ids, shared, test_share=0.2, validation_share=0.1, seed=seed)


def test_every_product_is_in_one_part_and_the_shares_are_kept() -> None:
    parts = parted(IDS, [[id_] for id_ in IDS])
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (140, 20, 40)
    assert sorted(parts.train + parts.validation + parts.test) == list(range(200))


def test_products_with_anything_in_common_stay_together() -> None:
    # Rows 3i and 3i+1 share a group, 3i+1 and 3i+2 a picture: all three belong together.
    shared = [
        [f"own {i}"] + ([f"g{i // 3}"] if i % 3 < 2 else []) + ([f"x{i // 3}"] if i % 3 > 0 else [])
        for i in range(198)
    ]
    parts = parted(IDS[:198], shared)
    for part in (parts.train, parts.validation, parts.test):
        rows = set(part)
        assert all({row // 3 * 3 + k for k in range(3)} <= rows for row in part)


def test_the_seed_decides_the_split_and_the_order_of_the_feed_does_not() -> None:
    shared = [[id_] for id_ in IDS]
    order = random.Random(1).sample(range(200), 200)
    first = parted(IDS, shared)
    shuffled = parted([IDS[i] for i in order], [shared[i] for i in order])
    assert {IDS[row] for row in first.test} == {IDS[order[row]] for row in shuffled.test}
    assert parted(IDS, shared, seed=1) != first == parted(IDS, shared)


def test_too_few_products_are_refused() -> None:
    with pytest.raises(TrainingRefused, match="too few"):
        parted(IDS[: MIN_PRODUCTS - 1], [[id_] for id_ in IDS[: MIN_PRODUCTS - 1]])


def test_products_that_all_belong_together_are_refused() -> None:
    with pytest.raises(TrainingRefused, match="share too many"):
        parted(IDS, [["the same"] for _ in IDS])


def test_texts_are_the_title_and_natural_combinations() -> None:
    products = [product(number) for number in range(60)]
    assert texts_of(products)[1] == [
        "green circle number 1", "green circle", "Acme circle", "Acme green circle", "winter circle",
        "winter green circle", "Acme winter green circle",
    ]  # fmt: skip


def test_a_product_without_fields_has_its_title_alone() -> None:
    products = [replace(product(i), brand=None, colour=None, category=None, attributes={}) for i in range(3)]
    assert texts_of(products)[0] == [products[0].title]


def test_only_attributes_that_sort_products_into_few_classes_by_words_are_said() -> None:
    products = [
        replace(
            product(i),
            attributes={
                "gender": ("Men", "Women")[i % 2], "article": f"code{i}x", "year": str(2010 + i % 3), "fits": "NA",
                "maker": "one", "material": [("cotton", "wool", "silk")[i % 3], "elastane"], "weight": 3 + i % 2,
                "link": ("http://a/b", "http://a/c")[i % 2],
            },
        )
        for i in range(100)
    ]  # fmt: skip
    assert telling_attributes(products) == ["gender", "material"]
    assert "Women cotton elastane square" in texts_of(products)[9]
