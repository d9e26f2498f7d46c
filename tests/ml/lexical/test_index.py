from __future__ import annotations

import random
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.lexical import index
from ml.lexical.build_query import build_query
from ml.lexical.documents import FIELDS, Document
from ml.lexical.index import LexicalIndex
from ml.lexical.match import Matches
from ml.lexical.phrases import PHRASE
from ml.lexical.query import Query, QueryTerm, Weights
from tests.ml.lexical.model import ANALYZER, scores

WORDS = ["red", "shoe", "shoes", "trail", "t-shirt", "wh-1000xm4", "x", "tv", "blue", "café", "無線マウス", ""]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
DOCUMENTS = st.builds(Document, **dict.fromkeys(FIELDS, TEXTS))
QUERIES = [
    Query((QueryTerm("red", (("red", 1.0),)), QueryTerm("shoe", (("shoe", 1.0),)))),
    Query((QueryTerm("tee", (("tee", 1.0), ("t shirt", 0.9), ("tshirt", 0.8))),)),
    Query((QueryTerm("cafe", (("cafe", 1.0), ("tv", 0.5))), QueryTerm("x", (("x", 1.0),)))),
    Query((QueryTerm("無線", (("無線", 1.0),)), QueryTerm("absent", (("absent", 1.0),)))),
]


def new_index() -> LexicalIndex:
    return LexicalIndex(ANALYZER)


def by_document(found: Matches, number: dict[int, int]) -> dict[int, tuple[bytes, bytes]]:
    """Score and coverage bits of each matching document, whatever row it has."""
    return {
        number[int(row)]: (score.tobytes(), coverage.tobytes())
        for row, score, coverage in zip(found.rows, found.scores, found.coverage, strict=True)
    }


def ask(lexical: LexicalIndex, text: str) -> Matches:
    return lexical.match(build_query(text, lexical.analyzer, lexical.vocabulary))


def check_against_model(lexical: LexicalIndex, live: dict[int, Document]) -> None:
    for query in QUERIES:
        found, expected = lexical.match(query), scores(live, query)
        assert found.rows.tolist() == sorted(expected)
        np.testing.assert_allclose(found.scores, [expected[row] for row in sorted(expected)], rtol=1e-5)
        assert (found.scores <= np.float32(found.ceiling)).all()
        assert ((found.coverage > 0) & (found.coverage <= 1)).all()
        for row in found.rows.tolist():
            parts = found.explain(row)
            assert sum(part.score for part in parts) == pytest.approx(expected[row], rel=1e-6)
            assert all(bool(part.score) == bool(part.term) == bool(part.fields) for part in parts)
    counted = {term: 0 for term in lexical.vocabulary.terms if not term.startswith(PHRASE)}
    for document in live.values():
        for term in {term for text in document.texts for term in ANALYZER.terms(text)}:
            counted[term] += 1
    assert {term: lexical.vocabulary.term_count(term) for term in counted} == counted


@settings(deadline=None, max_examples=150)
@given(st.lists(DOCUMENTS, min_size=1, max_size=12), st.sets(st.integers(0, 11)), st.randoms(use_true_random=False))
def test_scores_are_those_of_the_textbook_and_depend_on_live_content_alone(
    documents: list[Document], retired: set[int], shuffle: random.Random
) -> None:
    # At once, in order, and only what stays.
    live = {n: document for n, document in enumerate(documents) if n not in retired}
    plain = new_index()
    plain.put(list(live), list(live.values()))
    check_against_model(plain, live)

    # One by one, shuffled, with gaps, some retired early, some replaced, some merges in between.
    other = new_index()
    rows = shuffle.sample(range(40), len(documents))
    spare = iter(range(100, 200))
    for n in shuffle.sample(range(len(documents)), len(documents)):
        other.put([rows[n]], [documents[n]])
        if shuffle.random() < 0.3:  # changed to something else and back
            middle, last = next(spare), next(spare)
            other.put([middle], [documents[0]])
            other.retire([rows[n]])
            other.put([last], [documents[n]])
            other.retire([middle, middle, 9999, -1])
            rows[n] = last
        if shuffle.random() < 0.2:
            other.merge()
    other.retire([rows[n] for n in retired if n < len(documents)])
    check_against_model(other, {rows[n]: document for n, document in live.items()})
    for text in ("red shoes", "t shirt", "wh1000xm4", "cafe x tv", "無線"):
        one, two = ask(plain, text), ask(other, text)
        assert by_document(one, {n: n for n in live}) == by_document(two, {row: n for n, row in enumerate(rows)})
        assert one.ceiling == two.ceiling
        assert {rows[n] for n in one.exact.tolist()} == set(two.exact.tolist())


