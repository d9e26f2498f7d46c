from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from scripts.interpret_queries import main


def test_queries_are_read_with_the_demo_shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "queries.csv.gz"
    path.write_bytes(gzip.compress(b"query_id,query\n1,Voltessa headphones under 50\n2,something warm\n"))
    main(path, catalogue=None, map_=None, currency="EUR", titles=True, every=False)
    told = capsys.readouterr().out
    assert "Voltessa headphones under 50 => headphones\n" in told
    assert "    'under 50': price, filter: 0 to 5000 cents\n" in told
    assert "    'Voltessa': brand, filter: Voltessa\n" in told
    assert "something warm" not in told
    assert "2 different queries; words became a filter or an exclusion in 1\n" in told
    assert "of 2000 titles, 0 would hide their own product; 0 by a number in it\n" in told


def test_queries_are_read_with_a_shops_own_feed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries, feed = tmp_path / "queries.txt", tmp_path / "products.csv"
    queries.write_text("acme anvil\n\nplain\n", encoding="utf-8")
    feed.write_text("id,title,maker\n1,Anvil,Acme\n2,Hammer,Other\n", encoding="utf-8")
    main(queries, catalogue=feed, map_=["brand=maker"], currency=None, titles=False, every=True)
    told = capsys.readouterr().out
    assert "acme anvil => anvil\n    'acme': brand, filter: Acme\n" in told
    assert "plain => plain\n" in told


def test_a_file_without_queries_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "queries.csv"
    path.write_text("text\nboots\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(path, catalogue=None, map_=None, currency=None, titles=False, every=False)
    assert "no column `query`" in capsys.readouterr().err
