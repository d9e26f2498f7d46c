from __future__ import annotations

import gzip
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluate.bm25 import BM25, words
from ml.evaluate.judgments import read_judgments
from ml.evaluate.systems import measured, scored_system
from ml.types import ProductId

TEXTS = ["red lamp", "red red shoes for red feet", "blue lamp", ""]


def by_definition(texts: list[str], query: str, k1: float, b: float) -> list[float]:
    split = [words(text) for text in texts]
    average = sum(map(len, split)) / len(split)
    scores = []
    for text in split:
        score = 0.0
        for word in words(query):
            frequency = sum(word in other for other in split)
            if count := text.count(word):
                rarity = math.log(1 + (len(split) - frequency + 0.5) / (frequency + 0.5))
                score += rarity * count * (k1 + 1) / (count + k1 * (1 - b + b * len(text) / average))
        scores.append(score)
    return scores


def test_scores_by_hand() -> None:
    average = (2 + 6 + 2 + 0) / 4
    rarity = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    once = rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / average))
    thrice = rarity * 3 * 2.2 / (3 + 1.2 * (0.25 + 0.75 * 6 / average))
    assert BM25(TEXTS).scores("Red") == pytest.approx([once, thrice, 0, 0])


@given(
    texts=st.lists(st.lists(st.sampled_from(["a", "b", "c", "d1", "É"]), max_size=6).map(" ".join), min_size=1),
    query=st.lists(st.sampled_from(["a", "b", "d1", "é", "unknown"]), max_size=5).map(" ".join),
    k1=st.floats(0, 3),
    b=st.floats(0, 1),
)
def test_scores_are_those_of_the_definition(texts: list[str], query: str, k1: float, b: float) -> None:
    if not any(words(text) for text in texts):
        assert not BM25(texts).scores(query, k1=k1, b=b).any()
        return
    assert BM25(texts).scores(query, k1=k1, b=b) == pytest.approx(by_definition(texts, query, k1, b))


def test_the_order_of_the_texts_changes_nothing() -> None:
    assert BM25(TEXTS[::-1]).scores("red lamp").tolist() == BM25(TEXTS).scores("red lamp").tolist()[::-1]


@pytest.mark.parametrize("query", ["", "  ", "\x00\x1f", "!?_", "nowhere", "x" * 2000, "\ud800"])
def test_queries_without_a_known_word_score_nothing(query: str) -> None:
    assert not BM25(TEXTS).scores(query).any()


@pytest.mark.parametrize("texts", [[], ["", ""]])
def test_collections_without_words(texts: list[str]) -> None:
    assert BM25(texts).scores("red").tolist() == [0.0] * len(texts)


def test_a_word_said_twice_counts_twice() -> None:
    assert BM25(TEXTS).scores("red red") == pytest.approx(2 * BM25(TEXTS).scores("red"))


def test_figures_on_icecat_are_those_of_its_notes() -> None:
    folder = Path(os.environ.get("TEST_DATA_PATH", "data")) / "chorus_icecat"
    if not folder.is_dir():
        pytest.skip("TEST_DATA_PATH names no folder with chorus_icecat (19,406 products and their judgments)")
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as file:
        products = [json.loads(line) for line in file]
    bm25 = BM25([" ".join(filter(None, (p["title"], p["brand"], p["description"]))) for p in products])
    ids = [ProductId(product["id"]) for product in products]

    def score(text: str) -> np.ndarray:
        scores = bm25.scores(text)
        return np.where(scores > 0, scores, -np.inf)

    judgments = read_judgments(folder / "judgments_dev.csv.gz")
    figures = measured(scored_system("bm25", ids, score, 1000), judgments).aggregates
    assert figures["ndcg@10"].mean == pytest.approx(0.69, abs=0.02)
    assert figures["condensed_ndcg@10"].mean == pytest.approx(0.81, abs=0.02)
