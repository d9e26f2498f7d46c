"""Words of the catalogue that are a few typing errors away from a word."""

from __future__ import annotations

import threading
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ml.lexical.phrases import PHRASE
from ml.lexical.vocabulary import Vocabulary

_LETTERS: Final = {letter: 1 << at for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
NOT_A_WORD: Final = 255
_DIGIT, _FIRST_OTHER, _OTHERS = 1 << 26, 27, 5


class Neighbours:
    """Finds the live words within an edit distance; safe to use from several threads.

    Which characters a word has, once and repeated, is kept as 64 bits. An error changes at most two of them, so
    comparing bits and lengths leaves few words whose distance has to be measured.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Look into a vocabulary, whose new words are noticed by themselves."""
        self._vocabulary = vocabulary
        self._words: list[str] = []
        self._signatures = np.zeros(0, np.uint64)
        self._lengths = np.zeros(0, np.uint8)
        self._lock = threading.Lock()

    def find(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Return the words at a distance of 1 up to a limit, with their distances, nearest first.

        Among equally near ones those that name most products come first.

        Inserting, deleting or replacing a character counts 1, swapping two neighbours as well.
        """
        words, signatures, lengths = self._current()
        near = np.bitwise_count(signatures ^ np.uint64(signature(word))) <= 2 * distance
        near &= np.abs(lengths.astype(np.int16) - len(word)) <= distance
        near &= self._vocabulary.word_counts.values[: len(words)] > 0
        choices = [words[at] for at in np.flatnonzero(near)]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=distance, limit=None)
        measured = [(choice, int(errors)) for choice, errors, _ in found if errors > 0]
        return sorted(measured, key=lambda item: (item[1], -self._vocabulary.prominence(item[0]), item[0]))

    def _current(self) -> tuple[list[str], NDArray[np.uint64], NDArray[np.uint8]]:
        known = self._vocabulary.words
        with self._lock:
            if len(known) > len(self._words):
                new = list(islice(known, len(self._words), len(known)))
                self._words = self._words + new
                added = np.array([signature(word) for word in new], np.uint64)
                self._signatures = np.concatenate([self._signatures, added])
                self._lengths = np.concatenate([self._lengths, np.array([_length(word) for word in new], np.uint8)])
            return self._words, self._signatures, self._lengths


def _length(word: str) -> int:
    """Return a word's length; of a phrase one that nothing is near to."""
    return NOT_A_WORD if word.startswith(PHRASE) else len(word)


def signature(word: str) -> int:
    """Return which characters a word has, and which more than once, as 64 bits."""
    once = twice = 0
    for char in word:
        bit = _LETTERS.get(char) or (_DIGIT if char.isdecimal() else 1 << _FIRST_OTHER + ord(char) % _OTHERS)
        twice |= once & bit
        once |= bit
    return twice << 32 | once
