"""Simulates shoppers: who they are, what they come for, and what they do on the pages they see.

A session has an intent; a search shows a page of the shop's own making (what matches, popular things first); the
shopper looks at places near its top more often than at others; what is looked at is opened, put into the cart,
bought, liked or disliked as the hidden taste will have it. docs/demo.md describes the model.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from demo.goods import Goods, Shop
from demo.intents import Intent, next_intent
from demo.tastes import Taste, draw_taste
from demo.visits import Event, Visit

_WAKING = (1, 1, 1, 1, 1, 2, 4, 6, 7, 7, 7, 8, 9, 8, 7, 7, 8, 9, 11, 13, 14, 12, 7, 3)  # sessions by hour of day
_RATES = 0.35  # share of purchases that get a rating


@dataclass
class Shopper:
    """One simulated shopper: the hidden truth, and what was done.

    Attributes:
        user_id: as in the events.
        taste: that decides.
        intents: of each session, by its id.
        next_intent: what the session after the last would be for.
        events: in the order of their time.
    """

    user_id: str
    taste: Taste
    intents: dict[str, Intent] = field(default_factory=dict)
    next_intent: Intent | None = None
    events: list[Event] = field(default_factory=list)


def simulate(catalogue: Sequence[Goods], shoppers: int, days: float, seed: int, start: datetime) -> Iterator[Shopper]:
    """Yield shoppers one by one; a larger number of them begins with the same.

    Args:
        catalogue: what they can find.
        shoppers: how many.
        days: how long they are watched.
        seed: of everything.
        start: of the first day, with its time zone.
    """
    shop = Shop.of(catalogue)
    for number in range(1, shoppers + 1):
        rng = random.Random(f"{seed}/shopper/{number}")
        shopper = Shopper(f"u-{number:06d}", draw_taste(catalogue, rng))
        _live(shopper, shop, start, start + timedelta(days=days), rng)
        yield shopper


def truth_of(shopper: Shopper) -> dict[str, Any]:
    """Return what no shop knows: taste and intents, as a JSON object."""
    taste = shopper.taste
    wanted = sorted(taste.kinds.items(), key=lambda pair: -pair[1])
    return {
        "user_id": shopper.user_id,
        "kinds": {kind: round(share, 4) for kind, share in wanted if share >= 0.001},
        "colours": dict(taste.colours),
        "patterns": dict(taste.patterns),
        "brands": {brand: round(liking, 2) for brand, liking in taste.brands.items()},
        "price_level": round(taste.price_level, 3),
        "audience": taste.audience,
        "buys_for_kids": taste.buys_for_kids,
        "sessions_per_day": round(taste.sessions_per_day, 4),
        "intents": [
            {"session_id": id_, "kind": intent.kind, "source": intent.source}
            for id_, intent in shopper.intents.items()
        ],
        "next_intent": {"kind": shopper.next_intent.kind, "source": shopper.next_intent.source}
        if shopper.next_intent
        else None,
    }


def _live(shopper: Shopper, shop: Shop, start: datetime, end: datetime, rng: random.Random) -> None:
    """Let a shopper come back till the end."""
    unrated: list[tuple[datetime, Goods]] = []
    bought, unfinished = "", ""
    time = start
    while True:
        intent = shopper.next_intent = next_intent(shopper.taste, shop.kinds, bought, unfinished, rng)
        time = _next_time(time, shopper.taste.sessions_per_day, rng)
        if time >= end:
            return
        session_id = f"{shopper.user_id}-s{len(shopper.intents) + 1:04d}"
        shopper.intents[session_id] = intent
        visit = Visit(shopper.user_id, session_id, shopper.taste, intent, time, rng)
        due = [goods for ready, goods in unrated if ready <= time]
        unrated = [(ready, goods) for ready, goods in unrated if ready > time]
        visit.rate(due)
        kept = visit.go_shopping(shop)
        unrated += [
            (visit.time + timedelta(days=rng.uniform(1, 12)), goods) for goods in kept if rng.random() < _RATES
        ]
        shopper.events += visit.events
        bought = kept[-1].kind if kept else bought
        unfinished = "" if any(goods.kind == intent.kind for goods in kept) else intent.kind
        time = visit.time


def _next_time(time: datetime, per_day: float, rng: random.Random) -> datetime:
    """Draw the start of the next session: a Poisson process, thinned by the hour of the day."""
    peak = per_day * max(_WAKING) * len(_WAKING) / math.fsum(_WAKING)
    while True:
        time += timedelta(days=rng.expovariate(peak))
        if rng.random() < _WAKING[time.hour] / max(_WAKING):
            return time
