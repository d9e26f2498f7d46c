"""Texts to token ids, and ids to padded matrices whose shape never depends on the neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import regex  # type: ignore[import-untyped]  # ships no types
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ml.encoder.manifest import TextSettings
from ml.encoder.text_cleaning import clean_text

Ids: TypeAlias = NDArray[np.int64]

SHORT, SHORT_STEP, STEP = 16, 2, 8
"""Padded lengths are multiples of 2 up to 16, where queries are, and of 8 beyond: few enough shapes to keep compiled,
little padding."""

SMALL_RUN = 8
"""Runs of up to so many short rows may have any size; all others have a power of two."""


class TextTokenizer:
    """Cleans, splits and cuts texts the way the model's open_clip tokenizer does."""

    def __init__(self, tokenizer: Tokenizer, settings: TextSettings) -> None:
        self.settings = settings
        self._words = regex.compile(settings.split, regex.IGNORECASE) if settings.split else None
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        if settings.end_id is None:
            tokenizer.enable_truncation(settings.context_length)
        else:
            tokenizer.no_truncation()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, cut to the context length and not padded."""
        cleaned = [clean_text(text, self.settings.clean) for text in texts]
        if self._words is None:
            encodings = self._tokenizer.encode_batch(cleaned)
        else:
            # The words are found here rather than in the tokenizer: its regex engine knows an older Unicode.
            words = [self._words.findall(text) for text in cleaned]
            encodings = self._tokenizer.encode_batch(words, is_pretokenized=True)
        return [self._finish(encoding.ids) for encoding in encodings]

    def vocabulary(self) -> dict[str, int]:
        """Every token and its id."""
        return self._tokenizer.get_vocab()

    def save(self, path: Path) -> None:
        """Write the tokenizer's file; the settings go into the manifest."""
        self._tokenizer.save(str(path))

    def _finish(self, ids: list[int]) -> list[int]:
        settings = self.settings
        if settings.strip_id is not None:
            ids = [0 if token == settings.strip_id else token for token in ids]
        if settings.start_id is not None and settings.end_id is not None:
            return [settings.start_id, *ids[: settings.context_length - 2], settings.end_id]
        return ids


def padded_length(tokens: int, settings: TextSettings) -> int:
    """Row length for a text of `tokens` tokens: a function of that text alone, which makes batches invariant."""
    if not settings.cut_padding:
        return settings.context_length
    step = SHORT_STEP if tokens <= SHORT else STEP
    return min(settings.context_length, -(-tokens // step) * step)


def batches(rows: Sequence[Sequence[int]], settings: TextSettings, most: int) -> Iterator[tuple[list[int], Ids]]:
    """Group rows of one padded length.

    Args:
        rows: token ids of each text.
        settings: of the tokenizer that made them.
        most: rows in one batch at most.

    Yields:
        Positions in `rows`, and their ids as int64 of shape (k, padded length), k <= `most` and one of few sizes.
    """
    by_length: dict[int, list[int]] = {}
    for position, row in enumerate(rows):
        by_length.setdefault(padded_length(len(row), settings), []).append(position)
    for length, positions in sorted(by_length.items()):
        for start, size in _runs(len(positions), most, SMALL_RUN if length <= SHORT else 1):
            chosen = positions[start : start + size]
            ids = np.full((len(chosen), length), settings.pad_id, dtype=np.int64)
            for line, position in enumerate(chosen):
                ids[line, : len(rows[position])] = rows[position]
            yield chosen, ids


def _runs(rows: int, most: int, small: int) -> Iterator[tuple[int, int]]:
    """Start and size of runs that cover `rows`.

    An engine keeps buffers and compiled code for every shape it meets, so few sizes keep its memory bounded. A run
    reads all weights, which takes about as long as computing eight tokens more, so what is `small` isn't divided.
    """
    start = 0
    while start < rows:
        size = min(rows - start, most)
        if size > small:
            size = 1 << (size.bit_length() - 1)
        yield start, size
        start += size
