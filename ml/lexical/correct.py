"""Queries as they were probably meant: typing errors and wrong spaces, judged by the words of the live products."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ml.lexical.analyzer import MAX_JOINED_LENGTH, Analyzer, Word, joined
from ml.lexical.build_query import MAX_SPAN, first_words
from ml.lexical.fold import code_of, has_digit
from ml.lexical.neighbours import Neighbours
from ml.lexical.segment import Ints, shared
from ml.lexical.view import MODEL_CODE, SKU_CODE
from ml.lexical.vocabulary import Vocabulary

MIN_LENGTH, TWO_ERRORS_LENGTH = 3, 4  # shorter words aren't corrected; from the second on, two errors are
MAX_READ = 40  # words of a query that are looked at
MAX_LOOKUPS = 16  # words of one query, or parts of them, for which neighbours are looked up
MAX_CANDIDATES = 12
PART_CANDIDATES = 3
PARTLY_KNOWN = 3
MIN_CODE_COUNT = 5  # products that a word with digits must name to replace another: else it's a model number
BEAM = 16

# Logarithms of probabilities. A word counts by how many products have it, alone and together with the word before.
ERROR = 5.0
KNOWN_ERROR = 5.0  # of a word that products have, though none with the words beside it
FIRST_LETTER = 1.0  # people rarely mistype it
SPACE = 7.0
UNKNOWN = 25.0
INFLECTED = 4.0  # of a word that products have in another form only
CONTEXT = 1.0
PRIOR = 0.7  # shoppers ask for rare things more often than shops have them
SMOOTH = 0.1
TOGETHER_ELSEWHERE = 0.1  # a product with both words somewhere, compared with one that has them in its title


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the query that was corrected."""

    typed: str
    corrected: str
    start: int
    """``query[start:end]`` is what was typed."""
    end: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A query as it was probably meant."""

    text: str
    """The query with its changes made; the same text when there are none."""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """One way to read one or two words."""

    taken: int
    words: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _Path:
    """Readings of the words up to some place."""

    score: float
    steps: tuple[_Step, ...] = ()

    @property
    def last(self) -> str | None:
        """The last word read."""
        return self.steps[-1].words[-1] if self.steps else None


class Corrector:
    """Corrects queries by the live words of one index; safe to use from several threads."""

    def __init__(self, analyzer: Analyzer, vocabulary: Vocabulary) -> None:
        """Use an index's analyzer and vocabulary."""
        self._analyzer, self._vocabulary = analyzer, vocabulary
        self._neighbours = Neighbours(vocabulary)

    def correct(self, text: str) -> Correction:
        """Return the likeliest reading of a query.

        A word that products have stays, unless a much commoner neighbour fits the other words far better. Words with
        digits, SKUs and model numbers that exist are never touched. The answer depends on the live products alone.
        """
        words = first_words(self._analyzer.words(text))[:MAX_READ]
        if not words:
            return Correction(text)
        reader = _Reader(self._analyzer, self._vocabulary, self._neighbours, words)
        return _applied(text, words, reader.best())


