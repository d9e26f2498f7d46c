"""Events from files: every form that we know, each counted once."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.catalogue.feeds import FeedError
from backend.catalogue.feeds.types import Rejected
from backend.catalogue.importing import RejectsFile
from backend.interaction.history import HistorySummary, import_history, read_history
from ml.profile.rules import InteractionType
from tests.backend.interaction.helpers import parts, send, state

OWN = {
    "user_id": "u", "session_id": "s", "product_id": "mug", "interaction_type": "CLICK",
    "timestamp": "2026-01-05T10:00:00.123Z", "query": "mugs", "position": 3, "rating": None,
}  # fmt: skip
UBI = {
    "action_name": "item_click", "client_id": "u", "query_id": "q-1", "timestamp": 1767607200123,
    "message_type": "CLICK", "application": "shop",
    "event_attributes": {"object": {"object_id": "mug", "object_id_field": "id"}, "position": {"ordinal": 3}},
}  # fmt: skip


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def imported(client: TestClient, path: Path) -> tuple[HistorySummary, list[dict[str, Any]]]:
    database, _, _ = parts(client)
    rejects, summary = RejectsFile(path.with_name("rejects.jsonl")), HistorySummary()
    import_history(database, read_history(path), rejects, summary)
    written = rejects.path.read_bytes().splitlines() if rejects.path.exists() else []
    return summary, [orjson.loads(line) for line in written]


def test_own_and_foreign_events_say_the_same(tmp_path: Path) -> None:
    (own,) = read_history(lines(tmp_path / "own.jsonl", [OWN]))
    (ubi,) = read_history(lines(tmp_path / "ubi.jsonl", [UBI]))
    assert not isinstance(own, Rejected)
    assert not isinstance(ubi, Rejected)
    same = {"user_id", "product_id", "interaction_type", "timestamp", "position"}
    assert own.feedback.model_dump(include=same) == ubi.feedback.model_dump(include=same)
    assert ubi.feedback.recommendation_id == "q-1"
    assert own.feedback.interaction_type is InteractionType.CLICK


def test_tables_and_packed_files_are_read(tmp_path: Path) -> None:
    flat = {**{key: value for key, value in OWN.items() if key != "rating"}, "event_attributes.rating": ""}
    for delimiter, name in ((",", "a.csv"), ("\t", "a.tsv"), (";", "b.csv")):
        path = tmp_path / name
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(flat), delimiter=delimiter)
            writer.writeheader()
            writer.writerow(flat)
            writer.writerow({**flat, "interaction_type": "rating", "event_attributes.rating": "4.5"})
        one, two = read_history(path)
        assert not isinstance(one, Rejected)
        assert not isinstance(two, Rejected)
        assert (one.line, one.feedback.position, two.feedback.rating) == (2, 3, 4.5)
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(orjson.dumps(OWN)))
    assert len(list(read_history(packed))) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"interaction_type": "scroll"}, "interaction_type"),
        ({"timestamp": None}, "timestamp"),
        ({"timestamp": "soon"}, "soon"),
        ({"timestamp": 1e300}, ""),
        ({"timestamp": []}, "timestamp"),
        ({"user_id": None, "session_id": ""}, "user_id or session_id"),
        ({"user_id": {"a": 1}}, "user_id"),
        ({"product_id": "a b"}, "product_id"),
        ({"position": "third"}, ""),
        ({"rating": "nan", "interaction_type": "RATING"}, "rating"),
    ],
)
def test_bad_records_are_named(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    (record,) = read_history(lines(tmp_path / "bad.jsonl", [{**OWN, **change}]))
    assert isinstance(record, Rejected)
    assert (record.line, reason in record.reason) == (1, True)


def test_an_import_counts_each_event_once(shop: TestClient, tmp_path: Path) -> None:
    rows = [
        {**OWN, "product_id": product, "timestamp": f"2026-01-05T10:00:{second:02}Z"}
        for second, product in enumerate(["mug", "cup", "mug", "nothing", "hose"])
    ]
    rows += [{**OWN, "event_id": "known"}, {**OWN, "interaction_type": "scroll"}, rows[0]]
    send(shop, "cup", event_id="known")
    path = lines(tmp_path / "events.jsonl", rows)
    summary, rejects = imported(shop, path)
    assert (summary.accepted, summary.duplicates, summary.rejected, summary.rows) == (4, 1, 3, 8)
    assert [(row["line"], row["reason"].split()[0]) for row in rejects] == [
        (7, "interaction_type:"),
        (4, "no"),
        (6, "another"),
    ]
    view = state(shop, "u", "s")
    assert (view["long_term"]["events"], view["session"]["events"], view["state_version"]) == (5, 4, 5)
    assert view["long_term"]["has_vector"]
    summary, _ = imported(shop, path)
    assert (summary.accepted, summary.duplicates) == (0, 5)
    database, _, _ = parts(shop)
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM interactions")).scalar_one() == 5


@pytest.mark.parametrize("moment", [100000000000000000000, -(10**20), 1e300, "9" * 25, 10**17])
def test_a_moment_of_no_calendar_costs_its_own_row_alone(tmp_path: Path, moment: Any) -> None:
    path = tmp_path / "events.jsonl"
    text = str(moment) if isinstance(moment, int) else orjson.dumps(moment).decode()
    row = orjson.dumps({**OWN, "timestamp": None}).decode().replace('"timestamp":null', f'"timestamp":{text}')
    path.write_text(row + "\n" + orjson.dumps(OWN).decode() + "\n")
    refused, kept = read_history(path)
    assert isinstance(refused, Rejected)
    assert not isinstance(kept, Rejected)


def test_what_comes_before_a_broken_end_is_kept(shop: TestClient, tmp_path: Path) -> None:
    rows = [{**OWN, "timestamp": 1767607200000 + n} for n in range(3000)]
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(orjson.dumps(row) + b"\n" for row in rows))[:-500])
    database, _, _ = parts(shop)
    summary = HistorySummary()
    with pytest.raises(FeedError, match="cut off"):
        import_history(database, read_history(path), RejectsFile(tmp_path / "rejects.jsonl"), summary)
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM interactions")).scalar_one() == summary.accepted > 1000


def test_no_history_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"")
    for name in ("empty.jsonl", "nowhere.jsonl"):
        with pytest.raises(FeedError):
            list(read_history(tmp_path / name))
