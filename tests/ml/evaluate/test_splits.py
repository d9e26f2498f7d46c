from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from ml.evaluate.interaction_files import EventRow
from ml.evaluate.splits import Case, Known, NothingToAsk, split_events, split_sequences
from ml.types import ProductId


def ids(text: str) -> tuple[ProductId, ...]:
    return tuple(ProductId(part) for part in text.split())


def row(split: str | None, user: str, history: str, target: str) -> EventRow:
    return EventRow(split, user, ids(history), ProductId(target))


def pieces(known: Known) -> dict[str, list[str]]:
    return {user: [" ".join(piece) for piece in found] for user, found in known.items() if found}


def windows(user: str, items: str, first_test: int, width: int = 4) -> list[EventRow]:
    """Every choice of a sequence but the first, its history cut to a width, as the published files have them."""
    all_items = items.split()
    return [
        row(
            "test" if at >= first_test else "valid", user, " ".join(all_items[max(0, at - width) : at]), all_items[at]
        )
        for at in range(1, len(all_items))
    ]


def test_rows_of_one_user_are_one_sequence_that_ends_before_the_test() -> None:
    rows = windows("a", "1 2 3 4 5 6 7 8 9", first_test=7)
    split = split_events(rows, [], seed=0)
    assert pieces(split.known) == {"a": ["1 2 3 4 5 6 7"]}
    assert split.test == [Case("a", ids("4 5 6 7"), ProductId("8")), Case("a", ids("5 6 7 8"), ProductId("9"))]
    random.Random(1).shuffle(rows)
    assert {item for piece in split_events(rows, [], seed=0).known["a"] for item in piece} == set(
        ids("1 2 3 4 5 6 7")
    )


def test_neither_target_nor_history_of_a_test_row_is_known() -> None:
    """The second test row's history holds the first one's target."""
    rows = [row("test", "a", "1 2", "3"), row("test", "a", "1 2 3", "4"), row("valid", "b", "7", "8")]
    assert pieces(split_events(rows, [], seed=0).known) == {"b": ["7 8"]}


def test_training_files_never_bring_an_answer() -> None:
    rows = [*windows("a", "1 2 3 4 5 6", first_test=4), *windows("b", "1 9 8", first_test=99)]
    whole = {"a": ids("0 1 2 3 4 5 6 7"), "c": ids("5 6 7")}
    split = split_events(rows, [whole], seed=0)
    assert pieces(split.known) == {"a": ["0 1 2 3 4"], "b": ["1 9 8"], "c": ["5 6 7"]}
    assert "3 choices at or after a test row" in split.protocol[2]
    assert len(split.protocol) == 4


def test_test_rows_of_training_files_are_left_out() -> None:
    rows = [row("test", "a", "1", "2"), row("valid", "b", "3", "4")]
    more = [row("test", "z", "1 2", "3"), row("train", "y", "5", "6"), row(None, "x", "6", "7")]
    split = split_events(rows, [more], seed=0)
    assert pieces(split.known) == {"b": ["3 4"], "y": ["5 6"], "x": ["6 7"]}
    assert "1 test rows" in split.protocol[2]


def test_the_evaluated_file_as_training_file_changes_nothing() -> None:
    rows = [*windows("a", "1 2 3 4 5 6", first_test=4), *windows("b", "1 9 8 7", first_test=99)]
    assert pieces(split_events(rows, [rows], seed=0).known) == pieces(split_events(rows, [], seed=0).known)


def test_a_repeated_choice_before_the_test_stays_known() -> None:
    """3 was chosen after 2 before, too: only the later time is the answer."""
    rows = [row("valid", "a", "5 2", "3"), row("valid", "a", "5 2 3", "2"), row("test", "a", "5 2 3 2", "3")]
    assert pieces(split_events(rows, [{"a": ids("5 2 3 2 3 9")}], seed=0).known) == {"a": ["5 2 3 2"]}


def test_tuning_knows_nothing_of_the_users_it_asks() -> None:
    rows = [each for number in range(20) for each in windows(f"u{number}", "1 2 3 4", first_test=3)]
    split = split_events(rows, [{f"u{number}": ids("0 1 2 3 4") for number in range(0, 20, 2)}], seed=3)
    assert sum(len(part.cases) for part in split.tuning) == 40
    for part in split.tuning:
        asked = {case.user for case in part.cases}
        assert asked
        assert not asked & part.known.keys()
        assert asked | part.known.keys() == split.known.keys()


def test_of_sequences_the_last_two_are_unknown() -> None:
    sequences = {"a": ids("1 2 3 4"), "b": ids("5 6 7"), "c": ids("8 9")}
    split = split_sequences(sequences, [], seed=0)
    assert pieces(split.known) == {"a": ["1 2"], "b": ["5"], "c": ["8 9"]}
    assert split.test == [Case("a", ids("1 2 3"), ProductId("4")), Case("b", ids("5 6"), ProductId("7"))]
    assert {(case.user, case.target) for case in split.tuning[0].cases} == {("a", "3"), ("b", "6")}
    only = split_sequences(sequences, [], seed=0, asked={"b"}, choices=1)
    assert [case.user for case in only.test] == ["b"]
    assert len(only.tuning[0].cases) == 1


@pytest.mark.parametrize(
    "training", [{"a": ids("1 2 3 4"), "z": ids("3 4")}, {"a": ids("0 1 2 3 4"), "z": ids("3 4")}]
)
def test_sequences_as_training_are_cut_before_the_answers(training: dict[str, Sequence[ProductId]]) -> None:
    split = split_sequences({"a": ids("1 2 3 4"), "b": ids("5 6 7")}, [training], seed=0)
    known = pieces(split.known)
    assert known.pop("a")[0].endswith("1 2")
    assert known == {"b": ["5"], "z": ["3 4"]}


def test_without_test_rows_nothing_is_asked() -> None:
    with pytest.raises(NothingToAsk, match="split test"):
        split_events([row("valid", "a", "1", "2")], [], seed=0)
    with pytest.raises(NothingToAsk, match="3 products or more"):
        split_sequences({"a": ids("1 2")}, [], seed=0)
    with pytest.raises(NothingToAsk, match="3 products or more"):
        split_sequences({"a": ids("1 2 3")}, [], seed=0, asked={"b"})
