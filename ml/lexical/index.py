"""The lexical index: products' texts in, matching rows with BM25F scores out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.lexical import storage
from ml.lexical.analyzer import Analyzer
from ml.lexical.build_query import QueryBuilder
from ml.lexical.codes import codes_of
from ml.lexical.delta import DELTA_ENTRIES, Delta, DeltaView
from ml.lexical.documents import HEAD_FIELDS, Document
from ml.lexical.match import BestFits, Matches, Scorer, match
from ml.lexical.memo import OfView
from ml.lexical.names import NameTable
from ml.lexical.phrases import PHRASE, phrases_of
from ml.lexical.query import Query, Weights
from ml.lexical.segment import COUNT_MASK, FIELD_SHIFT, Segment, due, merge
from ml.lexical.state import State, compacted
from ml.lexical.view import FIELD_COUNT, View
from ml.lexical.vocabulary import Vocabulary

INLINE_ENTRIES = 1_000_000  # merging more takes longer than 20 ms, so a thread of its own does it
_FIELD_SLOTS = 8
_CHUNK = 2_048  # documents analysed before the buffer is looked at


class LexicalIndex:
    """Finds products by the words of their texts: one writer at a time, any number of readers, none of whom waits.

    Rows are those of the vector index: a changed product gets a new row and its old one is retired. Scores depend on
    the live texts alone, to the last bit: not on the order of writes, on retired rows, merges, saving or loading.
    A write replaces one immutable view that readers take once; it's visible when the call returns, all of it at once.
    """

    def __init__(self, analyzer: Analyzer, weights: Weights | None = None) -> None:
        """Start empty.

        Args:
            analyzer: splits texts and queries alike.
            weights: how BM25F counts; None takes the defaults.
        """
        self.analyzer = analyzer
        self.weights = weights or Weights()
        self._writing = threading.RLock()
        self._delta = Delta()
        self._used = np.zeros(1024, np.bool_)
        self._view = View(
            segments=(),
            delta=DeltaView.of(self._delta),
            live=np.zeros(1024, np.bool_),
            lengths=np.zeros((1024, FIELD_COUNT), np.uint16),
            live_count=0,
            length_sums=(0,) * FIELD_COUNT,
            has_retired=False,
        )
        self._vocabulary = Vocabulary(analyzer.stem, lambda: self._view)
        self._scorer = OfView(
            self._vocabulary.view, lambda view: Scorer(view, self.weights, self._vocabulary.terms.get)
        )
        self._builder = OfView(self._vocabulary.view, lambda _: QueryBuilder(analyzer, self._vocabulary))
        self._merger: threading.Thread | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the live products, with exact counts."""
        return self._vocabulary

    @property
    def live_count(self) -> int:
        """Products that can be found."""
        return self._view.live_count

    @property
    def nbytes(self) -> int:
        """Bytes of memory of the arrays; words as text come on top."""
        view = self._view
        own = (view.live, view.lengths, view.delta.terms, view.delta.rows, view.delta.codes, self._used)
        return sum(segment.nbytes for segment in view.segments) + sum(array.nbytes for array in own)

    def match(self, query: Query) -> Matches:
        """Score every live row that has a word of the query; see `Matches`."""
        return match(self._scorer.get(), query)

    def best_fits(self) -> BestFits:
        """Return what tells how well the best live row fits queries, as of now."""
        return BestFits(self._scorer.get())

    @property
    def builder(self) -> QueryBuilder:
        """What analyses queries, as of now."""
        return self._builder.get()

    def put(self, rows: Sequence[int], documents: Sequence[Document]) -> None:
        """Add rows, visible to searches when the call returns.

        Args:
            rows: n distinct numbers that were never used before, in any order, with any gaps.
            documents: the texts of each.

        Raises:
            ValueError: a row was used before, is repeated or negative, or the numbers of rows and documents differ;
                nothing has been added.
        """
        with self._writing:
            self._check_new(rows, documents)
            if not rows:
                return
            self._reserve(max(rows) + 1)
            view = self._view
            live, sums = view.live.copy(), np.array(view.length_sums, np.int64)
            segments = list(view.segments)
            for start in range(0, len(rows), _CHUNK):
                for row, document in zip(
                    rows[start : start + _CHUNK], documents[start : start + _CHUNK], strict=True
                ):
                    self._write(row, document, view.lengths)
                    live[row] = True
                    sums += view.lengths[row]
                if self._delta.size >= DELTA_ENTRIES:
                    segments.append(self._delta.frozen())
                    self._delta = Delta()
            self._view = View(
                segments=tuple(segments),
                delta=DeltaView.of(self._delta),
                live=live,
                lengths=view.lengths,
                live_count=view.live_count + len(rows),
                length_sums=tuple(sums.tolist()),
                has_retired=view.has_retired,
            )
            self._merge_when_it_pays(at_once=len(rows) >= _CHUNK)

    def retire(self, rows: Sequence[int]) -> None:
        """Take rows out of every search; unknown and retired ones are ignored."""
        with self._writing:
            view = self._view
            known = sorted({row for row in rows if 0 <= row < len(view.live) and view.live[row]})
            if not known:
                return
            live = view.live.copy()
            live[known] = False
            sums = np.array(view.length_sums, np.int64) - view.lengths[known].sum(axis=0, dtype=np.int64)
            for row in known:
                words = self._delta.words.get(row)
                self._vocabulary.count(view.words_of(row) if words is None else words, -1)
            self._view = View(
                segments=view.segments,
                delta=view.delta,
                live=live,
                lengths=view.lengths,
                live_count=view.live_count - len(known),
                length_sums=tuple(sums.tolist()),
                has_retired=True,
            )

    def merge(self) -> None:
        """Join everything into one segment without retired rows; searches go on meanwhile, writes wait."""
        with self._writing:
            segments = self._view.segments
            if self._delta.size or self._delta.words:
                segments = (*segments, self._delta.frozen())
                self._delta = Delta()
            if len(segments) > 1 or self._view.has_retired:
                segments = (merge(segments, self._view.live),)
            self._view = replace(self._view, segments=segments, delta=DeltaView.of(self._delta), has_retired=False)

    def save(self, folder: Path, tag: str = "", order: NDArray[np.int64] | None = None) -> None:
        """Write everything to a folder, durably and in one step, after joining it; writes wait only for the joining.

        Args:
            folder: made if missing, on a local file system.
            tag: whatever `load` shall give back, such as which snapshot of vectors the rows belong to.
            order: int64, shape (live rows,): ``order[i]`` is row ``i`` when loaded. None keeps all numbers.

        Raises:
            ValueError: `order` isn't exactly the live rows.
            OSError: the disk is full or can't be written; what was saved before is as it was.
        """
        with self._writing:
            self.merge()
            state = self._state()
        storage.save(
            folder, state if order is None else state.renumbered(order), language=self.analyzer.language, tag=tag
        )

    @classmethod
    def load(cls, folder: Path, analyzer: Analyzer, weights: Weights | None = None) -> tuple[LexicalIndex, str]:
        """Open what `save` wrote, without analysing a text again.

        Returns:
            The index and the tag.

        Raises:
            IndexDamaged: nothing was saved, a file is missing or changed, or the analyzer's language is another one;
                put the documents into a new index.
        """
        state, manifest = storage.load(folder, language=analyzer.language)
        index = cls(analyzer, weights)
        index._take(state)
        return index, manifest.tag

    def _state(self) -> State:
        view, vocabulary = self._view, self._vocabulary
        words, terms = list(vocabulary.words), list(vocabulary.terms)
        (segment,) = view.segments or (self._delta.frozen(),)
        kept_words, kept_terms, term_of_word, segment = compacted(
            words, terms, vocabulary.term_of_word.values[: len(words)], segment
        )
        size = int(np.flatnonzero(self._used).max(initial=-1)) + 1
        lengths = np.where(view.live[:size, None], view.lengths[:size], np.uint16(0))
        named = NameTable.of(kept_words), NameTable.of(kept_terms)
        return State(*named, term_of_word, segment, lengths, self._used[:size].copy())

    def _take(self, state: State) -> None:
        """Become what was saved."""
        size = len(state.used)
        self._used = np.pad(state.used, (0, 1024))
        live = np.zeros(size + 1024, np.bool_)
        live[state.segment.row_numbers] = True
        self._vocabulary.restore(state)
        self._view = replace(
            self._view,
            segments=(state.segment,),
            live=live,
            lengths=np.pad(state.lengths, ((0, 1024), (0, 0))),
            live_count=len(state.segment.row_numbers),
            length_sums=tuple(state.lengths.sum(axis=0, dtype=np.int64).tolist()),
        )

    def _check_new(self, rows: Sequence[int], documents: Sequence[Document]) -> None:
        if len(rows) != len(documents):
            raise ValueError(f"{len(rows)} rows for {len(documents)} documents")
        if len(set(rows)) != len(rows) or any(row < 0 for row in rows):
            raise ValueError("rows must be distinct and not negative")
        used = [row for row in rows if row < len(self._used) and self._used[row]]
        if used:
            raise ValueError(f"a row never changes its meaning, and these were used before: {used[:5]}")

    def _reserve(self, size: int) -> None:
        """Make room for rows below `size`; readers keep the arrays that they took."""
        view = self._view
        if size > len(view.live):
            more = max(size, 2 * len(view.live)) - len(view.live)
            self._used = np.pad(self._used, (0, more))
            live, lengths = np.pad(view.live, (0, more)), np.pad(view.lengths, ((0, more), (0, 0)))
            self._view = replace(view, live=live, lengths=lengths)

    def _write(self, row: int, document: Document, lengths: NDArray[np.uint16]) -> None:
        """Add a row to the delta; nobody sees it before it's live in a view."""
        vocabulary = self._vocabulary
        keys: list[int] = []
        words: dict[int, bool] = {}
        for field, text in enumerate(document.texts):
            surfaces = self.analyzer.surfaces(text)
            lengths[row, field] = len(surfaces)
            numbers = [vocabulary.intern_word(surface) for surface in surfaces]
            words |= dict.fromkeys((number for number in numbers if number not in words), field < HEAD_FIELDS)
            keys += [int(vocabulary.term_of_word.values[number]) * _FIELD_SLOTS + field for number in numbers]
        phrases = [vocabulary.intern_word(PHRASE + phrase) for phrase in phrases_of(document, self.analyzer)]
        words |= dict.fromkeys(phrases, True)
        keys += [int(vocabulary.term_of_word.values[number]) * _FIELD_SLOTS for number in phrases]
        keys += [vocabulary.intern_term(code) * _FIELD_SLOTS for code in codes_of(document, self.analyzer)]
        found, counts = np.unique(np.array(keys, np.int64), return_counts=True)
        codes = (found % _FIELD_SLOTS << FIELD_SHIFT) + np.minimum(counts, COUNT_MASK)
        distinct = np.array(sorted(2 * number + head for number, head in words.items()), np.int32)
        self._delta.append(row, (found // _FIELD_SLOTS).astype(np.int32), codes.astype(np.uint16), distinct)
        self._used[row] = True
        vocabulary.count(distinct, 1)

    def _merge_when_it_pays(self, *, at_once: bool) -> None:
        """Join segments of like size: small ones here and now, large ones in a thread of their own."""
        while group := due(self._view.segments, self._view.live if self._view.has_retired else None):
            if not at_once and sum(segment.entry_count for segment in group) > INLINE_ENTRIES:
                if self._merger is None or not self._merger.is_alive():
                    self._merger = threading.Thread(target=self._merge_beside, args=(group,), daemon=True)
                    self._merger.start()
                return
            self._replace(group, merge(group, self._view.live))

    def _merge_beside(self, group: tuple[Segment, ...]) -> None:
        """Merge while reads and writes go on; a row retired meanwhile just stays retired."""
        merged = merge(group, self._view.live)
        with self._writing:
            if all(any(segment is other for other in self._view.segments) for segment in group):
                self._replace(group, merged)

    def _replace(self, group: tuple[Segment, ...], merged: Segment) -> None:
        kept = tuple(s for s in self._view.segments if not any(s is other for other in group))
        self._view = replace(self._view, segments=(merged, *kept))
