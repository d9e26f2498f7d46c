from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ml.evaluate.interaction_files import (
    BadInteractions,
    EventRow,
    read_events,
    read_lists,
    read_sequences,
    read_training,
)
from ml.types import ProductId

EVENTS = "split,user_id,history_item_ids,target_item_id\nvalid,u1,1 2,3\ntest,u1,1 2 3,4\n"
SEQUENCES = "user_id,item_ids\nu1,1 2 3\nu2,4 5 6\n"
LISTS = '{"user_id": "u1", "sasrec": "1 2 3", "pop": "3 1"}\n{"user_id": 2, "sasrec": "4", "pop": "1"}\n'


def file(tmp_path: Path, content: str | bytes, name: str = "data.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_events(tmp_path: Path) -> None:
    expected = [
        EventRow("valid", "u1", ids("1 2"), ProductId("3")),
        EventRow("test", "u1", ids("1 2 3"), ProductId("4")),
    ]
    assert read_events(file(tmp_path, EVENTS)) == expected
    assert read_events(file(tmp_path, gzip.compress(EVENTS.encode()), "data.csv.gz")) == expected


def ids(text: str) -> tuple[ProductId, ...]:
    return tuple(ProductId(part) for part in text.split())


def test_sequences_and_lists(tmp_path: Path) -> None:
    assert read_sequences(file(tmp_path, SEQUENCES), 3) == {"u1": ids("1 2 3"), "u2": ids("4 5 6")}
    found = read_lists(file(tmp_path, LISTS))
    assert found == {"sasrec": {"u1": ids("1 2 3"), "2": ids("4")}, "pop": {"u1": ids("3 1"), "2": ids("1")}}


def test_training_comes_in_either_form(tmp_path: Path) -> None:
    assert read_training(file(tmp_path, SEQUENCES)) == read_sequences(file(tmp_path, SEQUENCES))
    assert read_training(file(tmp_path, EVENTS)) == read_events(file(tmp_path, EVENTS))
    unsplit = "user_id,history_item_ids,target_item_id\nu1,1 2,3\n"
    assert read_training(file(tmp_path, unsplit)) == [EventRow(None, "u1", ids("1 2"), ProductId("3"))]
    with pytest.raises(BadInteractions, match="neither user_id, item_ids nor user_id, history_item_ids"):
        read_training(file(tmp_path, "user,item\nu1,1\n"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("test,u2,1,\n", "line 4: target_item_id is empty"),
        ("test,,1,2\n", "line 4: user_id is empty"),
        ("test,u2, ,2\n", "line 4: there are no ids"),
        ("later,u2,1,2\n", "line 4: split is one of train, valid, test, not 'later'"),
        (",u2,1,2\n", "line 4: split is one of"),
        ("test,u2\n", "line 4: there are no ids"),
        ('test,u2,1,"2\n', "can't be read"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(BadInteractions, match=message):
        read_events(file(tmp_path, EVENTS + line))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "no column user_id"),
        ("a.csv", b"user_id,history_item_ids,target_item_id\nu,1,2\n", "no column split"),
        ("a.csv", b"split,user_id,history_item_ids,target_item_id\n", "no records"),
        ("a.csv", EVENTS.encode() + b"test,\xff,1,2\n", "utf-8"),
        ("a.csv.gz", EVENTS.encode(), "gzip"),
        ("a.csv.gz", gzip.compress(EVENTS.encode(), mtime=0)[:-12], "end-of-stream"),
    ],
)
def test_files_that_hold_no_events(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(BadInteractions, match=message):
        read_events(file(tmp_path, content, name))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SEQUENCES + "u1,7 8 9\n", "line 4: user 'u1' is there twice"),
        (SEQUENCES + "u3,7 8\n", "line 4: user 'u3' has 2 products, wanted are 3"),
        (SEQUENCES + "u3,\n", "line 4: there are no ids"),
    ],
)
def test_bad_sequences(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(BadInteractions, match=message):
        read_sequences(file(tmp_path, content), 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("{}\n", "line 1: no user_id"),
        ("[1]\n", "line 1: no user_id"),
        ("{\n", "line 1: no user_id"),
        ('{"user_id": "1"}\n', "line 1: every line has lists"),
        ('{"user_id": "1", "pop": 5}\n', "line 1: no user_id"),
        ('{"user_id": "1", "pop": ""}\n', "line 1: no user_id"),
        (LISTS + '{"user_id": "3", "pop": "1"}\n', "line 3: every line has lists of the same systems"),
        ("[" * 100_000, "line 1: no user_id"),
    ],
)
def test_bad_lists(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(BadInteractions, match=message):
        read_lists(file(tmp_path, content))
