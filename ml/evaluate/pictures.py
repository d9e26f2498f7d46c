"""Measures how well pictures and words find each other, on drawn pictures and on photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from demo.captions import attribute_query, combination, full_caption
from demo.kinds import KINDS
from demo.looks import held_out_looks
from ml.encoder.base import Encoder
from ml.evaluate.retrieval import accuracy, others_precision_at, precision_at, recall_at
from ml.types import Embeddings

COMBINATIONS = 250  # of kind, colour and pattern, each asked for by one attribute query
SAME = 10  # pictures of each
BLENDS = (0.0, 0.2, 0.4, 0.5, 0.6, 1.0)  # weights of the picture beside the text


class DrawnTest:
    """Pictures of combinations of kind, colour and pattern that training never sees, with what may be asked of them.

    Attributes:
        looks: what to draw, `COMBINATIONS` times `SAME`.
    """

    def __init__(self, encoder: Encoder, seed: int) -> None:
        self.looks = held_out_looks(COMBINATIONS, SAME, seed)
        captions = [full_caption(KINDS[look.kind], look) for look in self.looks]
        # Where two pictures have the same caption, nobody could tell which one is meant.
        self._distinct = [row for row, caption in enumerate(captions) if captions.index(caption) == row]
        self._captions = encoder.encode_texts([captions[row] for row in self._distinct])
        queries = {combination(look): attribute_query(look) for look in self.looks}
        self._queries = encoder.encode_texts(list(queries.values()))
        self._wanted = list(queries)
        self._labels = [combination(look) for look in self.looks]

    def figures(self, pictures: Embeddings) -> dict[str, float]:
        """Return recall of captions and pictures among each other, and precision of attribute queries.

        Args:
            pictures: embeddings of the pictures of `looks`.
        """
        distinct = pictures[self._distinct]
        return {
            "pictures": len(distinct),
            "caption_to_picture_r1": recall_at(self._captions, distinct, 1),
            "caption_to_picture_r10": recall_at(self._captions, distinct, 10),
            "picture_to_caption_r1": recall_at(distinct, self._captions, 1),
            "picture_to_caption_r10": recall_at(distinct, self._captions, 10),
            "attribute_query_p10": precision_at(self._queries, self._wanted, pictures, self._labels, SAME),
        }


def catalogue_figures(
    encoder: Encoder, pictures: Embeddings, titles: Sequence[str], categories: Sequence[str]
) -> dict[str, float]:
    """Measure a catalogue with photos: its titles' and its categories' way to them.

    Args:
        encoder: of the pictures.
        pictures: embeddings, shape (n, d).
        titles: of the n products.
        categories: of the n products, in words.

    Returns:
        ``title_to_picture_r1`` and ``_r10`` among all n; ``category_p10``, the mean over categories that have ten
        products or more; ``category_accuracy``, of the nearest category name among these.
    """
    words = encoder.encode_texts(titles)
    common = sorted(name for name, count in Counter(categories).items() if count >= 10)
    names = encoder.encode_texts(common)
    rows = [row for row, name in enumerate(categories) if name in common]
    return {
        "pictures": len(pictures),
        "title_to_picture_r1": recall_at(words, pictures, 1),
        "title_to_picture_r10": recall_at(words, pictures, 10),
        "picture_to_title_r10": recall_at(pictures, words, 10),
        "categories": len(common),
        "category_p10": precision_at(names, common, pictures, categories, 10),
        "category_accuracy": accuracy(pictures[rows], [common.index(categories[row]) for row in rows], names),
    }


def blend_figures(
    encoder: Encoder, pictures: Embeddings, texts: Embeddings, labels: Sequence[tuple[str, str]]
) -> dict[str, float]:
    """Measure what a catalogue's search finds when product vectors blend text and picture in several weights.

    Args:
        encoder: of both.
        pictures: embeddings of the n products' pictures, shape (n, d).
        texts: embeddings of their texts, shape (n, d).
        labels: colour and type of each product; those of ten products or more are queries.

    Returns:
        For each weight of the picture, precision@10 of the words "colour type" and of another product's picture: a
        product found counts when it has that colour and that type.
    """
    wanted = sorted(label for label, count in Counter(labels).items() if count >= 10)
    queries = encoder.encode_texts([" ".join(label) for label in wanted])
    figures = {}
    for weight in BLENDS:
        blended = (1 - weight) * texts + weight * pictures
        blended /= np.linalg.norm(blended, axis=1, keepdims=True)
        figures[f"words_p10, picture {weight}"] = precision_at(queries, wanted, blended, labels, 10)
        figures[f"picture_p10, picture {weight}"] = others_precision_at(pictures, blended, labels, 10)
    return figures


def label_figures(
    encoder: Encoder, pictures: Embeddings, labels: Sequence[str], names: Sequence[str]
) -> dict[str, float]:
    """Measure photos that have a label each: label to photos, and photo to label.

    Args:
        encoder: of the pictures.
        pictures: embeddings, shape (n, d).
        labels: of the n photos, each one of `names`.
        names: all labels, in words.

    Returns:
        ``label_accuracy``, of the nearest label; ``majority_accuracy``, of always answering the most frequent one;
        ``label_p10``, the mean over labels that have ten photos or more.
    """
    words = encoder.encode_texts(names)
    counts = Counter(labels)
    common = [name for name in names if counts[name] >= 10]
    queries = words[[names.index(name) for name in common]]
    return {
        "pictures": len(pictures),
        "labels": len(names),
        "label_accuracy": accuracy(pictures, [names.index(label) for label in labels], words),
        "label_p10": precision_at(queries, common, pictures, labels, 10),
        "majority_accuracy": max(counts.values()) / len(labels),
    }
