from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from ml.recommend.alike import Alike, compare
from ml.recommend.complements import MAX_BASKET, ComplementSettings, find_complements
from ml.recommend.interactions import Act, Interactions
from ml.recommend.words import WordVectors
from tests.ml.recommend.shop import ANALYZER, IDS, ROW_OF, TITLES, alike, row, vectors


def cosine_plainly(texts: list[str], one: int, other: int) -> float:
    counts = Counter(term for text in texts for term in set(ANALYZER.terms(text)))
    idf = {term: math.log1p((len(texts) - df + 0.5) / (df + 0.5)) for term, df in counts.items()}
    first, second = set(ANALYZER.terms(texts[one])), set(ANALYZER.terms(texts[other]))
    norm = math.sqrt(sum(idf[t] ** 2 for t in first) * sum(idf[t] ** 2 for t in second))
    return sum(idf[t] ** 2 for t in first & second) / norm if norm else 0.0


def test_likeness_by_words_is_a_cosine() -> None:
    texts = [*TITLES, "", "red red rope", "unlike anything else"]
    words = WordVectors.of(texts, ANALYZER)
    for one in range(len(texts)):
        found = words.similarities(one)
        assert found == pytest.approx([cosine_plainly(texts, one, other) for other in range(len(texts))], abs=1e-6)


def test_common_words_are_left_out_where_lists_would_be_long() -> None:
    texts = [f"thing n{number}" for number in range(150)] + ["rare n1"]
    found = WordVectors.of(texts, ANALYZER).similarities(0)
    assert found[0] > 0.9
    assert found[2] == 0.0


def test_the_likest_products_come_first_and_none_is_its_own() -> None:
    found, embeddings = alike(6), vectors()
    words = WordVectors.of(TITLES, ANALYZER)
    for one in range(len(TITLES)):
        cosines = np.clip(embeddings @ embeddings[one], 0, 1)
        mean = (cosines + words.similarities(one)) / 2
        mean[one] = -1
        rows, scores = found.table.of(one)
        assert rows.tolist() == np.argsort(-mean, kind="stable")[:6].tolist()
        assert scores == pytest.approx(mean[rows], abs=1e-6)
        own = slice(found.table.starts[one], found.table.starts[one + 1])
        assert (found.cosines[own] + found.words[own]) / 2 == pytest.approx(scores)
    found.check()


def test_blocks_and_odd_catalogues() -> None:
    rng = np.random.default_rng(0)
    many = rng.standard_normal((600, 8)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    many[5] = 0
    found = compare(many, [""] * 600, ANALYZER, 4)
    found.check()
    assert len(found.table.of(5)[0]) == 0
    assert 599 in compare(many[[599, 0, 599]], ["", "", ""], ANALYZER, 2).table.of(0)[0] + 597
    assert len(compare(many[:1], ["lonely"], ANALYZER).table.rows) == 0
    assert len(compare(many[:0], [], ANALYZER).table) == 0
    with pytest.raises(ValueError, match="texts for"):
        compare(many, ["one"], ANALYZER)
    with pytest.raises(ValueError, match="belongs to an entry"):
        Alike(found.table, found.cosines[:-1], found.words).check()


def bought(*baskets: tuple[str, float, str]) -> Interactions:
    """Shopper, day, and the things in the basket."""
    acts = [
        Act(shopper, IDS[row(title.strip())], 1.0, day * 86400 + place)
        for shopper, day, titles in baskets
        for place, title in enumerate(titles.split(","))
    ]
    return Interactions.collect(acts, ROW_OF)


def found_for(acts: Interactions, title: str, settings: ComplementSettings | None = None) -> dict[str, float]:
    rows, scores = find_complements(acts, settings or ComplementSettings()).of(row(title))
    return {TITLES[other]: float(score) for other, score in zip(rows, scores, strict=True)}


def test_what_is_bought_together_more_often_than_by_chance() -> None:
    together = [(f"a{n}", 0.0, "red tent, red stove") for n in range(6)]
    others = [(f"b{n}", 0.0, "blue rope") for n in range(30)]
    acts = bought(*together, *others)
    bound = (6 - math.sqrt(6)) * 36 / (6 * 6)
    assert found_for(acts, "red tent") == pytest.approx({"red stove": bound})
    assert found_for(acts, "red stove") == pytest.approx({"red tent": bound})
    assert found_for(acts, "blue rope") == {}


def test_a_product_that_everybody_buys_is_no_complement() -> None:
    baskets = [(f"a{n}", 0.0, "red tent, blue rope" if n < 10 else "green lamp, blue rope") for n in range(20)]
    assert "blue rope" not in found_for(bought(*baskets), "red tent")


def test_support_window_and_repetition() -> None:
    few = [(f"a{n}", 0.0, "red tent, red stove") for n in range(2)]
    noise = [(f"b{n}", 0.0, "blue rope") for n in range(30)]
    assert found_for(bought(*few, *noise), "red tent") == {}
    again = [("a0", float(10 * n), "red tent, red stove") for n in range(9)]
    assert found_for(bought(*again, *noise), "red tent") == {}, "one shopper is one witness"
    apart = [basket for n in range(6) for basket in ((f"a{n}", 0.0, "red tent"), (f"a{n}", 9.0, "red stove"))]
    assert found_for(bought(*apart, *noise), "red tent") == {}
    assert "red stove" in found_for(bought(*apart, *noise), "red tent", ComplementSettings(window_s=10 * 86400.0))


def test_only_purchases_count_and_baskets_are_bounded() -> None:
    looked = [Act(f"u{n}", IDS[r], 1.0, float(r), purchase=False) for n in range(9) for r in range(2)]
    assert len(find_complements(Interactions.collect(looked, ROW_OF), ComplementSettings()).rows) == 0
    assert len(find_complements(Interactions.collect([], ROW_OF), ComplementSettings()).rows) == 0
    ids = [*IDS, *(f"x{n}" for n in range(MAX_BASKET))]
    row_of = {product_id: at for at, product_id in enumerate(ids)}
    large = [Act(f"u{n}", product_id, 1.0, float(at)) for n in range(4) for at, product_id in enumerate(ids)]  # type: ignore[arg-type]
    others = [Act(f"v{n}", IDS[0], 1.0, 0.0) for n in range(40)]
    table = find_complements(Interactions.collect([*large, *others], row_of), ComplementSettings(neighbours=100))  # type: ignore[arg-type]
    assert set(table.of(1)[0].tolist()) == set(range(2, MAX_BASKET)), "what lies past the limit is in no pair"