def test_segments_that_are_made_and_merged_while_writing_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "DELTA_ENTRIES", 40)
    monkeypatch.setattr(index, "INLINE_ENTRIES", 100)  # so that most merges happen in a thread
    choose = random.Random(1)
    lexical, live = new_index(), dict[int, Document]()
    for row in range(600):
        document = Document(*(" ".join(choose.choices(WORDS, k=3)) for _ in FIELDS))
        lexical.put([row], [document])
        live[row] = document
        if choose.random() < 0.4:
            gone = choose.choice(list(live))
            lexical.retire([gone])
            del live[gone]
    check_against_model(lexical, live)
    lexical.merge()
    check_against_model(lexical, live)


def test_a_reader_beside_a_writer_sees_whole_writes_only() -> None:
    """Each write replaces a pair of products; there are always exactly two, with equal scores."""
    lexical = new_index()
    lexical.put([0, 1], [Document(title="red shoe")] * 2)
    stop, wrong = threading.Event(), list[str]()

    def read() -> None:
        while not stop.is_set():
            found = lexical.match(QUERIES[0])
            if len(found.rows) not in {2, 4} or len(set(found.scores.tolist())) != 1:
                wrong.append(f"{found.rows} {found.scores}")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for row in range(2, 1500, 2):
        lexical.put([row, row + 1], [Document(title="red shoe")] * 2)
        lexical.retire([row - 2, row - 1])
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


@pytest.mark.parametrize("rows", [[0, 0], [-1], [7], [0, 1]])
def test_rows_that_are_taken_or_make_no_sense_are_refused(rows: list[int]) -> None:
    lexical = new_index()
    lexical.put([7], [Document(title="red shoe")])
    with pytest.raises(ValueError, match="row"):
        lexical.put(rows, [Document(title="red")] * (3 if rows == [0, 1] else len(rows)))
    assert lexical.match(QUERIES[0]).rows.tolist() == [7]
    lexical.retire([7])
    with pytest.raises(ValueError, match="never changes its meaning"):
        lexical.put([7], [Document(title="red")])


@pytest.mark.parametrize("written", ["WH-1000XM4", "WH1000XM4", "WH 1000XM4", "wh_1000xm4", "WH/1000-XM4"])
@pytest.mark.parametrize("typed", ["wh1000xm4", "WH 1000 XM4", "wh-1000xm4", "wh 1000xm4", "Wh-1000-Xm4"])
def test_a_model_number_is_found_however_it_is_written(written: str, typed: str) -> None:
    lexical = new_index()
    lexical.put(range(4), [Document(title=f"Sony {written}"), *[Document(title=f"Sony WF-{n}") for n in range(3)]])
    found = ask(lexical, typed)
    assert found.rows.tolist() == [0]
    assert found.coverage[0] > 0.3


@pytest.mark.parametrize("typed", ["tshirt", "t shirt", "t-shirt", "T-SHIRTS", "tshirts"])
def test_a_compound_is_found_however_it_is_written(typed: str) -> None:
    lexical = new_index()
    lexical.put([0, 1], [Document(title="Red t-shirt"), Document(title="Red shoe")])
    assert ask(lexical, typed).rows.tolist() == [0]


