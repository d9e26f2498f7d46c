"""Files: gzip in all states, progress, memory."""

import gzip
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.catalogue.feeds import Accepted, FeedError, FeedOptions, Rejected, read_feed
from backend.catalogue.feeds.dedupe import SeenIds
from tests.backend.feeds.helpers import ids, read, reasons, until_failure


def rows(first: int, last: int) -> Iterator[bytes]:
    return (b"%d,Product %d,%d.50\n" % (number, number, number % 90) for number in range(first, last))


def test_concatenated_members_are_one_file(tmp_path: Path) -> None:
    data = gzip.compress(b"id,title\n1,a") + gzip.compress(b"b\n2,c\n") + gzip.compress(b"")
    assert ids(read(tmp_path, data)) == ["1", "2"]


def test_a_cut_gzip_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv.gz"
    packed = gzip.compress(b"id,title,price\n" + b"".join(rows(1, 50_000)))
    path.write_bytes(packed[: len(packed) * 2 // 3])
    items, message = until_failure(path)
    assert len(items) > 20_000
    assert ids(items) == [str(number) for number in range(1, len(items) + 1)]
    assert message == (
        f"feed.csv.gz is cut off: its gzip stream has no end; fetch the file again (after line {len(items) + 1})"
    )


def test_a_small_cut_gzip_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv.gz"
    path.write_bytes(gzip.compress(b"id,title\n1,a\n2,b\n")[:-8])
    items, message = until_failure(path)
    assert ids(items) == ["1", "2"]
    assert "is cut off" in message


@pytest.mark.parametrize("change", [b"garbage at the end", None])
def test_a_damaged_gzip_is_an_error(tmp_path: Path, change: bytes | None) -> None:
    path = tmp_path / "feed.csv.gz"
    data = bytearray(gzip.compress(b"id,title\n" + os.urandom(200_000).hex().encode()))
    if change is None:
        data[100_000] ^= 0xFF
    else:
        data += change
    path.write_bytes(data)
    _, message = until_failure(path)
    assert "is damaged" in message


def test_files_that_cant_be_read(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"none\.csv: no such file"):
        next(read_feed(tmp_path / "none.csv", FeedOptions()))
    with pytest.raises(FeedError, match="is not a regular file"):
        next(read_feed(tmp_path, FeedOptions()))
    with pytest.raises(FeedError, match="is empty"):
        read(tmp_path, gzip.compress(b""))
    with pytest.raises(FeedError, match="is a zip file"):
        read(tmp_path, b"PK\x03\x04rest")


def test_progress_counts_packed_bytes(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv.gz"
    path.write_bytes(gzip.compress(b"id,title,price\n" + b"".join(rows(1, 30_000))))
    seen: list[tuple[int, int]] = []
    for _ in read_feed(path, FeedOptions(), on_bytes=lambda done, total: seen.append((done, total))):
        pass
    size = path.stat().st_size
    assert {total for _, total in seen} == {size}
    done = [done for done, _ in seen]
    assert done == sorted(done)
    assert done[-1] == size


def test_a_huge_line_is_dropped_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"id,title\n1,a\n2,")
        for _ in range(50):
            file.write(b"x" * (1 << 20))
        file.write(b"\n3,b\n")
    items = list(read_feed(path, FeedOptions()))
    assert ids(items) == ["1", "3"]
    assert reasons(items) == [(3, "a line over 1 MB")]


_MEASURE = """
import resource, sys
from pathlib import Path
from backend.catalogue.feeds import FeedOptions, read_feed
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for item in read_feed(Path(sys.argv[1]), FeedOptions()):
    break
before = peak()
count = sum(1 for item in read_feed(Path(sys.argv[2]), FeedOptions()))
print(count, (peak() - before) // 1024)
"""


@pytest.mark.parametrize("kind", ["rows", "bomb"])
def test_memory_doesnt_grow_with_the_file(tmp_path: Path, kind: str) -> None:
    small, large = tmp_path / "small.csv.gz", tmp_path / "large.csv.gz"
    small.write_bytes(gzip.compress(b"id,title,price\n" + b"".join(rows(1, 2000))))
    with gzip.open(large, "wb", compresslevel=1) as file:
        file.write(b"id,title,price\n")
        if kind == "rows":
            file.writelines(rows(1, 50_000))
        else:
            file.writelines(itertools.repeat(b"x" * (1 << 20), 300))
    found = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(small), str(large)], capture_output=True, text=True, check=True
    )
    count, grown_mb = map(int, found.stdout.split())
    assert count == (49_999 if kind == "rows" else 1)
    assert grown_mb < 24


def test_seen_ids_spill_to_disk() -> None:
    with SeenIds() as seen:
        assert all(seen.first_line(f"product-{number}", number) is None for number in range(50_000))
        assert seen.first_line("product-123", 99) == 123
        assert seen.first_line("Product-123", 99) is None


def test_closing_early_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_bytes(b"id,title\n1,a\n2,b\n")
    items = read_feed(path, FeedOptions())
    assert isinstance(next(items), Accepted | Rejected)
    items.close()  # type: ignore[attr-defined]
    # an open file would now warn, and warnings are errors
