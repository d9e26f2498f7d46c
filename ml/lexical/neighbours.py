"""Words of the catalogue that are a few typing errors away from a word."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import islice
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
        words: in the order in which they became known.
        numbers: int64, shape (n,), in the vocabulary.
        signatures: uint64, shape (n,).
    """

    words: list[str]
    numbers: NDArray[np.int64]
    signatures: NDArray[np.uint64]


NONE: Final = _OfLength([], np.zeros(0, np.int64), np.zeros(0, np.uint64))


class Neighbours:
    """Finds the live words within an edit distance; safe to use from several threads.

    Words are kept by length, as an error changes it by one at most. Which characters a word has, once and repeated,
    is kept as 64 bits, of which an error changes two at most: comparing them leaves few words whose distance has to
    be measured.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Look into a vocabulary, whose new words are noticed by themselves."""
        self._vocabulary = vocabulary
        self._known = 0
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
            choices += [known.words[at] for at in near[counts[known.numbers[near]] > 0].tolist()]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=distance, limit=None)
        measured = [(choice, int(errors)) for choice, errors, _ in found if errors > 0]
        return sorted(measured, key=lambda item: (item[1], -self._vocabulary.prominence(item[0]), item[0]))

    def _current(self) -> dict[int, _OfLength]:
        known = self._vocabulary.words.at_hand
        with self._lock:
            if len(known) > self._known:
                # In one step, as a writer may add more.
                added = list(islice(known.items(), self._known, len(known)))
                new: dict[int, list[tuple[str, int]]] = {}
                for word, number in added:
                    if not word.startswith(PHRASE):
                        new.setdefault(len(word), []).append((word, number))
                self._known += len(added)
                # A new dictionary: other threads may be reading the former one.
                self._by_length = {**self._by_length, **{length: self._with(length, new[length]) for length in new}}
            return self._by_length

    def _with(self, length: int, new: list[tuple[str, int]]) -> _OfLength:
        former = self._by_length.get(length, NONE)
        words = [word for word, _ in new]
        numbers = np.array([number for _, number in new], np.int64)
        signatures = np.array([signature(word) for word in words], np.uint64)
        return _OfLength(
            former.words + words,
            np.concatenate([former.numbers, numbers]),
            np.concatenate([former.signatures, signatures]),
        )


def signature(word: str) -> int:
    """Return which characters a word has, and which more than once, as 64 bits."""
    once = twice = 0
    for char in word:
        bit = _LETTERS.get(char) or (_DIGIT if char.isdecimal() else 1 << _FIRST_OTHER + ord(char) % _OTHERS)
        twice |= once & bit
        once |= bit
    return twice << 32 | once
