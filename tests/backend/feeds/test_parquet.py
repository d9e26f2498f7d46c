"""Parquet files, plain and gzipped."""

import datetime
import gzip
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from backend.catalogue.feeds import FeedError, FeedFormat, FeedOptions, read_feed
from tests.backend.feeds.helpers import ids, products, read, reasons


def table(rows: list[dict[str, Any]], schema: Any = None) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("packed", [False, True])
def test_types(tmp_path: Path, packed: bool) -> None:
    row = {
        "id": 7,
        "title": b"Lamp",
        "price": Decimal("12.50"),
        "list_price": float("nan"),
        "released": datetime.date(2024, 5, 1),
        "seen": datetime.datetime(2024, 5, 1, 12, 0),
        "weight": 2.5,
        "tags": ["a", "b"],
        "attributes": {"watt": 5, "bulb": None},
        "empty": None,
    }
    data = table([row, row | {"id": 8, "price": None}])
    lamp, other = products(read(tmp_path, gzip.compress(data) if packed else data))
    assert (lamp.id, lamp.title, lamp.price, lamp.list_price) == ("7", "Lamp", Decimal("12.50"), None)
    assert other.price is None
    assert lamp.attributes == {
        "released": "2024-05-01",
        "seen": "2024-05-01T12:00:00",
        "weight": 2.5,
        "tags": ["a", "b"],
        "watt": 5,
    }


def test_maps(tmp_path: Path) -> None:
    schema = pyarrow.schema([("id", "string"), ("title", "string"), ("attributes", pyarrow.map_("string", "string"))])
    [product] = products(read(tmp_path, table([{"id": "1", "title": "a", "attributes": {"x": "y"}}], schema)))
    assert product.attributes == {"x": "y"}


def test_rows_are_counted_and_bad_ones_cost_themselves(tmp_path: Path) -> None:
    rows = [{"id": str(number), "title": b"a", "price": 1.0} for number in range(1200)]
    rows[600] |= {"price": -1.0}
    rows[601] |= {"title": b"\xff"}
    items = read(tmp_path, table(rows))
    assert len(ids(items)) == 1198
    assert reasons(items) == [
        (601, "price: Input should be greater than or equal to 0 (got -1.0)"),
        (602, "a binary column that isn't UTF-8 text"),
    ]


@pytest.mark.parametrize("data", [b"PAR1" + b"\0" * 100, table([{"id": "1", "title": "a"}])[:-20]])
def test_damage(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(FeedError, match="feed is not readable as Parquet: "):
        read(tmp_path, data)


def test_progress_counts_rows(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    path.write_bytes(table([{"id": str(number), "title": "a"} for number in range(2000)]))
    done: list[int] = []
    assert len(list(read_feed(path, FeedOptions(), on_bytes=lambda now, _: done.append(now)))) == 2000
    assert len(done) > 3
    assert done[-1] == path.stat().st_size


def test_the_format_is_checked(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="this is Parquet, not csv"):
        read(tmp_path, table([{"id": "1", "title": "a"}]), format=FeedFormat.CSV)
    with pytest.raises(FeedError, match="feed is not a Parquet file"):
        read(tmp_path, "id,title\n", format=FeedFormat.PARQUET)
