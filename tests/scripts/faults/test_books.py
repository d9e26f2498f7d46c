"""The books know which prices may be shown, and what is missing in the end."""

from __future__ import annotations

from scripts.faults.books import LAG_S, EventBook, ProductBook, Write


def written() -> ProductBook:
    book = ProductBook()
    for price, version, at in ((1, 10, 100.0), (2, 12, 200.0)):
        book.send("p", price)
        book.acknowledge("p", Write(price, version, at))
    return book


def test_what_was_acknowledged_in_time_must_be_in() -> None:
    book = written()
    assert book.acceptable("p", 2, until=250)
    assert not book.acceptable("p", 1, until=250)
    assert book.acceptable("p", 1, until=150)
    assert book.acceptable("p", 2, until=150)  # it may be newer
    assert not book.acceptable("p", 3, until=250)  # nobody sent it


def test_what_an_answers_version_has_must_be_in() -> None:
    book = written()
    assert book.acceptable("p", 1, version=11)
    assert not book.acceptable("p", 1, version=12)
    assert book.version_at(150) == 10
    assert book.version_at(50) == 0


def test_a_write_without_an_answer_may_be_done_or_not() -> None:
    book = written()
    book.send("p", 3)
    assert book.acceptable("p", 3, until=250)
    assert book.acceptable("p", 2, until=250)
    assert book.wrong_at_the_end({"p": 3}) == book.wrong_at_the_end({"p": 2}) == []
    assert len(book.wrong_at_the_end({"p": 1})) == 1
    assert len(book.wrong_at_the_end({})) == 1


def test_while_the_database_is_down_workers_dont_learn_what_others_wrote() -> None:
    book = ProductBook()
    assert book.due_by(100) == 100 - LAG_S
    book.database_down(200)
    assert book.due_by(300) == 200 - LAG_S
    book.database_down(200, 300)
    assert book.due_by(199) == 199 - LAG_S
    assert book.due_by(300 + LAG_S / 2) == 200 - LAG_S
    assert book.due_by(300 + LAG_S) == 300


def test_events_that_are_lost_or_doubled_are_found() -> None:
    book = EventBook()
    for event in ("a", "b"):
        book.acknowledge(event)
    assert book.wrong_at_the_end(["a", "b", "unanswered"]) == []
    assert "lost" in book.wrong_at_the_end(["a"])[0]
    assert "twice" in book.wrong_at_the_end(["a", "b", "b"])[0]
