"""How alike products are by their words: the cosine of TF-IDF vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.lexical.analyzer import Analyzer

COMMON = 0.1
"""A word of a larger share of products is left out of the comparison: it says little, and its list is long."""
ALWAYS_COMPARED = 100
"""A word of so few products is never left out."""


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """TF-IDF vectors of n products over their distinct words, by product and by word.

    Attributes:
        starts: int64, shape (n + 1,): where each product's words begin.
        words: int64, shape (m,): the words.
        weights: float32, shape (m,): each product's have L2 norm 1 before common words were left out.
        word_starts: int64, shape (v + 1,): where each word's products begin.
        products: int64, shape (m,): the products of each word.
        product_weights: float32, shape (m,): the word's weight in each.
    """

    starts: NDArray[np.int64]
    words: NDArray[np.int64]
    weights: NDArray[np.float32]
    word_starts: NDArray[np.int64]
    products: NDArray[np.int64]
    product_weights: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[str], analyzer: Analyzer) -> WordVectors:
        """Weigh the words of texts by idf, ln(1 + (n - df + 0.5) / (df + 0.5)).

        Args:
            texts: of each product what says what it is, such as title and brand; '' is like nothing.
            analyzer: splits them, as for the lexical index.
        """
        numbers: dict[str, int] = {}
        found = [{numbers.setdefault(term, len(numbers)) for term in analyzer.terms(text)} for text in texts]
        sizes = np.array([len(words) for words in found], np.int64)
        product = np.repeat(np.arange(len(texts)), sizes)
        word = np.array([number for words in found for number in sorted(words)], np.int64)
        frequency = np.bincount(word, minlength=len(numbers))
        idf = np.log1p((len(texts) - frequency + 0.5) / (frequency + 0.5))
        norm = np.sqrt(np.bincount(product, idf[word] ** 2, minlength=len(texts)))
        weight = (idf[word] / norm[product]).astype(np.float32)
        kept = frequency[word] <= max(COMMON * len(texts), ALWAYS_COMPARED)
        product, word, weight = product[kept], word[kept], weight[kept]
        by_word = np.argsort(word, kind="stable")
        return cls(
            np.searchsorted(product, np.arange(len(texts) + 1)),
            word,
            weight,
            np.searchsorted(word[by_word], np.arange(len(numbers) + 1)),
            product[by_word],
            weight[by_word],
        )

    def similarities(self, row: int) -> NDArray[np.float32]:
        """Return the cosine of one product with all: float32, shape (n,), from 0 to 1."""
        own = slice(self.starts[row], self.starts[row + 1])
        words, weights = self.words[own], self.weights[own]
        starts, ends = self.word_starts[words], self.word_starts[words + 1]
        sizes = ends - starts
        source = np.repeat(np.arange(len(words)), sizes)
        at = np.arange(len(source)) + (starts - (np.cumsum(sizes) - sizes))[source]
        found = np.bincount(
            self.products[at], weights[source] * self.product_weights[at], minlength=len(self.starts) - 1
        )
        return np.minimum(found, 1.0).astype(np.float32)