class _Reader:
    """Finds the best reading of one query."""

    def __init__(
        self, analyzer: Analyzer, vocabulary: Vocabulary, neighbours: Neighbours, words: Sequence[Word]
    ) -> None:
        self.stem, self.vocabulary, self.neighbours, self.words = analyzer.stem, vocabulary, neighbours, words
        self.total = vocabulary.live_count + 1.0
        self.codes = self._codes()
        self.fixed = self._fixed()
        self.view = vocabulary.view()
        self.lookups = 0
        self._near_words: dict[str, list[tuple[str, float]]] = {}
        self._rows: dict[tuple[str, bool], Ints] = {}
        self._affinities: dict[tuple[str, str], float] = {}

    def best(self) -> tuple[_Step, ...]:
        """Return the steps of the best path through the words."""
        paths: list[list[_Path]] = [[] for _ in range(len(self.words) + 1)]
        paths[0] = [_Path(0.0)]
        for at in range(len(self.words)):
            kept = sorted(paths[at], key=lambda path: (-path.score, [step.words for step in path.steps]))[:BEAM]
            for step in self._steps(at):
                for path in kept:
                    paths[at + step.taken].append(
                        _Path(path.score + self._gain(path.last, step), (*path.steps, step))
                    )
        return min(paths[-1], key=lambda path: (-path.score, [step.words for step in path.steps])).steps

    def _codes(self) -> set[int]:
        """Return the words that are or belong to an existing SKU, model number or other word with digits."""
        found = set()
        for start, end in _places(len(self.words)):
            code = code_of("".join(word.text for word in self.words[start:end]))
            numbers = (self.vocabulary.terms.get(kind + code) for kind in (SKU_CODE, MODEL_CODE))
            if has_digit(code) and any(number is not None for number in numbers):
                found |= set(range(start, end))
        single = enumerate(self.words)
        return found | {
            at for at, word in single if has_digit(word.text) and (word.text.isdecimal() or self._known(word.text))
        }

    def _fixed(self) -> set[int]:
        """Return the words that stay as they are: codes, and parts of compounds that products have."""
        fixed = set(self.codes)
        for start, end in _places(len(self.words)):
            span = self.words[start:end]
            whole = joined([word.text for word in span])
            if whole is not None and span[0].chunk == span[-1].chunk and self.vocabulary.word_count(whole):
                fixed |= set(range(start, end))
        return fixed

    def _steps(self, at: int) -> Iterator[_Step]:
        """Yield the ways to read the words from a place on."""
        word = self.words[at].text
        yield _Step(1, (word,), 0.0)
        if at not in self.fixed and not self._fits(at):
            for near, cost in self._near(word):
                yield _Step(1, (near,), cost)
            if not self.vocabulary.word_count(word):
                yield from self._split(word)
        if at + 1 < len(self.words) and not {at, at + 1} & self.codes:
            yield from self._pair(word, self.words[at + 1].text)

    def _fits(self, at: int) -> bool:
        """Tell whether products have a word and it's all of the query, or some have it beside a neighbouring word."""
        word = self.words[at].text
        others = [self.words[other].text for other in (at - 1, at + 1) if 0 <= other < len(self.words)]
        return self.vocabulary.word_count(word) > 0 and (
            not others or any(self._together(word, other, head=True) for other in others)
        )

    def _known(self, word: str) -> bool:
        """Tell whether products have a word in any of its forms."""
        return self.vocabulary.term_count(self.stem(word)) > 0

    def _near(self, word: str) -> list[tuple[str, float]]:
        """Return the words that may be meant, with the cost of the errors that takes."""
        found = self._near_words.get(word)
        if found is None:
            found = self._near_words[word] = list(self._look_up(word))
        return found

    def _look_up(self, word: str) -> Iterator[tuple[str, float]]:
        known = self.vocabulary.word_count(word) > 0
        if self.lookups >= MAX_LOOKUPS or len(word) < (MIN_LENGTH if len(self.words) == 1 else 2):
            return
        self.lookups += 1
        digits = [char for char in word if char.isdecimal()]
        errors_allowed = 1 if known or digits or len(word) < TWO_ERRORS_LENGTH else 2
        found = []
        for near, errors in self.neighbours.find(word, errors_allowed):
            if [char for char in near if char.isdecimal()] != digits or self.stem(near) == self.stem(word):
                continue
            if digits and self.vocabulary.word_count(near) < MIN_CODE_COUNT:
                continue
            if len(near) >= MIN_LENGTH or len(near) > len(word):
                cost = (KNOWN_ERROR if known else ERROR) * errors + FIRST_LETTER * (near[0] != word[0])
                found.append((self._prior(near) - cost, near, cost))
        for _, near, cost in heapq.nlargest(MAX_CANDIDATES, found):
            yield near, cost

    def _read(self, word: str) -> list[tuple[str, float]]:
        """Return a word itself if products have it, else its neighbours."""
        if self.vocabulary.word_count(word):
            return [(word, 0.0)]
        return self._near(word)[:PART_CANDIDATES] if len(word) >= MIN_LENGTH else []

    def _split(self, word: str) -> Iterator[_Step]:
        """Yield a word read as two, also with a stray character in place of the space, or one error in a part."""
        if len(word) > MAX_JOINED_LENGTH:
            return
        count = self.vocabulary.word_count
        halves = []
        sure = any(cost < 2 * ERROR for _, cost in self._near(word))
        for border in range(1, len(word)):
            first, second = word[:border], word[border:]
            if min(_room(first), _room(second)) < 2:
                continue
            if count(first) and count(second):
                yield _Step(1, (first, second), SPACE)
            elif (count(first) or count(second)) and not sure:
                at_digits = has_digit(first) != has_digit(second) and first[-1].isdecimal() != second[0].isdecimal()
                length = max(len(part) * (count(part) > 0) for part in (first, second))
                halves.append((not at_digits, -length, first, second))
            if count(first) and count(second[1:]):
                yield _Step(1, (first, second[1:]), SPACE + ERROR / 2)
        for _, _, first, second in sorted(halves)[:PARTLY_KNOWN]:
            yield from self._three(first, second)
            for left, left_cost in self._read(first):
                for right, right_cost in self._read(second):
                    yield _Step(1, (left, right), SPACE + left_cost + right_cost)

    def _three(self, first: str, rest: str) -> Iterator[_Step]:
        """Yield three words that were written as one, of which the first is known."""
        count = self.vocabulary.word_count
        for border in range(2, len(rest) - 1):
            if count(first) and count(rest[:border]) and count(rest[border:]):
                yield _Step(1, (first, rest[:border], rest[border:]), 2 * SPACE)

    def _pair(self, first: str, second: str) -> Iterator[_Step]:
        """Yield two words read as one, or with the space one place further left or right."""
        if len(first) + len(second) > MAX_JOINED_LENGTH:
            return
        whole = first + second
        both_known = self._known(first) and self._known(second)
        if self.vocabulary.word_count(whole):
            fits = both_known and self._together(first, second, head=False)
            yield _Step(2, (whole,), SPACE if fits or not both_known else SPACE / 2)
        elif not both_known and len(whole) >= TWO_ERRORS_LENGTH:
            for near, cost in self._near(whole)[:PART_CANDIDATES]:
                yield _Step(2, (near,), SPACE + cost)
        if both_known:
            return
        for left, right in ((first[:-1], first[-1] + second), (first + second[0], second[1:])):
            for one, one_cost in self._read(left):
                for two, two_cost in self._read(right):
                    yield _Step(2, (one, two), SPACE + one_cost + two_cost)

    def _gain(self, before: str | None, step: _Step) -> float:
        """Return how likely a step is after a word: the logarithm of a probability."""
        gain = -step.cost
        for word in step.words:
            if self._known(word):
                gain += self._prior(word) - INFLECTED * (self.vocabulary.word_count(word) == 0)
                gain += CONTEXT * self._affinity(before, word) if before is not None else 0.0
            else:
                gain -= UNKNOWN
            before = word
        return gain

    def _affinity(self, first: str, second: str) -> float:
        """Return the logarithm of how much oftener two words occur together than by chance."""
        key = (first, second)
        found = self._affinities.get(key)
        if found is None:
            together, chance = 0.0, 0.0
            for head, weight in ((True, 1.0), (False, TOGETHER_ELSEWHERE)):
                together += weight * self._together(first, second, head=head)
                chance += weight * len(self._rows_of(first, head)) * len(self._rows_of(second, head)) / self.total
            found = self._affinities[key] = math.log((together + SMOOTH) / (chance + SMOOTH))
        return found

    def _prior(self, word: str) -> float:
        """Return how likely a word is by itself: the logarithm of a probability."""
        return PRIOR * math.log((self.vocabulary.prominence(word) + 0.5) / self.total)

    def _together(self, first: str, second: str, *, head: bool) -> int:
        """Return how many products have two words, both in title, brand or category if so asked."""
        return len(shared(self._rows_of(first, head), self._rows_of(second, head)))

    def _rows_of(self, word: str, head: bool) -> Ints:
        rows = self._rows.get((word, head))
        if rows is None:
            number = self.vocabulary.terms.get(self.stem(word))
            rows = np.zeros(0, np.int32) if number is None else self.view.rows(number, head=head)
            self._rows[word, head] = rows
        return rows


def _room(part: str) -> int:
    """Return how long a part of a word is; a single digit is long enough to be one, a single letter isn't."""
    return len(part) + part.isdecimal()


def _places(count: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of one to four among some words: where each starts and ends."""
    for length in range(1, MAX_SPAN + 1):
        for start in range(count - length + 1):
            yield start, start + length


def _applied(text: str, words: Sequence[Word], steps: Sequence[_Step]) -> Correction:
    """Make the changes in the text."""
    changes, at = [], 0
    for step in steps:
        taken = words[at : at + step.taken]
        at += step.taken
        if tuple(word.text for word in taken) != step.words:
            start, end = taken[0].start, taken[-1].end
            changes.append(Change(text[start:end], " ".join(step.words), start, end))
    for change in reversed(changes):
        text = text[: change.start] + change.corrected + text[change.end :]
    return Correction(text, tuple(changes))
