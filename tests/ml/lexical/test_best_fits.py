"""How well the best product fits each of several queries."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ml.lexical.build_query import QueryBuilder, build_query
from ml.lexical.documents import Document
from ml.lexical.index import LexicalIndex
from tests.ml.lexical.test_index import new_index

WORDS = ("mouse", "pad", "mousepad", "mice", "usb", "hub", "wh", "1000xm4", "t", "shirt", "tshirt", "unheard")
PHRASES = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)


def reference(index: LexicalIndex, text: str) -> float:
    matches = index.match(build_query(text, index.analyzer, index.vocabulary))
    return float(matches.scores.max()) / matches.ceiling if len(matches.scores) else 0.0


@settings(max_examples=200, deadline=None)
@given(st.lists(PHRASES, max_size=20), st.lists(PHRASES, min_size=1, max_size=6), st.sets(st.integers(0, 19)))
def test_it_is_what_each_search_finds_to_the_last_bit(
    titles: list[str], queries: list[str], retired: set[int]
) -> None:
    index = new_index()
    index.put(range(len(titles)), [Document(title=title, description=title[::-1]) for title in titles])
    index.retire(sorted(retired))
    builder, fits = QueryBuilder(index.analyzer, index.vocabulary), index.best_fits()
    for query in [*queries, *queries]:  # what was asked before must leave nothing behind
        built = builder.build(query)
        assert built == build_query(query, index.analyzer, index.vocabulary)
        assert fits.of(built) == reference(index, query)


def test_it_is_of_the_moment_it_was_made() -> None:
    index = new_index()
    index.put([0], [Document(title="usb hub")])
    builder, fits = QueryBuilder(index.analyzer, index.vocabulary), index.best_fits()
    before = fits.of(builder.build("mouse pad"))
    index.put([1], [Document(title="mouse pad")])
    assert before == fits.of(builder.build("mouse pad")) == 0.0
    assert index.best_fits().of(builder.build("mouse pad")) > 0.5
