"""Which words of a query stand in which field, against reading the documents."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.lexical.analyzer import Analyzer
from ml.lexical.build_query import build_query
from ml.lexical.documents import FIELDS, Document
from ml.lexical.index import LexicalIndex

WORDS = ("steel", "mug", "lamp", "blue", "kettle")
TEXT = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
DOCUMENTS = st.builds(Document, title=TEXT, brand=TEXT, category=TEXT, attributes=TEXT, description=TEXT)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(DOCUMENTS, min_size=1, max_size=12), st.lists(st.sampled_from(WORDS), min_size=1, unique=True), st.data()
)
def test_coverage_is_the_share_of_the_words_in_each_field(
    documents: list[Document], words: list[str], data: st.DataObject
) -> None:
    index = LexicalIndex(Analyzer("none"))
    index.put(range(len(documents)), documents)
    index.retire([0])
    index.put([len(documents)], [documents[0]])
    alive = {**dict(enumerate(documents)), len(documents): documents[0]}
    del alive[0]
    found = index.match(build_query(" ".join(words), index.analyzer, index.vocabulary))
    rows = np.array(data.draw(st.permutations([*alive, len(documents) + 5000])), np.int64)
    coverage = found.field_coverage(rows)
    assert coverage.shape == (len(rows), len(FIELDS))
    having = {word: sum(word in " ".join(one.texts).split() for one in alive.values()) for word in words}
    weights = {word: math.log(1 + (len(alive) - n + 0.5) / (n + 0.5)) for word, n in having.items()}
    total = sum(weights.values())
    for row, shares in zip(rows.tolist(), coverage.tolist(), strict=True):
        texts = alive[row].texts if row in alive else [""] * len(FIELDS)
        for text, share in zip(texts, shares, strict=True):
            expected = sum(weights[word] for word in words if word in text.split()) / total
            assert abs(share - expected) < 1e-12
    said = [bool(set(words) == set(alive[row].texts[0].split())) if row in alive else False for row in rows.tolist()]
    assert found.titled(rows).tolist() == said


def test_a_title_is_the_query_in_any_form_of_its_words() -> None:
    index = LexicalIndex(Analyzer("english"))
    titles = ["Easy-Iron Shirts, XL", "Easy-Iron Shirt, XL, Set", "Easy-Iron Shirt", "Flip-Flops, 39", "Shirt XL"]
    index.put(range(5), [Document(title=title, description="easy iron shirt xl") for title in titles])

    def titled(query: str) -> list[int]:
        found = index.match(build_query(query, index.analyzer, index.vocabulary))
        return np.flatnonzero(found.titled(np.array([4, 2, 0, 1, 3]))).tolist()

    assert titled("easy-iron shirt XL") == [2]
    assert titled("easy-iron shirts") == [1]
    assert titled("flip-flops 39") == [4]
    assert titled("shirt") == titled("kettle") == []


def test_all_parts_of_a_compound_have_to_be_there() -> None:
    index = LexicalIndex(Analyzer("english"))
    titles = ["mouse pad", "mouse pad blue", "mouse pad red", "mousepad", "pad for a mouse trap", "mouse"]
    index.put(range(6), [Document(title=title, description="pad" if title == "mouse" else "") for title in titles])
    found = index.match(build_query("mousepad", index.analyzer, index.vocabulary))
    coverage = found.field_coverage(np.arange(6))
    title, description = FIELDS.index("title"), FIELDS.index("description")
    assert coverage[:4, title].tolist() == [1, 1, 1, 1]
    assert coverage[5, [title, description]].tolist() == [1, 1]
