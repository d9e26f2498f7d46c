from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ml.evaluate.judgments import BadJudgments, read_judgments

GOOD = "query,product_id,rating,rater_1\nred shoes,p1,3,\nred shoes,p2,0,1\n\nlamp,p1,1.5,2\n"


def test_judgments_are_grouped_by_query(tmp_path: Path) -> None:
    expected = {"red shoes": {"p1": 3.0, "p2": 0.0}, "lamp": {"p1": 1.5}}
    plain, packed = tmp_path / "judgments.csv", tmp_path / "judgments.csv.gz"
    plain.write_text(GOOD)
    packed.write_bytes(gzip.compress(GOOD.encode()))
    assert read_judgments(plain) == read_judgments(packed) == expected
    assert list(read_judgments(plain)) == ["red shoes", "lamp"]


def test_columns_may_come_in_any_order_quoted_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "judgments.csv"
    path.write_bytes('\ufeffrating,product_id,query\r\n2,p1,"lamp, 12"" tall"\r\n2,p1,"lamp, 12"" tall"\r\n'.encode())
    assert read_judgments(path) == {'lamp, 12" tall': {"p1": 2.0}}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("lamp,p2,", "line 6: rating must be a number"),
        ("lamp,p2", "line 6: rating must be a number"),
        ("lamp,p2,good", "line 6: rating must be a number"),
        ("lamp,p2,nan", "line 6: rating must be a number"),
        ("lamp,p2,-1", "line 6: rating must be a number"),
        ("lamp,p2,100", "line 6: rating must be a number"),
        ("lamp,,1", "line 6: query and product_id"),
        (" ,p2,1", "line 6: query and product_id"),
        ("lamp,p1,2", "line 6: 'p1' was judged before for 'lamp'"),
        ('lamp,p2,"1', "after line 5"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "judgments.csv"
    path.write_text(GOOD + line)
    with pytest.raises(BadJudgments, match=message):
        read_judgments(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "no column query, product_id, rating"),
        ("a.csv", b"query,rating\nlamp,1\n", "no column product_id"),
        ("a.csv", b"query,product_id,rating\n", "no judgments"),
        ("a.csv", b"query,product_id,rating\nl\xff,p,1\n", "utf-8"),
        ("a.csv.gz", b"query,product_id,rating\n", "gzip"),
        ("a.csv.gz", gzip.compress(GOOD.encode(), mtime=0)[:-12], "end-of-stream"),
    ],
)
def test_a_file_that_is_no_judgments_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadJudgments, match=message):
        read_judgments(path)
