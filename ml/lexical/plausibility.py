"""How plausible it is that a shopper asks for some words, judged by the live products alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from ml.lexical.memo import Memo
from ml.lexical.segment import Ints, shared_count
from ml.lexical.view import View
from ml.lexical.vocabulary import ELSEWHERE, Vocabulary

PRIOR = 0.42  # shoppers ask for rare things more often than shops have them
CONTEXT = 0.4
UNKNOWN = 9.0  # nats by which a word that no product has is less plausible
INFLECTED = 2.0  # and one that products have in another form only
REPEATED = 1.0  # and one that repeats the word before it
SMOOTH = 0.1
ROWS_BYTES, KEPT_BYTES = 16 << 20, 4 << 20  # of rows by word, and of what is known of words and of pairs
NOWHERE: Final = np.zeros(0, np.int32)
TOGETHER_ELSEWHERE = 0.1  # a product with both words somewhere, compared with one that has them in its title


class Plausibility:
    """Weighs words by how many products have them, alone and together, at one moment of an index.

    Weights are in nats, fitted to say which of several readings of a mistyped query was meant (decision 0014).
    """

    def __init__(self, stem: Callable[[str], str], vocabulary: Vocabulary, view: View) -> None:
        """Judge by a vocabulary as it is at the moment of a view."""
        self._stem, self._vocabulary, self._view = stem, vocabulary, view
        self._total = view.live_count + 1.0
        self._rows = Memo[int, tuple[Ints, Ints]](ROWS_BYTES)
        self._affinities = Memo[tuple[str, str], float](KEPT_BYTES)
        self._known = Memo[str, float | None](KEPT_BYTES)

    def has(self, word: str) -> bool:
        """Tell whether products have a word, spelled like this."""
        return self._vocabulary.word_count(word) > 0

    def has_form(self, word: str) -> bool:
        """Tell whether products have a word in any of its forms."""
        return self._vocabulary.term_count(self._stem(word)) > 0

    def same_term(self, one: str, other: str) -> bool:
        """Tell whether two words are forms of one."""
        return self._stem(one) == self._stem(other)

    def of(self, words: Iterable[str], before: str | None) -> float:
        """Return how plausible words are after another one: the logarithm of a probability."""
        gain = 0.0
        for word in words:
            own = self._in_any_form(word)
            if own is None:
                gain -= UNKNOWN
            else:
                gain += own
                gain += CONTEXT * self.affinity(before, word) if before is not None else 0.0
            before = word
        return gain

    def _in_any_form(self, word: str) -> float | None:
        """Return how plausible a word is by itself, be it in another form; None if products have it in none."""
        return self._known.get(
            word, lambda: self.alone(word) - INFLECTED * (not self.has(word)) if self.has_form(word) else None
        )

    def alone(self, word: str) -> float:
        """Return how plausible a word is by itself: the logarithm of a probability."""
        named = self._vocabulary.prominence(word)
        if not named:
            named = len(self._rows_of(word, head=True)) + ELSEWHERE * len(self._rows_of(word, head=False))
        return PRIOR * math.log((named + 0.5) / self._total)

    def affinity(self, first: str, second: str) -> float:
        """Return the logarithm of how much oftener two words occur together than by chance."""
        return self._affinities.get((first, second), lambda: self._affinity(first, second))

    def _affinity(self, first: str, second: str) -> float:
        if self.same_term(first, second):
            return -REPEATED / CONTEXT
        together, chance = 0.0, 0.0
        for head, weight in ((True, 1.0), (False, TOGETHER_ELSEWHERE)):
            one, other = self._rows_of(first, head=head), self._rows_of(second, head=head)
            together += weight * shared_count(one, other, len(self._view.live))
            chance += weight * len(one) * len(other) / self._total
        return math.log((together + SMOOTH) / (chance + SMOOTH))

    def together(self, first: str, second: str) -> bool:
        """Tell whether any product has two words."""
        one, other = self._rows_of(first, head=False), self._rows_of(second, head=False)
        return shared_count(one, other, len(self._view.live)) > 0

    def _rows_of(self, word: str, *, head: bool) -> Ints:
        number = self._vocabulary.terms.get(self._stem(word))
        if number is None:
            return NOWHERE
        everywhere, in_head = self._rows.get(number, lambda: self._view.rows_and_head(number))
        return in_head if head else everywhere
