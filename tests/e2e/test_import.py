from __future__ import annotations

import gzip
import io
import random
import re
import signal
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from sqlalchemy import func, inspect, select

from backend.catalogue.tables import EmbeddingRow, ProductRow
from backend.database.engine import Database
from tests.e2e.conftest import Shop

Write = Callable[[str, str | bytes], Path]


def stored(shop: Shop) -> dict[str, tuple[str, float | None, str | None]]:
    database = Database(shop.environment["DATABASE_URL"])
    with database.reading() as db:
        rows = db.execute(
            select(ProductRow.id, ProductRow.title, ProductRow.price_cents, ProductRow.image_file).where(
                ~ProductRow.deleted
            )
        ).all()
    database.close()
    return {row.id: (row.title, row.price_cents, row.image_file) for row in rows}


def embedding_count(shop: Shop) -> int:
    database = Database(shop.environment["DATABASE_URL"])
    with database.reading() as db:
        count = db.execute(select(func.count()).select_from(EmbeddingRow)).scalar_one()
    database.close()
    return count


def test_counts_rejects_and_only_changes_are_embedded_again(shop: Shop, write_feed: Write) -> None:
    header = "\ufeffid,title,price,currency,description\n"
    good = 'a,Steel mug,5.00,EUR,"<p>Keeps\nwarm</p>"\nb,Wooden table,250,EUR,\n'
    bad = (
        "c,Broken price,-3,EUR,\n,No id,5,EUR,\nd,Not a number,NaN,EUR,\na,Again,1,EUR,\ne,"
        + "x" * 10_000
        + ",1,EUR,\n"
    )
    feed = write_feed("feed.csv", header + good + bad + "f,Tea cup,7,EUR,\n")
    report = shop.import_feed(feed)
    assert (report["inserted"], report["updated"], report["unchanged"], report["rejected"]) == (3, 0, 0, 5)
    assert report["embedded"] == 3
    assert report["peak_memory_mb"] > 0
    rejects = [orjson.loads(line) for line in shop.rejects.read_bytes().splitlines()]
    assert [reject["line"] for reject in rejects] == [5, 6, 7, 8, 9]
    assert "first on line 2" in rejects[3]["reason"]
    again = shop.import_feed(feed)
    assert (again["inserted"], again["updated"], again["unchanged"], again["embedded"]) == (0, 0, 3, 0)
    cheaper = write_feed("feed.csv", header + good.replace("5.00", "4.00") + "f,Tea cup with lid,7,EUR,\n")
    changed = shop.import_feed(cheaper)
    assert (changed["updated"], changed["unchanged"], changed["embedded"]) == (2, 1, 1)
    assert stored(shop)["a"][:2] == ("Steel mug", 400)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pictures_from_a_tar_are_stored_once(shop: Shop, write_feed: Write, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "photos.tar", "w") as tar:
        for name, content in (
            ("p/a.jpg", picture("red")),
            ("p/b.jpg", picture("blue")),
            ("p/bad.jpg", b"no picture"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    lines = [
        {"id": "a", "title": "Red thing", "image": "p/a.jpg"},
        {"id": "b", "title": "Blue thing", "image": "p/b.jpg"},
        {"id": "c", "title": "Broken", "image": "p/bad.jpg"},
        {"id": "d", "title": "Missing", "image": "p/none.jpg"},
        {"id": "e", "title": "Climber", "image": "../../etc/passwd"},
    ]
    feed = write_feed("feed.jsonl", b"\n".join(map(orjson.dumps, lines)))
    report = shop.import_feed(feed, "--images", tmp_path / "photos.tar", "--no-embed")
    assert (report["inserted"], report["rejected"]) == (5, 0)
    assert (report["images_stored"], report["images_refused"]) == (2, 3)
    assert shop.rejects.read_text().count("image:") == 3
    files = {id_: row[2] for id_, row in stored(shop).items()}
    assert files["a"] != files["b"]
    assert all((shop.folder / "media" / str(files[id_])).is_file() for id_ in "ab")
    assert files["c"] is files["d"] is files["e"] is None
    again = shop.import_feed(feed, "--images", tmp_path / "photos.tar", "--no-embed")
    assert (again["images_stored"], again["unchanged"]) == (0, 5)
    without = shop.import_feed(feed, "--no-embed")
    assert without["unchanged"] == 5
    assert {id_: row[2] for id_, row in stored(shop).items()} == files


def picture(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "content", "arguments", "message"),
    [
        ("feed.csv", b"id,title\na,b\n", ["--map", "title=headline"], "headline"),
        ("feed.csv", b"id,title\na,b\n", ["--map", "nonsense"], "FIELD=COLUMN"),
        (
            "feed.xml",
            b'<!DOCTYPE x [<!ENTITY a "b">]><rss><channel><item/></channel></rss>',
            [],
            "DTD",
        ),
        ("feed.bin", bytes(range(256)), [], ""),
        ("feed.csv", b"", [], "empty"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    shop: Shop, write_feed: Write, name: str, content: bytes, arguments: list[Any], message: str
) -> None:
    done = shop.run("scripts.import_catalogue", write_feed(name, content), "--no-embed", *arguments)
    assert done.returncode == 1
    assert "error:" in done.stderr
    assert message.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rejects_never_replace_another_file(shop: Shop, write_feed: Write) -> None:
    feed = write_feed("feed.csv", "id,title\na,Mug\n,No id\n")
    done = shop.run("scripts.import_catalogue", feed, "--no-embed", "--rejects", feed)
    assert done.returncode == 1
    assert "holds no rejects" in done.stderr
    assert feed.read_text() == "id,title\na,Mug\n,No id\n"
    assert shop.import_feed(feed, "--no-embed")["rejected"] == 1
    assert shop.import_feed(feed, "--no-embed")["rejected"] == 1
    assert len(shop.rejects.read_bytes().splitlines()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_truncated_gzip_keeps_what_came_before(shop: Shop, write_feed: Write) -> None:
    rng = random.Random(0)
    lines = [orjson.dumps({"id": f"p{n}", "title": f"thing {rng.random()}"}) for n in range(5000)]
    whole = gzip.compress(b"\n".join(lines))
    done = shop.run("scripts.import_catalogue", write_feed("feed.jsonl.gz", whole[: len(whole) // 2]), "--no-embed")
    assert done.returncode == 1
    assert "after line" in done.stderr
    count = len(stored(shop))
    assert 1000 < count < 4000
    assert f"{count} products were inserted" in done.stderr
    report = shop.import_feed(write_feed("feed.jsonl.gz", whole), "--no-embed")
    assert (report["inserted"], report["unchanged"]) == (5000 - count, count)


def test_kill_9_in_the_middle_leaves_whole_blocks_and_a_rerun_completes(shop: Shop, write_feed: Write) -> None:
    lines = [orjson.dumps({"id": f"p{n:05}", "title": f"thing {n}", "price": n / 100}) for n in range(20_000)]
    feed = write_feed("feed.jsonl", b"\n".join(lines))
    database = Database(shop.environment["DATABASE_URL"])
    kills_that_hit = 0
    for _ in range(3):
        process = shop.start("scripts.import_catalogue", feed, "--no-embed")
        before = product_count(database)
        deadline = time.monotonic() + 60
        while product_count(database) in {before, None} and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.kill()
        process.communicate()
        now = product_count(database) or 0
        assert now % 1000 == 0  # blocks are written whole or not at all
        kills_that_hit += now < 20_000
    assert kills_that_hit > 0
    database.close()
    report = shop.import_feed(feed, "--no-embed")
    assert report["inserted"] + report["unchanged"] == 20_000
    assert report["updated"] == report["rejected"] == 0
    expected = {f"p{n:05}": (f"thing {n}", n, None) for n in range(20_000)}
    assert stored(shop) == expected


def product_count(database: Database) -> int | None:
    """Return how many products there are; None while the tables are still being made."""
    if not inspect(database.engine).has_table("products"):
        return None
    with database.reading() as db:
        return db.execute(select(func.count()).select_from(ProductRow)).scalar_one()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_kill_9_while_embedding_loses_at_most_one_block(shop: Shop, write_feed: Write) -> None:
    lines = [orjson.dumps({"id": f"p{n:05}", "title": f"steel mug number {n} with a lid"}) for n in range(3000)]
    shop.import_feed(write_feed("feed.jsonl", b"\n".join(lines)), "--no-embed")
    process = shop.start("scripts.embed_catalogue")
    deadline = time.monotonic() + 120
    while (kept := embedding_count(shop)) == 0:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.communicate()
    kept = embedding_count(shop)
    assert 0 < kept < 3000
    done = shop.run("scripts.embed_catalogue")
    assert done.returncode == 0, done.stderr
    assert f"embedded {3000 - kept:,} in" in done.stdout
    assert embedding_count(shop) == 3000
    assert "embedded 0 in" in shop.run("scripts.embed_catalogue").stdout


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ctrl_c_while_embedding_stops_at_once_and_a_rerun_measures_the_rest(shop: Shop, write_feed: Write) -> None:
    lines = [orjson.dumps({"id": f"p{n:05}", "title": f"steel mug number {n} with a lid"}) for n in range(4000)]
    shop.import_feed(write_feed("feed.jsonl", b"\n".join(lines)), "--no-embed")
    # A shell that starts the tests in the background makes them, and whatever they start, ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = shop.start("scripts.embed_catalogue")
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 120
    while embedding_count(shop) == 0:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "what was written is kept" in err
    assert "Traceback" not in err
    kept = embedding_count(shop)
    assert kept % 1024 == 0
    assert 0 < kept < 4000
    done = shop.run("scripts.embed_catalogue", "--measure")
    assert done.returncode == 0, done.stderr
    assert f"embedded {4000 - kept:,} in" in done.stdout
    (share,) = re.findall(rf"texts: {4000 - kept:,} in .*, (\d+\.\d\d) of the engine alone", done.stdout)
    assert float(share) > 0
    assert embedding_count(shop) == 4000
