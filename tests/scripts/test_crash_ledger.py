"""The books of the crash proof: they must notice what is lost, half done, or never asked for."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.crashes.ledger import Entry, Ledger
from scripts.crashes.marks import Marks


def entry(price: float, version: int = 1) -> Entry:
    return Entry({"title": "mug", "price": price, "stock_quantity": 1, "active": True}, version)


def shown(one: Entry) -> dict[str, Any]:
    assert one.fields is not None
    return {**one.fields, "version": one.version}


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.send([{"a": entry(1), "b": entry(2)}, {"c": entry(3)}])
    ledger.acknowledge()
    return ledger


ALL = {"a": shown(entry(1)), "b": shown(entry(2)), "c": shown(entry(3))}


def test_what_was_acknowledged_must_be_there(ledger: Ledger) -> None:
    assert ledger.settle(ALL) == []
    for id_, held in ALL.items():
        assert ledger.settle({key: value for key, value in ALL.items() if key != id_})
        assert ledger.settle({**ALL, id_: {**held, "price": 9}})
        assert ledger.settle({**ALL, id_: {**held, "version": 2}})


@pytest.mark.parametrize(
    ("done", "right"),
    [((), True), (("a", "b"), True), (("a", "b", "c"), True), (("a",), False), (("c",), False), (("b", "c"), False)],
)
def test_a_request_without_an_answer_is_done_block_by_block(
    ledger: Ledger, done: tuple[str, ...], right: bool
) -> None:
    later = {"a": entry(10, 2), "b": Entry(None, 2), "c": entry(30, 2)}
    ledger.send([{"a": later["a"], "b": later["b"]}, {"c": later["c"]}])
    seen = {id_: shown(later[id_]) if id_ in done else ALL[id_] for id_ in ALL if not (id_ == "b" and id_ in done)}
    assert (ledger.settle(seen) == []) is right
    if right:
        assert ledger.settle(seen) == []  # and from now on that is what must be there
        assert (ledger.settle(ALL) == []) is (done == ())


def test_marks_outlive_their_writer(tmp_path: Any) -> None:
    server, outside = Marks(tmp_path / "marks"), Marks(tmp_path / "marks")
    with server.during("merge"):
        assert outside.running("merge")
        assert not outside.running("save")
    assert not outside.running("merge")
    with server.during("save"):
        pass
    assert not outside.running("save")
