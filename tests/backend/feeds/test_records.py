"""The record splitter against the csv module, and against damage."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogue.feeds.encoding import TextSource
from backend.catalogue.feeds.lines import Line, find_newline, split_lines
from backend.catalogue.feeds.records import Record, RecordReader
from backend.catalogue.feeds.types import FeedError


def source(data: bytes, size: int = 7) -> TextSource:
    stream = io.BytesIO(data)
    return TextSource(lambda: stream.read(size), "utf-8", 0, exact_offsets=True)


def records(data: bytes, width: int = 0, size: int = 1 << 16) -> list[Record]:
    text = source(data, size)
    reader = RecordReader(split_lines(text), text, ",")
    reader.width = width
    return list(reader)


@given(
    st.lists(st.lists(st.text(alphabet='ab,"\n\r é', max_size=8), min_size=1, max_size=4), max_size=8),
    st.sampled_from([("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]),
    st.integers(min_value=1, max_value=40),
)
def test_agrees_with_the_csv_module(rows: list[list[str]], style: tuple[str, int], block: int) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=style[0], quoting=style[1]).writerows(rows)
    text = buffer.getvalue()
    expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    found = records(text.encode(), size=block)
    assert [record.cells for record in found] == expected
    assert all(record.problem is None for record in found)


def test_a_record_is_numbered_by_its_first_line() -> None:
    found = records(b'a,b\n"1\n2\n3",x\nc,d\n')
    assert [(record.line, record.cells) for record in found] == [
        (1, ["a", "b"]),
        (2, ["1\n2\n3", "x"]),
        (5, ["c", "d"]),
    ]


def test_a_quote_that_is_never_closed_costs_one_record() -> None:
    data = b'1,"open\n' + b"".join(b"%d,good\n" % number for number in range(2, 200_000))
    found = records(data, width=2)
    assert found[0].problem == "a quote that is never closed, or a field over 128 kB"
    assert [record.cells[0] for record in found[1:]] == [str(number) for number in range(2, 200_000)]


def test_a_quote_that_closes_in_a_later_record_costs_one_record() -> None:
    found = records(b'1,"open,x\n2,good,y\n3,"other",z\n4,good,y\n', width=3)
    assert [(record.line, bool(record.problem)) for record in found] == [
        (1, True),
        (2, False),
        (3, False),
        (4, False),
    ]


def test_a_quote_that_closes_unnoticed_costs_one_record() -> None:
    found = records(b'1,"open,x\n2,good,y\n3,z",y,a\n4,good,y\n', width=3)
    assert found[0].problem == "a quote that is never closed, or too many or too few fields"
    assert [record.cells[0] for record in found if record.problem is None and len(record.cells) == 3] == ["2", "4"]


def test_a_record_over_the_limit_costs_one_record() -> None:
    field = (b"x" * 99 + b"\n") * 1000 + b'","'
    found = records(b'1,"' + field * 12 + b'"\nlast,one\n', width=2)
    assert found[0].problem == "a quote that is never closed, or a record over 1 MB"
    assert found[-1].cells == ["last", "one"]


def test_quotes_that_would_make_the_work_quadratic_end_the_file() -> None:
    with pytest.raises(FeedError, match="too many quotes that are never closed"):
        records(b'a","\n' * 400_000, width=2)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_long_line_is_dropped_in_pieces(size: int) -> None:
    data = b"short\n" + b"x" * 5000 + b"\nnext\n" + b"y" * 3000
    found = list(split_lines(source(data, size), limit=2000))
    assert [(line.number, line.offset, line.too_long) for line in found] == [
        (1, 0, False),
        (2, 6, True),
        (3, 5007, False),
        (4, 5012, True),
    ]
    assert found[2].data == b"next\n"
    assert max(len(line.data) for line in found) <= 1200


@given(st.lists(st.binary(max_size=30).filter(lambda piece: b"\n" not in piece), min_size=1), st.integers(1, 50))
def test_lines_join_to_the_file(pieces: list[bytes], block: int) -> None:
    data = b"\n".join(pieces)
    found = list(split_lines(source(data, block)))
    assert b"".join(line.data for line in found) == data
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert all(data[line.offset :].startswith(line.data) for line in found)


def test_carriage_returns_alone_end_lines_only_where_there_is_nothing_else() -> None:
    assert find_newline(b"a,b\rc,d\r") == b"\r"
    assert find_newline(b"a,b\r\nc,d") == b"\n"
    assert Line(1, 0, b"a\r", too_long=False) == next(split_lines(source(b"a\rb\r"), b"\r"))
