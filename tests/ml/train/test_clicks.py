from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ml.errors import TrainingRefused
from ml.train.clicks import read_clicks

CSV = "query,product_id,at\nred  shoe,a,1\nred shoe,a,2\nboot,b,3\n"
LINES = '{"query": "red shoe", "product_id": "a"}\n\n{"query": "red shoe", "product_id": "a", "user": 1}\n'


@pytest.mark.parametrize("zipped", [False, True])
def test_csv_and_json_lines_are_read(tmp_path: Path, *, zipped: bool) -> None:
    for name, content, expected in (
        ("clicks.csv", CSV, {"a": ["red shoe", "red shoe"], "b": ["boot"]}),
        ("clicks.jsonl", LINES, {"a": ["red shoe", "red shoe"]}),
    ):
        path = tmp_path / (name + (".gz" if zipped else ""))
        path.write_bytes(gzip.compress(content.encode()) if zipped else content.encode())
        assert read_clicks(path) == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"query,id\nx,1\n", "no column product_id"),
        ("a.csv", b"query,product_id\n,1\n", "line 2.*must not be empty"),
        ("a.csv", b"query,product_id\n", "no click pairs"),
        ("a.csv", b"query,product_id\n\xff\xfe,1\n", "utf-8"),
        ("a.csv", b"query,product_id\n" + b"x" * 2000 + b",1\n", "line 2: a query of 2000"),
        ("a.jsonl", b'{"query": "x"\n', "line 1 is no JSON object"),
        ("a.jsonl", b'{"query": "x", "product_id": "a"}\n[1]\n', "line 2 is no JSON object"),
        ("a.csv.gz", gzip.compress(b"query,product_id\nx,1\n" * 50, mtime=0)[:-9], "a.csv.gz"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_the_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TrainingRefused, match=message):
        read_clicks(tmp_path / name)
