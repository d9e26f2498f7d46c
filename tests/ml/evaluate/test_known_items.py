from __future__ import annotations

from typing import Any

import pytest

from ml.evaluate.known_items import (
    KnownProduct,
    look_up,
    model_number_lookups,
    normal_form,
    sku_lookups,
    written_forms,
)
from ml.evaluate.systems import Answer, Question, System


def product(id_: str, title: str = "", sku: str | None = None, **attributes: Any) -> KnownProduct:
    return KnownProduct(id_, sku, title, attributes)


def numbers(*products: KnownProduct) -> dict[str, str]:
    return {
        next(iter(lookup.wanted)): lookup.query
        for lookup in model_number_lookups(products, sample=100, seed=0)
        if lookup.form == "as is"
    }


def test_written_forms_of_a_number() -> None:
    assert written_forms("WH-1000/XM4") == {
        "as is": "WH-1000/XM4",
        "lower case": "wh-1000/xm4",
        "no separators": "WH1000XM4",
        "spaces": "WH 1000 XM4",
        "hyphens, lower case": "wh-1000-xm4",
    }
    assert written_forms("q5949x") == {"as is": "q5949x"}
    assert {normal_form(text) for text in written_forms("WH-1000/XM4").values()} == {"wh1000xm4"}


@pytest.mark.parametrize("word", ["WH-1000XM4", "(Q5949X)", "C13T603B00,", "12N0772", "DMVC300K/00", "EC.J6000.001"])
def test_words_that_are_model_numbers(word: str) -> None:
    assert numbers(product("a", f"Thing {word} black")) == {"a": word.strip("(),")}


@pytest.mark.parametrize(
    "word",
    ["Black", "12345", "A4", "5G", "2400mm", "1.5TB", "120V/230V", "2-port", "1920x1080", "63.5x8.5mm",
     "802.11a/b/g/n", "Q6000,Q8000,Q9000", "X1" * 20, "--", '36"x30.5M'],
)  # fmt: skip
def test_words_that_are_not(word: str) -> None:
    assert numbers(product("a", f"Thing {word} black")) == {}


def test_attributes_of_one_word_count_and_lists_of_them() -> None:
    assert numbers(product("a", oem_code="C4872A")) == {"a": "C4872A"}
    assert numbers(product("a", codes=["Q5949X", 5, None])) == {"a": "Q5949X"}
    assert numbers(product("a", fits="HP Designjet T1100", weight=12.5)) == {}


def test_a_number_of_two_products_names_neither() -> None:
    assert numbers(product("a", "Cable RX-100"), product("b", "Lamp", code="rx100"), product("c", "Lamp LX9-AB")) == {
        "c": "LX9-AB"
    }


def test_skus_that_several_products_share_are_found_by_any_of_them() -> None:
    products = [
        product("a", sku="AB-1"),
        product("b", sku="ab1"),
        product("c", sku="X 9"),
        product("d"),
        product("e", sku="-"),
    ]
    lookups = sku_lookups(products, sample=100, seed=0)
    assert {lookup.query: set(lookup.wanted) for lookup in lookups if lookup.form == "as is"} == {
        "AB-1": {"a", "b"},
        "ab1": {"a", "b"},
        "X 9": {"c"},
    }


def test_the_sample_is_seeded_and_independent_of_the_order() -> None:
    products = [product(f"p{n}", f"Lamp LX{n}A RX{n}B", sku=f"S-{n}") for n in range(100)]
    for make in (sku_lookups, model_number_lookups):
        lookups = make(products, sample=10, seed=1)
        assert len({lookup.wanted for lookup in lookups}) == 10
        assert lookups == make(products[::-1], sample=10, seed=1)
        assert lookups != make(products, sample=10, seed=2)


def test_figures_by_hand() -> None:
    rankings = {"AB-1": ["a"], "ab-1": ["x", "a"], "AB1": [*"123456789", "a"], "AB 1": [*"1234567890", "a"]}
    lookups = sku_lookups([product("a", sku="AB-1")], sample=5, seed=0)
    asked: list[Question] = []

    def answer(questions: list[Question]) -> list[Answer]:
        asked.extend(questions)
        return [Answer(rankings[question.text], []) for question in questions]

    found = look_up(System("s", answer), lookups)["sku"]
    assert [question.text for question in asked] == list(rankings)
    assert list(found) == ["all", "as is", "lower case", "no separators", "spaces"]
    assert (found["all"].lookups, found["all"].first, found["all"].top) == (4, 0.25, 0.75)
    assert found["all"].missed == ("ab-1", "AB1", "AB 1")
    assert (found["no separators"].first, found["no separators"].top) == (0, 1)
