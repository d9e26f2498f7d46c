"""What may have been meant by one or two words of a query, and how unlikely the errors are that it takes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from ml.lexical.analyzer import MAX_JOINED_LENGTH, Word, joined
from ml.lexical.build_query import MAX_SPAN
from ml.lexical.fold import code_of, has_digit
from ml.lexical.neighbours import Neighbours
from ml.lexical.plausibility import INFLECTED, Plausibility
from ml.lexical.view import MODEL_CODE, SKU_CODE
from ml.lexical.vocabulary import Vocabulary

MIN_LENGTH, TWO_ERRORS_LENGTH = 2, 4  # shorter words aren't corrected; from the second on, two errors are
MIN_PART = 3  # letters of an unknown part of a word from which its neighbours are looked up
FITTING = 1.5  # affinity from which two words that products have are right beside each other
MAX_LOOKUPS = 16  # words of one query, or parts of them, for which neighbours are looked up
MAX_CANDIDATES = 8  # of one word
CANDIDATE_MARGIN = 6.0  # nats by which one may be less likely than the best
PART_CANDIDATES = 3
PARTLY_KNOWN = 3
MIN_CODE_COUNT = 5  # products that a word with digits must name to replace another: else it's a model number

# Costs in nats. A letter left out or swapped has as few outcomes as the word has letters; for a letter that doesn't
# belong to the word there are 25 times as many, so that each of them is that much less likely.
ERROR = 2.4
STRAY = 2.0
KNOWN = 1.0  # more for the first error in a word that products have
SAME_TERM = 1.2  # for an error that leaves the term as it is, in place of ERROR: both forms find the same products
SPACE = 5.6


class Step(NamedTuple):
    """One way to read one or two words."""

    taken: int
    words: tuple[str, ...]
    cost: float


class Misspellings:
    """Yields the ways to read each word of one query."""

    def __init__(
        self,
        plausibility: Plausibility,
        vocabulary: Vocabulary,
        neighbours: Neighbours,
        words: Sequence[Word],
        kept: AbstractSet[str] = frozenset(),
    ) -> None:
        """Take the words of a query, and those that are right whatever products have."""
        self._plausibility, self._vocabulary = plausibility, vocabulary
        self._neighbours, self._words = neighbours, words
        # Neither corrected nor joined with their neighbours.
        self._untouched = self._existing_codes() | {at for at, word in enumerate(words) if word.text in kept}
        self._fixed = self._untouched | self._compounds() | self._fitting()
        self._lookups = 0
        self._near_words: dict[str, list[tuple[str, float]]] = {}

    def steps(self, at: int) -> Iterator[Step]:
        """Yield the ways to read the words from a place on, the word itself first."""
        word = self._words[at].text
        yield Step(1, (word,), 0.0)
        if at not in self._fixed:
            for near, cost in self._near(word):
                yield Step(1, (near,), cost)
            if not self._plausibility.has(word):
                yield from self._split(word)
        if at + 1 < len(self._words) and not {at, at + 1} & self._untouched:
            yield from self._pair(word, self._words[at + 1].text)

    def _existing_codes(self) -> set[int]:
        """Return the words that are or belong to an existing SKU, model number or other word with digits."""
        found: set[int] = set()
        if not any(has_digit(word.text) for word in self._words):
            return found
        for start, end in _places(len(self._words)):
            code = code_of("".join(word.text for word in self._words[start:end]))
            numbers = (self._vocabulary.terms.get(kind + code) for kind in (SKU_CODE, MODEL_CODE))
            if has_digit(code) and any(number is not None for number in numbers):
                found |= set(range(start, end))
        single = ((at, word.text) for at, word in enumerate(self._words) if has_digit(word.text))
        return found | {at for at, word in single if word.isdecimal() or self._plausibility.has_form(word)}

    def _compounds(self) -> set[int]:
        """Return the parts of compounds that products have."""
        found = set()
        for start, end in _places(len(self._words)):
            span = self._words[start:end]
            whole = joined([word.text for word in span])
            if whole is not None and span[0].chunk == span[-1].chunk and self._plausibility.has(whole):
                found |= set(range(start, end))
        return found

    def _fitting(self) -> set[int]:
        """Return the words that nothing speaks against: products have them, with a neighbour or as the only word."""
        words = [word.text for word in self._words]
        known = [self._plausibility.has(word) for word in words]
        if len(words) == 1:
            return {0} if known[0] else set()
        found = set()
        for at, (first, second) in enumerate(pairwise(words)):
            if known[at] and known[at + 1] and self._plausibility.affinity(first, second) >= FITTING:
                found |= {at, at + 1}
        return found

    def _near(self, word: str) -> list[tuple[str, float]]:
        """Return the words that may be meant, with the cost of the errors that takes."""
        found = self._near_words.get(word)
        if found is None:
            found = self._near_words[word] = list(self._look_up(word))
        return found

    def _look_up(self, word: str) -> Iterator[tuple[str, float]]:
        known = self._plausibility.has(word)
        if self._lookups >= MAX_LOOKUPS or len(word) < (MIN_LENGTH if len(self._words) == 1 else 1):
            return
        self._lookups += 1
        digits = _digits(word)
        errors_allowed = 1 if known or digits or len(word) < TWO_ERRORS_LENGTH else 2
        found = list(self._inflected(word)) if not known and not digits else []
        for near, errors in self._neighbours.find(word, errors_allowed):
            if len(near) < MIN_LENGTH or _digits(near) != digits:
                continue
            if digits and self._vocabulary.word_count(near) < MIN_CODE_COUNT:
                continue
            same = self._plausibility.same_term(near, word)
            if known and same:
                continue
            cost = (SAME_TERM if same else ERROR) * errors + STRAY * strays(word, near) + KNOWN * known
            found.append((self._plausibility.alone(near) - cost, near, cost))
        best = heapq.nlargest(MAX_CANDIDATES, found)
        for score, near, cost in best:
            if score >= best[0][0] - CANDIDATE_MARGIN:
                yield near, cost

    def _inflected(self, word: str) -> Iterator[tuple[float, str, float]]:
        """Yield forms that no product has of words that are one error away, with their scores and costs.

        Shoppers ask for "chrgers" where every title says "charger".
        """
        base, ending = word[:-1], word[-1]
        if len(base) < MIN_PART - 1 or not self._plausibility.same_term(base, word):
            return
        for near, _ in self._neighbours.find(base, 1):
            form = near + ending
            if (
                len(near) >= MIN_PART
                and not self._plausibility.has(form)
                and self._plausibility.same_term(near, form)
            ):
                cost = ERROR + STRAY * strays(word, form)
                yield self._plausibility.alone(form) - INFLECTED - cost, form, cost

    def _read(self, word: str) -> list[tuple[str, float]]:
        """Return a word itself if products have it, else its neighbours."""
        if self._plausibility.has(word):
            return [(word, 0.0)]
        return self._near(word)[:PART_CANDIDATES] if len(word) >= MIN_PART else []

    def _split(self, word: str) -> Iterator[Step]:
        """Yield a word read as two, also with a stray character in place of the space, or one error in a part."""
        if len(word) > MAX_JOINED_LENGTH:
            return
        has = self._plausibility.has
        halves = []
        sure = any(cost < 2 * ERROR for _, cost in self._near(word))
        for border in range(1, len(word)):
            first, second = word[:border], word[border:]
            if min(_room(first), _room(second)) < 2:
                continue
            if has(first) and has(second):
                yield Step(1, (first, second), SPACE)
            elif (has(first) or has(second)) and not sure:
                at_digits = has_digit(first) != has_digit(second) and first[-1].isdecimal() != second[0].isdecimal()
                length = max(len(part) * has(part) for part in (first, second))
                halves.append((not at_digits, -length, first, second))
            if has(first) and has(second[1:]):
                yield Step(1, (first, second[1:]), SPACE + STRAY)
        for _, _, first, second in sorted(halves)[:PARTLY_KNOWN]:
            yield from self._three(first, second)
            for left, left_cost in self._read(first):
                for right, right_cost in self._read(second):
                    yield Step(1, (left, right), SPACE + left_cost + right_cost)

    def _three(self, first: str, rest: str) -> Iterator[Step]:
        """Yield three words that were written as one, of which the first is known."""
        has = self._plausibility.has
        for border in range(2, len(rest) - 1):
            if has(first) and has(rest[:border]) and has(rest[border:]):
                yield Step(1, (first, rest[:border], rest[border:]), 2 * SPACE)

    def _pair(self, first: str, second: str) -> Iterator[Step]:
        """Yield two words read as one, or with the space one place further left or right."""
        if len(first) + len(second) > MAX_JOINED_LENGTH:
            return
        whole = first + second
        both_known = self._plausibility.has_form(first) and self._plausibility.has_form(second)
        if self._plausibility.has(whole):
            fits = both_known and self._plausibility.together(first, second)
            yield Step(2, (whole,), SPACE if fits or not both_known else SPACE / 2)
        elif not both_known and len(whole) >= TWO_ERRORS_LENGTH:
            for near, cost in self._near(whole)[:PART_CANDIDATES]:
                yield Step(2, (near,), SPACE + cost)
        if both_known:
            return
        for left, right in ((first[:-1], first[-1] + second), (first + second[0], second[1:])):
            for one, one_cost in self._read(left):
                for two, two_cost in self._read(right):
                    yield Step(2, (one, two), SPACE + one_cost + two_cost)


def strays(typed: str, meant: str) -> int:
    """Return how many letters were typed that the word doesn't have, counting repeats."""
    left = list(meant)
    count = 0
    for char in typed:
        if char in left:
            left.remove(char)
        else:
            count += 1
    return count


def _digits(word: str) -> list[str]:
    return [] if word.isalpha() else [char for char in word if char.isdecimal()]


def _room(part: str) -> int:
    """Return how long a part of a word is; a single digit is long enough to be one, a single letter isn't."""
    return len(part) + part.isdecimal()


def _places(count: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of one to four among some words: where each starts and ends."""
    for length in range(1, MAX_SPAN + 1):
        for start in range(count - length + 1):
            yield start, start + length
