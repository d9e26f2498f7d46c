"""Serving's tokenizers read every text as open_clip's do."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.encoder.manifest import Cleaning, TextSettings
from ml.encoder.probes import HOSTILE, probe_texts
from ml.encoder.reference import Reference, open_clip
from ml.encoder.text_cleaning import clean_text
from ml.encoder.token_export import check_tokenizer, export_tokenizer
from ml.encoder.tokens import batches, padded_length
from ml.errors import ExportRejected

CLIP = open_clip.SimpleTokenizer()
SERVED = export_tokenizer(CLIP, cut_padding=True)
SETTINGS = TextSettings(clean="lower", pad_id=0, context_length=77, cut_padding=True)


@given(st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_byte_pairs_agree_on_anything(text: str) -> None:
    check_tokenizer(SERVED, CLIP, [text])


def test_byte_pairs_agree_on_the_probes() -> None:
    check_tokenizer(SERVED, CLIP, [*HOSTILE, *probe_texts()])


def test_word_pieces_agree_on_the_probes(default_reference: Reference) -> None:
    served = export_tokenizer(default_reference.tokenizer, cut_padding=True)
    check_tokenizer(served, default_reference.tokenizer, [*HOSTILE, *probe_texts()])


@pytest.mark.parametrize("how", get_args(Cleaning))
def test_cleaning_agrees(how: Cleaning) -> None:
    clean = open_clip.tokenizer.get_clean_fn(how)
    assert [clean_text(text, how) for text in HOSTILE] == [clean(text) for text in HOSTILE]


def test_a_difference_is_refused() -> None:
    with pytest.raises(ExportRejected, match="'RED shoe' differently"):
        check_tokenizer(
            export_tokenizer(open_clip.SimpleTokenizer(clean="whitespace"), cut_padding=True), CLIP, ["RED shoe"]
        )


def test_random_reduction_is_refused() -> None:
    with pytest.raises(ExportRejected, match="at random"):
        export_tokenizer(open_clip.SimpleTokenizer(reduction_mask="random"), cut_padding=True)


def test_a_padded_length_depends_on_the_text_alone() -> None:
    assert [padded_length(n, SETTINGS) for n in (1, 8, 9, 16, 17, 72, 73, 77)] == [2, 8, 10, 16, 24, 72, 77, 77]
    assert padded_length(3, SETTINGS.model_copy(update={"cut_padding": False})) == 77


def test_batches_cover_every_row_once() -> None:
    rows = [[1] * (1 + 7 * i % 30) for i in range(80)]
    seen = []
    for positions, ids in batches(rows, SETTINGS, most=16):
        assert len(positions) == len(ids)
        assert len(ids) in ({1, 2, 3, 4, 5, 6, 7, 8, 16} if ids.shape[1] <= 16 else {1, 2, 4, 8, 16})
        for position, line in zip(positions, ids, strict=True):
            assert line.tolist() == rows[position] + [0] * (
                padded_length(len(rows[position]), SETTINGS) - len(rows[position])
            )
        seen += positions
    assert sorted(seen) == list(range(80))
