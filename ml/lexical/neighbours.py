"""Words of the catalogue that are a few typing errors away from a word."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ml.lexical.memo import Memo, OfView
from ml.lexical.phrases import PHRASE
from ml.lexical.vocabulary import Vocabulary

_LETTERS: Final = {letter: 1 << at for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
KEPT_BYTES = 4 << 20
_DIGIT, _FIRST_OTHER, _OTHERS = 1 << 26, 27, 5


@dataclass(frozen=True, slots=True)
class _OfLength:
    """The words of one length; replaced whole when there are new ones.

    Attributes:
        numbers: int64, shape (n,), in the vocabulary.
        signatures: uint64, shape (n,).
    """

    numbers: NDArray[np.int64]
    signatures: NDArray[np.uint64]


NONE: Final = _OfLength(np.zeros(0, np.int64), np.zeros(0, np.uint64))


class Neighbours:
    """Finds the live words within an edit distance; safe to use from several threads.

    Words are kept by length, as an error changes it by one at most. Which characters a word has, once and repeated,
    is kept as 64 bits, of which an error changes two at most: comparing them leaves few words whose distance has to
    be measured.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Look into a vocabulary, whose new words are noticed by themselves."""
        self._vocabulary = vocabulary
        self._known = 0  # of the words at hand
        self._has_rare = False
        self._added: list[str] = []  # of those, what isn't of the table
        self._by_length: dict[int, _OfLength] = {}
        self._lock = threading.Lock()
        self._found = OfView(vocabulary.view, lambda _: Memo[tuple[str, int], list[tuple[str, int]]](KEPT_BYTES))

    def find(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Return the words at a distance of 1 up to a limit, with their distances, nearest first.

        Among equally near ones those that name most products come first.

        Inserting, deleting or replacing a character counts 1, swapping two neighbours as well.
        """
        return self._found.get().get((word, distance), lambda: self._find(word, distance))

    def _find(self, word: str, distance: int) -> list[tuple[str, int]]:
        own = np.uint64(signature(word))
        choices: list[str] = []
        by_length = self._current()
        counts = self._vocabulary.word_counts.values
        for length in range(len(word) - distance, len(word) + distance + 1):
            known = by_length.get(length, NONE)
            near = np.flatnonzero(np.bitwise_count(known.signatures ^ own) <= 2 * distance)
            numbers = known.numbers[near]
            choices += self._vocabulary.words.texts(numbers[counts[numbers] > 0].tolist(), self._added)
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=distance, limit=None)
        measured = [(choice, int(errors)) for choice, errors, _ in found if errors > 0]
        return sorted(measured, key=lambda item: (item[1], -self._vocabulary.prominence(item[0]), item[0]))

    def _current(self) -> dict[int, _OfLength]:
        names = self._vocabulary.words
        known = names.at_hand
        with self._lock:
            if len(known) > self._known or not self._has_rare:
                # In one step, as a writer may add more.
                added = list(islice(known.items(), self._known, len(known)))
                new: dict[int, tuple[list[int], list[int]]] = {}
                for word, number in chain(() if self._has_rare else names.rare(), added):
                    if not word.startswith(PHRASE):
                        numbers, signatures = new.setdefault(len(word), ([], []))
                        numbers.append(number)
                        signatures.append(signature(word))
                # Before anybody can find one of them.
                self._added += [word for word, _ in added[max(0, names.from_table - self._known) :]]
                self._known += len(added)
                self._has_rare = True
                # A new dictionary: other threads may be reading the former one.
                self._by_length = {**self._by_length, **{length: self._with(length, *new[length]) for length in new}}
            return self._by_length

    def _with(self, length: int, numbers: list[int], signatures: list[int]) -> _OfLength:
        former = self._by_length.get(length, NONE)
        return _OfLength(
            np.concatenate([former.numbers, np.array(numbers, np.int64)]),
            np.concatenate([former.signatures, np.array(signatures, np.uint64)]),
        )


def signature(word: str) -> int:
    """Return which characters a word has, and which more than once, as 64 bits."""
    once = twice = 0
    for char in word:
        bit = _LETTERS.get(char) or (_DIGIT if char.isdecimal() else 1 << _FIRST_OTHER + ord(char) % _OTHERS)
        twice |= once & bit
        once |= bit
    return twice << 32 | once
