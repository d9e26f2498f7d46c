"""Queries as they were probably meant: typing errors and wrong spaces, judged by the words of the live products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from ml.lexical.analyzer import Word
from ml.lexical.build_query import first_words
from ml.lexical.index import LexicalIndex
from ml.lexical.memo import OfView
from ml.lexical.misspelling import Misspellings, Step
from ml.lexical.neighbours import Neighbours
from ml.lexical.plausibility import Plausibility

MAX_READ = 40  # words of a query that are looked at
BEAM = 16
MAX_FITTED, MARGIN = 5, 4.0  # readings whose products are looked at, and by how much less likely they may be
MAX_FITTED_WORDS = 8  # of a longer query the words themselves say enough
FIT = 8.2  # nats between readings that a product fits in full and that none fits
MAX_READINGS, CLOSE = 4, 4.0  # readings that are returned, and by how much less likely they may be


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
    likelihood: float = 0.0
    """The logarithm of how likely it is, to compare with other readings; 0 where there's only one."""


class _Path(NamedTuple):
    """One reading of the words up to some place."""

    score: float
    steps: tuple[Step, ...] = ()

    @property
    def last(self) -> str | None:
        """The last word read."""
        return self.steps[-1].words[-1] if self.steps else None

    @property
    def order(self) -> tuple[float, list[tuple[str, ...]]]:
        """Orders paths, the likeliest first, in one way whatever the order of products is."""
        return -self.score, [step.words for step in self.steps]


class Corrector:
    """Corrects queries by the live words of one index; safe to use from several threads."""

    def __init__(self, index: LexicalIndex) -> None:
        """Use an index, whose new words are noticed by themselves."""
        self._index = index
        self._neighbours = Neighbours(index.vocabulary)
        stem, vocabulary = index.analyzer.stem, index.vocabulary
        self._plausibility = OfView(vocabulary.view, lambda view: Plausibility(stem, vocabulary, view))

    def correct(self, text: str) -> Correction:
        """Return the likeliest reading of a query."""
        return self.readings(text)[0]

    def readings(self, text: str, kept: AbstractSet[str] = frozenset()) -> list[Correction]:
        """Return the readings of a query that words can't tell apart for sure: one to four, the likeliest first.

        A reading is the likelier the fewer errors it takes, the more products its words name, alone and together, and
        the better the best product fits all of it. A word that products have stays, unless another reading is far
        better. Words with digits, SKUs and model numbers that exist are never touched. The answer depends on the live
        products alone.

        Args:
            text: the query.
            kept: folded words that are right whatever products have, and stay.
        """
        words = first_words(self._index.analyzer.words(text))[:MAX_READ]
        if not words:
            return [Correction(text)]
        paths = self._paths(words, kept)
        if len(words) > MAX_FITTED_WORDS:
            return [_applied(text, words, paths[0])]
        likely = [path for path in paths[:MAX_FITTED] if path.score >= paths[0].score - MARGIN]
        found: dict[str, Correction] = {}
        fitted = self._fitting() if len(likely) > 1 else None
        for path in likely:
            reading = _applied(text, words, path)
            found.setdefault(reading.text, reading if fitted is None else fitted(reading))
        ordered = sorted(found.values(), key=lambda reading: (-reading.likelihood, reading.text))[:MAX_READINGS]
        return [reading for reading in ordered if reading.likelihood >= ordered[0].likelihood - CLOSE]

    def _paths(self, words: Sequence[Word], kept: AbstractSet[str]) -> list[_Path]:
        """Return readings of all words, the likeliest first."""
        plausibility = self._plausibility.get()
        misspellings = Misspellings(plausibility, self._index.vocabulary, self._neighbours, words, kept)
        ways = [list(misspellings.steps(at)) for at in range(len(words))]
        if all(len(steps) == 1 for steps in ways):  # nothing to choose from, so nothing to weigh
            return [_Path(0.0, tuple(step for steps in ways for step in steps))]
        paths: list[list[_Path]] = [[] for _ in range(len(words) + 1)]
        paths[0] = [_Path(0.0)]
        for at, steps in enumerate(ways):
            best = sorted(paths[at], key=lambda path: path.order)[:BEAM]
            for step in steps:
                gains = {last: plausibility.of(step.words, last) - step.cost for last in {path.last for path in best}}
                paths[at + step.taken] += [_Path(path.score + gains[path.last], (*path.steps, step)) for path in best]
        return sorted(paths[-1], key=lambda path: path.order)

    def _fitting(self) -> Callable[[Correction], Correction]:
        """Return what adds to the likelihood how well the best product fits the words of a reading."""
        builder, fits = self._index.builder, self._index.best_fits()

        def fitted(reading: Correction) -> Correction:
            fit = fits.of(builder.build(reading.text))
            return Correction(reading.text, reading.changes, reading.likelihood + FIT * fit)

        return fitted


def _applied(text: str, words: Sequence[Word], path: _Path) -> Correction:
    """Make the changes in the text."""
    changes, at = [], 0
    for step in path.steps:
        taken = words[at : at + step.taken]
        at += step.taken
        if tuple(word.text for word in taken) != step.words:
            start, end = taken[0].start, taken[-1].end
            changes.append(Change(text[start:end], " ".join(step.words), start, end))
    for change in reversed(changes):
        text = text[: change.start] + change.corrected + text[change.end :]
    return Correction(text, tuple(changes), path.score)
