"""Questions are those with an answer, and figures count what is among the first ten."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ml.encoder.fake import FakeEncoder
from ml.evaluate.composed import AT_LEAST, OF_A_KIND, WEIGHTS, Labelled, composed_figures, questions

KINDS = ("mug", "lamp", "chair")
COLOURS = ("red", "blue")
SHOP = [
    Labelled(kind, colour, f"{kind} {colour} {number}") for kind in KINDS for colour in COLOURS for number in range(4)
]


def test_questions_have_an_answer_and_are_spread_over_kinds() -> None:
    few = [*SHOP, Labelled("vase", "red", "a vase"), Labelled("vase", "blue", "b"), Labelled("vase", "", "c")]
    asked = questions(few, seed=1)
    assert asked == questions(few, seed=1) != questions(few, seed=2)
    assert set(Counter(few[question.shown].kind for question in asked).values()) == {OF_A_KIND}
    for question in asked:
        shown = few[question.shown]
        assert shown.colour not in {"", question.colour}
        assert sum((one.kind, one.colour) == (shown.kind, question.colour) for one in few) >= AT_LEAST


def test_pictures_shared_by_sizes_are_shown_once() -> None:
    sizes = [Labelled("mug", "red", "one picture")] * 5 + [Labelled("mug", "blue", f"{n}") for n in range(3)]
    shown = [question.shown for question in questions(sizes, seed=0) if sizes[question.shown].colour == "red"]
    assert shown == [0]


def test_figures_go_from_what_words_say_to_what_the_picture_shows() -> None:
    encoder = FakeEncoder(image_tower=True)
    vectors = encoder.encode_texts([f"{one.colour} {one.kind}" for one in SHOP])
    asked = questions(SHOP, seed=0)
    for calibrated in (True, False):
        figures = composed_figures(encoder, SHOP, vectors, vectors, asked, calibrated=calibrated)
        assert [row.weight for row in figures] == list(WEIGHTS)
        assert figures[0].colour > figures[-1].colour
        assert figures[0].kind < figures[-1].kind
        assert max(row.found for row in figures) == 1
        assert all(row.both <= min(row.colour, row.kind) and np.isclose(row.found, row.both / 4) for row in figures)
