"""Whatever a file holds, it ends in products, rejects or a FeedError."""

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalogue.feeds import Accepted, FeedError, FeedFormat, FeedOptions, Rejected, read_feed
from tests.backend.feeds.test_awin import ROW
from tests.backend.feeds.test_google import ITEM, rss
from tests.backend.feeds.test_parquet import table
from tests.backend.feeds.test_shopify import OLD, old_shirt, sheet

SAMPLES = {
    "csv": b'id,title,price\n1,"a, b",5.00\n2,"c\nd",6\n',
    "jsonl": b'{"id": 1, "title": "a", "price": 5, "attributes": {"x": [1, 2]}}\n' * 3,
    "google": rss(ITEM, ITEM).encode(),
    "shopify": sheet(OLD, *old_shirt()).encode(),
    "awin": "\n".join(",".join(f'"{cell}"' for cell in line) for line in (ROW.keys(), ROW.values())).encode(),
    "parquet": table([{"id": "1", "title": "a", "price": 5.0}]),
    "gzip": gzip.compress(b"id,title,price\n1,a,5.00\n" * 20, mtime=0),
}


def check(data: bytes, options: FeedOptions) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed"
        path.write_bytes(data)
        try:
            for item in read_feed(path, options):
                assert isinstance(item, Accepted | Rejected)
                assert not isinstance(item, Rejected) or (item.reason and item.raw.isprintable())
        except FeedError:
            pass


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, *FeedFormat]))
def test_random_bytes(data: bytes, kind: FeedFormat | None) -> None:
    check(data, FeedOptions(format=kind))


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_samples(sample: str, data: st.DataObject) -> None:
    content = bytearray(SAMPLES[sample])
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(content)))
        patch = data.draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\0", b"\n", b"<", b"&", b"-", b"\xff", b","])
        )
        content[position : position + data.draw(st.integers(0, 6))] = patch
    check(bytes(content), FeedOptions())
