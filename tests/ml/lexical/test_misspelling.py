from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from ml.lexical.misspelling import strays

WORDS = st.text("abcd", max_size=7)


@given(WORDS, WORDS)
def test_strays_are_the_letters_that_the_word_lacks(typed: str, meant: str) -> None:
    found = strays(typed, meant)
    assert found == (Counter(typed) - Counter(meant)).total()
    assert found <= OSA.distance(typed, meant)


@given(WORDS, st.data())
def test_letters_left_out_or_swapped_are_no_strays(meant: str, data: st.DataObject) -> None:
    kept = data.draw(st.permutations(meant))[: data.draw(st.integers(0, len(meant)))]
    assert strays("".join(kept), meant) == 0
