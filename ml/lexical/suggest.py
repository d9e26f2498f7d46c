"""Suggestions while a shopper types: words and phrases of the live products that start with what's there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from ml.lexical.analyzer import Analyzer
from ml.lexical.correct import Corrector
from ml.lexical.phrases import MAX_PHRASE, PHRASE
from ml.lexical.prefixes import Prefixes
from ml.lexical.vocabulary import ELSEWHERE, Vocabulary

MIN_TOLERANT = 3  # letters of a word after which an error is looked for
MAX_TOLERANT = 16  # letters of a word up to which it is
MAX_WORDS = 6  # more is a query by itself, not the start of one
CONTINUATIONS = 12  # last words that are tried beside the ones before
VARIANTS = 3  # corrected beginnings that are followed
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query that brings results."""

    text: str
    """Folded words."""
    count: int
    """Live products that have the phrase, or all of the words."""


class Suggester:
    """Suggests from the words of one index; safe to use from several threads."""

    def __init__(self, analyzer: Analyzer, vocabulary: Vocabulary, corrector: Corrector) -> None:
        """Use an index's analyzer and vocabulary, and a corrector of the same."""
        self._analyzer, self._vocabulary, self._corrector = analyzer, vocabulary, corrector
        self._prefixes = Prefixes(vocabulary.words)

    def suggest(self, typed: str, limit: int = 8) -> list[Suggestion]:
        """Return what a shopper may be about to type, the best first.

        Ranked by the products that are called so; those with the text elsewhere count for a part. If nothing starts
        as it was typed, one error in each word is assumed. Depends on the live products alone.

        Args:
            typed: the beginning of a query; any text.
            limit: the most suggestions wanted, at least 1.
        """
        parts = self._analyzer.plain(typed)
        if not parts or len(parts) > MAX_WORDS or sum(map(len, parts)) > MAX_PHRASE:
            return []
        before, last = parts[:-1], parts[-1]
        found = self._starting(before, last)
        if not found:
            corrected = self._analyzer.plain(self._corrector.correct(" ".join(before)).text) if before else []
            for variant in (last, *self._variants(last)):
                for text, ranked in self._starting(corrected, variant).items():
                    found[text] = max(ranked, found.get(text, (0.0, 0)))
        order = sorted(found.items(), key=lambda item: (-item[1][0], len(item[0]), item[0]))
        return list(islice(self._distinct(order), limit))

    def _distinct(self, order: Sequence[tuple[str, tuple[float, int]]]) -> Iterator[Suggestion]:
        """Yield what isn't another form of something better: "printer" makes "printers" needless."""
        seen = set()
        for text, (_, count) in order:
            terms = tuple(word.term for word in self._analyzer.words(text))
            if terms not in seen:
                seen.add(terms)
                yield Suggestion(text, count)

    def _starting(self, before: Sequence[str], last: str) -> dict[str, tuple[float, int]]:
        """Return what starts like this, with its rank, higher first, and its count."""
        found: dict[str, tuple[float, int]] = {}
        for phrase, rank, count in self._best(PHRASE + " ".join((*before, last))):
            found[phrase.removeprefix(PHRASE)] = (rank, count)
        if not before:
            words = {word: (rank, count) for word, rank, count in self._best(last)}
            return found | {word: max(value, found.get(word, value)) for word, value in words.items()}
        view = self._vocabulary.view()
        context = sorted({word.term for part in before for word in self._analyzer.words(part)})
        marks = []
        for head in (False, True):
            marks.append(np.zeros(len(view.live), np.bool_))
            marks[-1][self._vocabulary.rows_with_all(context, head=head, view=view)] = True
        for word, _, _ in self._best(last):
            number = self._vocabulary.terms.get(self._vocabulary.term_of(word))
            if number is None:
                continue
            anywhere, in_head = view.rows_and_head(number)
            count, named = int(marks[0][anywhere].sum()), int(marks[1][in_head].sum())
            if count:
                text = " ".join((*before, word))
                found[text] = max((named + ELSEWHERE * count, count), found.get(text, (0.0, 0)))
        return found

    def _best(self, prefix: str) -> list[tuple[str, float, int]]:
        """Return the live words or phrases with a prefix that name most products, with their ranks and counts."""
        vocabulary = self._vocabulary
        numbers = self._prefixes.find(prefix)
        counts = vocabulary.word_counts.values[numbers]
        ranks = vocabulary.head_counts.values[numbers] + ELSEWHERE * counts
        if len(numbers) > CONTINUATIONS:
            keep = ranks >= np.partition(ranks, -CONTINUATIONS)[-CONTINUATIONS]  # ties as well: the text decides
            numbers, counts, ranks = numbers[keep], counts[keep], ranks[keep]
        ranked = zip(self._prefixes.texts(numbers), ranks.tolist(), counts.tolist(), strict=True)
        live = [item for item in ranked if item[2] > 0]
        return sorted(live, key=lambda item: (-item[1], item[0]))[:CONTINUATIONS]

    def _variants(self, last: str) -> list[str]:
        """Return the likeliest beginnings of words at one error from this one."""
        if not MIN_TOLERANT <= len(last) <= MAX_TOLERANT:
            return []
        found = {near for near in _near(last) if self._prefixes.any(near)}
        ranked = [(-self._weight(near), near) for near in found]
        return [near for weight, near in sorted(ranked)[:VARIANTS] if weight < 0]

    def _weight(self, prefix: str) -> float:
        """Return how many products the words with a prefix name."""
        numbers = self._prefixes.find(prefix)
        counts = self._vocabulary.word_counts.values[numbers]
        return float((self._vocabulary.head_counts.values[numbers] + ELSEWHERE * counts).sum())


def _near(word: str) -> Iterator[str]:
    """Yield everything at one error from a word that starts with the same letter or swaps the first two."""
    yield word[1] + word[0] + word[2:]
    for at in range(1, len(word)):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail[1:]
            yield head + letter + tail
