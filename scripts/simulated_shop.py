"""The demo shop with a history of simulated shoppers, and others who are met at chosen moments of theirs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from backend.catalogue.importing import RejectsFile
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.history import HistorySummary, PastEvent, import_history
from backend.interaction.schemas import Feedback
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.worker import LogWorker
from backend.recommend.training import train_once
from demo.goods import Goods, read_goods
from demo.shoppers import Shopper, simulate
from demo.tastes import Taste
from demo.visits import Event
from ml.encoder.load import load_encoder
from ml.profile.rules import ProfileRules
from scripts.demo_catalogue import demo_feed
from scripts.evaluated_catalogue import load_catalogue, workspace
from scripts.pipeline import open_database

KNOWN = (0, 1, 5, 20)  # acts of a shopper when they are met; looking at a place of a page is none
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A shopper at one moment.

    Attributes:
        user_id, session_id: of this meeting alone.
        known: acts before it.
        taste: the hidden truth.
        past: what was done up to then, moved in time so that the next act would be now.
        target: the product of the next act, which isn't one of those before.
        query: by which it was found; None when it wasn't searched for.
        last: product of the last act.
    """

    user_id: str
    session_id: str
    known: int
    taste: Taste
    past: tuple[Event, ...]
    target: str
    query: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class SimulatedShop:
    """Where it all happens.

    Attributes:
        settings: whose database holds catalogue, history and the past of every meeting.
        goods: what can be bought.
        rows: the products as in the feed, by id.
        history: acts that popularity and the collaborative model know.
        meetings: of shoppers that these don't know.
    """

    settings: Settings
    goods: list[Goods]
    rows: dict[str, dict[str, Any]]
    history: int
    meetings: list[Meeting]


def build(base: Settings, folder: Path, *, history: int, met: int, days: float, seed: int) -> SimulatedShop:
    """Fill a folder with a shop.

    Args:
        base: settings of the model.
        folder: for the database.
        history: shoppers who were there before.
        met: shoppers who are met.
        days: how long each was watched.
        seed: of all shoppers.
    """
    feed = demo_feed()
    prepared = workspace(base, feed)
    live = load_catalogue(prepared, feed, load_encoder(base.encoder_spec))
    shutil.copyfile(prepared.database_url.removeprefix("sqlite:///"), folder / "shop.db")
    settings = prepared.model_copy(
        update={"database_url": f"sqlite:///{folder}/shop.db", "recommender_path": folder / "recommender"}
    )
    rows = {row["id"]: row for row in map(orjson.loads, feed.read_bytes().splitlines())}
    goods = read_goods(rows.values(), seed)
    shift = datetime.now(UTC) - (START + timedelta(days=days))
    acts = [
        _moved(event, shift) for shopper in simulate(goods, history, days, seed, START) for event in shopper.events
    ]
    meetings = [
        meeting
        for shopper in simulate(goods, met, days, seed + 1, START)
        for known in KNOWN
        if (meeting := _meet(shopper, known)) is not None
    ]
    space = StateSpace.of(live.space)
    with open_database(settings) as database:
        _write(database, acts, folder)
        train_once(database, settings, space.vectors)
        worker = LogWorker(database, ProfileRules(), EventVectors())
        while worker.step(space):
            pass
        _write(database, [event for meeting in meetings for event in meeting.past], folder)
    return SimulatedShop(settings, goods, rows, len(acts), meetings)


def _write(database: Database, events: Iterable[Event], folder: Path) -> None:
    past = (
        PastEvent(line, Feedback.model_validate(event.row()), None)
        for line, event in enumerate(sorted(events, key=lambda event: event.timestamp), 1)
    )
    import_history(database, past, RejectsFile(folder / "rejects.jsonl"), HistorySummary())


def _meet(shopper: Shopper, known: int) -> Meeting | None:
    """Find the moment after so many acts; None for who did less, or nothing new after that."""
    acts = [place for place, event in enumerate(shopper.events) if event.interaction_type != "VIEW"]
    if len(acts) <= known:
        return None
    end = acts[known - 1] + 1 if known else acts[0]
    past = shopper.events[:end]
    done = {event.product_id for event in past if event.interaction_type != "VIEW"}
    target = next((event for place in acts[known:] if (event := shopper.events[place]).product_id not in done), None)
    if target is None:
        return None
    shift = datetime.now(UTC) - datetime.fromisoformat(target.timestamp)
    suffix = f"-met-{known}"
    return Meeting(
        user_id=shopper.user_id + suffix,
        session_id=target.session_id + suffix,
        known=known,
        taste=shopper.taste,
        past=tuple(_moved(event, shift, suffix) for event in past) if known else (),
        target=target.product_id,
        query=target.query,
        last=shopper.events[acts[known - 1]].product_id if known else None,
    )


def _moved(event: Event, by: timedelta, suffix: str = "") -> Event:
    moment = datetime.fromisoformat(event.timestamp) + by
    return replace(
        event, user_id=event.user_id + suffix, session_id=event.session_id + suffix, timestamp=moment.isoformat()
    )
