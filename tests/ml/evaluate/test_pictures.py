"""Figures of labelled photos."""

from __future__ import annotations

from ml.encoder.fake import FakeEncoder
from ml.evaluate.pictures import label_figures


def test_the_baseline_of_labels_is_the_most_frequent_one() -> None:
    encoder = FakeEncoder()
    labels = ["hat"] * 12 + ["shirt"] * 6 + ["shoes"] * 2
    figures = label_figures(encoder, encoder.encode_texts(labels), labels, ["hat", "shirt", "shoes", "skirt"])
    assert figures["majority_accuracy"] == 0.6
    assert figures["label_accuracy"] == figures["label_p10"] == 1.0