def test_skus_and_model_numbers_are_exact_and_a_sku_goes_first() -> None:
    lexical = new_index()
    lexical.put(
        [0, 1, 2, 3],
        [
            Document(title="Ink cartridge", sku="C4872A 884-420"),
            Document(title="Fits C4872A", sku="abcdef"),
            Document(title="Headphones WH-1000XM4"),
            Document(title="RTX2060 card"),
        ],
    )
    for typed, rows in {
        "c4872a": [0],
        "C-4872-A": [0],
        "hp c4872a ink": [0],
        "884420": [0],
        "cheap 884420 now": [0],
        "ABC DEF": [1],
        "abcdef and more": [],
        "sony wh 1000 xm4": [2],
        "rtx 2060": [3],
        "ink": [],
        "": [],
    }.items():
        assert ask(lexical, typed).exact.tolist() == rows, typed
    lexical.put([4], [Document(title="RTX 2060 card")])  # now the words apart mean more than the one
    assert ask(lexical, "rtx 2060").exact.tolist() == []
    assert ask(lexical, "rtx2060").exact.tolist() == [3]
    assert ask(lexical, "rtx-2060").exact.tolist() == [3]


def test_no_score_depends_on_which_alternative_is_rare() -> None:
    """A rare synonym doesn't outweigh the word that was asked for."""
    lexical = new_index()
    lexical.put(range(21), [Document(title="tv")] * 20 + [Document(title="gogglebox")])
    found = lexical.match(Query((QueryTerm("tv", (("tv", 1.0), ("gogglebox", 0.8))),)))
    assert found.rows.tolist() == list(range(21))
    assert found.scores[20] == pytest.approx(0.8 * found.scores[0], rel=1e-6)


HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "ab" * 1000,
    "shoe " * 400,
    " ".join(f"w{n}" for n in range(1000)),
    "-" * 2000,
    "a-" * 1000,
    "1" * 2000,
    "1a" * 1000,
    "1.2" * 500,
    "👟" * 500,
    "👩‍👩‍👧‍👦 ☕️",
    "\u202eeohs",
    "נעל אדומה حذاء",
    "無" * 2000,
    "\ud800",
    "%$#=SKU",
    "a\u0301" * 1000,
    "\U0010ffff\ufeff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_indexed_and_asked_for(text: str) -> None:
    lexical = new_index()
    lexical.put([0, 1], [Document(*[text] * len(FIELDS)), Document(title="shoe")])
    found = ask(lexical, text)
    assert len(build_query(text, ANALYZER, lexical.vocabulary).terms) <= 32
    assert (0 in found.rows) == bool(ANALYZER.terms(text))
    lexical.retire([0, 1])
    assert ask(lexical, text).rows.tolist() == []
    assert not lexical.vocabulary.term_counts.values.any()


def test_a_document_of_ten_thousand_words_counts_up_to_the_limit() -> None:
    lexical = new_index()
    lexical.put([0], [Document(description=" ".join(f"word{n}" for n in range(10_000)))])
    assert ask(lexical, "word0 word7999").coverage.tolist() == [1.0]
    assert ask(lexical, "word8000").rows.tolist() == []


def test_a_field_of_weight_zero_is_not_searched() -> None:
    weights = Weights(fields={**Weights().fields, "description": 0.0})
    lexical = LexicalIndex(ANALYZER, weights)
    lexical.put([0, 1], [Document(description="red"), Document(title="red", description="red")])
    assert ask(lexical, "red").rows.tolist() == [1]


@pytest.mark.parametrize(
    "change",
    [{"k1": -1.0}, {"k1": float("nan")}, {"fields": {"title": 1.0}}, {"b": dict.fromkeys(FIELDS, 1.5)}],
)
def test_weights_without_meaning_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        Weights(**change)  # type: ignore[arg-type]


def test_the_delta_grows_past_its_first_room() -> None:
    lexical = new_index()
    lexical.put([0], [Document(description=" ".join(f"w{n}" for n in range(7_000)))])
    lexical.put(range(1, 9), [Document(description=" ".join(f"w{n}" for n in range(7_000)))] * 8)
    assert ask(lexical, "w6999").rows.tolist() == list(range(9))
