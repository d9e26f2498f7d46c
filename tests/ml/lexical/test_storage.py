from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ml.errors import IndexDamaged
from ml.lexical.analyzer import Analyzer
from ml.lexical.correct import Corrector
from ml.lexical.documents import FIELDS, Document
from ml.lexical.index import LexicalIndex
from ml.lexical.phrases import PHRASE
from ml.lexical.suggest import Suggester
from tests.ml.lexical.model import ANALYZER
from tests.ml.lexical.test_index import WORDS, ask, check_against_model, new_index

QUERIES = ("red shoes", "t shirt", "wh1000xm4", "cafe x tv", "無線", "nothing")


def written(count: int = 60) -> tuple[LexicalIndex, dict[int, Document]]:
    """An index with gaps and retired rows, and its live documents."""
    choose = random.Random(2)
    lexical, live = new_index(), dict[int, Document]()
    for row in choose.sample(range(3 * count), count):
        document = Document(*(" ".join(choose.choices(WORDS, k=3)) for _ in FIELDS))
        lexical.put([row], [document])
        live[row] = document
    for row in list(live)[::3]:
        lexical.retire([row])
        del live[row]
    return lexical, live


def answers(lexical: LexicalIndex) -> list[tuple[list[int], bytes, bytes, float, list[int]]]:
    found = [ask(lexical, text) for text in QUERIES]
    return [(m.rows.tolist(), m.scores.tobytes(), m.coverage.tobytes(), m.ceiling, m.exact.tolist()) for m in found]


def guesses(lexical: LexicalIndex) -> list[object]:
    """What an index makes of words that nobody has written like this, and of beginnings."""
    corrector = Corrector(lexical)
    suggester = Suggester(ANALYZER, lexical.vocabulary, corrector)
    typed = [word[:cut] for word in WORDS for cut in (1, 2, len(word))]
    mistyped = [word[:-1] for word in WORDS] + [word + "s1" for word in WORDS]
    return [*map(corrector.readings, mistyped), *map(suggester.suggest, typed)]


def test_a_loaded_index_guesses_alike_and_learns_new_words(tmp_path: Path) -> None:
    lexical, _ = written(200)
    lexical.save(tmp_path)
    loaded, _ = LexicalIndex.load(tmp_path, ANALYZER)
    assert guesses(loaded) == guesses(lexical)
    new = [Document(title=f"{word}x red {number}k", sku=f"new-{number}") for number, word in enumerate(WORDS)]
    for one in (loaded, lexical):
        one.put(range(1000, 1000 + len(new)), new)
    assert guesses(loaded) == guesses(lexical)
    assert answers(loaded) == answers(lexical)
    loaded.save(tmp_path)
    assert guesses(LexicalIndex.load(tmp_path, ANALYZER)[0]) == guesses(lexical)


def test_a_loaded_index_answers_alike_and_goes_on(tmp_path: Path) -> None:
    lexical, live = written()
    expected = answers(lexical)
    lexical.save(tmp_path, "vectors 7")
    loaded, tag = LexicalIndex.load(tmp_path, ANALYZER)
    assert tag == "vectors 7"
    assert answers(loaded) == answers(lexical) == expected
    assert {word for word in loaded.vocabulary.words if not word.startswith(PHRASE)} == {
        word for doc in live.values() for text in doc.texts for word in ANALYZER.surfaces(text)
    }
    for word in loaded.vocabulary.words:
        assert loaded.vocabulary.word_count(word) == lexical.vocabulary.word_count(word)
        assert loaded.vocabulary.head_count(word) == lexical.vocabulary.head_count(word)
    check_against_model(loaded, live)

    new, gone = Document(title="red new words"), next(iter(live))
    for one in (loaded, lexical):
        with pytest.raises(ValueError, match="never changes its meaning"):
            one.put([gone], [new])
        one.put([500], [new])
        one.retire([gone])
    del live[gone]
    live[500] = new
    check_against_model(loaded, live)
    assert answers(loaded) == answers(lexical)
    loaded.save(tmp_path)
    again, _ = LexicalIndex.load(tmp_path, ANALYZER)
    assert answers(again) == answers(lexical)
    assert len(list(tmp_path.glob("snapshot-*"))) == 1


def test_rows_can_be_numbered_anew(tmp_path: Path) -> None:
    lexical, live = written()
    order = np.array(random.Random(3).sample(list(live), len(live)), np.int64)
    lexical.save(tmp_path, order=order)
    loaded, _ = LexicalIndex.load(tmp_path, ANALYZER)
    check_against_model(loaded, {new: live[int(old)] for new, old in enumerate(order)})
    loaded.put([len(order)], [Document(title="red")])
    with pytest.raises(ValueError, match="were given an order"):
        lexical.save(tmp_path, order=order[1:])


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_index_is_saved_too(tmp_path: Path, count: int) -> None:
    lexical = new_index()
    lexical.put(range(count), [Document(title="red")] * count)
    lexical.retire(range(count))
    lexical.save(tmp_path)
    loaded, tag = LexicalIndex.load(tmp_path, ANALYZER)
    assert (loaded.live_count, tag) == (0, "")
    loaded.put([5], [Document(title="red shoe")])
    assert ask(loaded, "red").rows.tolist() == [5]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_cut, _flip, Path.unlink])
def test_any_damaged_file_is_noticed(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    lexical, _ = written(10)
    lexical.save(tmp_path)
    (snapshot,) = tmp_path.glob("snapshot-*")
    names = sorted(path.name for path in snapshot.iterdir())
    assert len(names) == 17
    for name in names:
        lexical.save(tmp_path)
        (snapshot,) = tmp_path.glob("snapshot-*")
        damage(snapshot / name)
        with pytest.raises(IndexDamaged):
            LexicalIndex.load(tmp_path, ANALYZER)


def test_no_snapshot_and_another_language_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="no snapshot"):
        LexicalIndex.load(tmp_path, ANALYZER)
    written(10)[0].save(tmp_path)
    with pytest.raises(IndexDamaged, match="wanted is german"):
        LexicalIndex.load(tmp_path, Analyzer("german"))
