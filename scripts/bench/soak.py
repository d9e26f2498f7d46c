"""A long, even load on two workers: whether latency, errors and memory stay what they are."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from dataclasses import asdict, replace
from typing import Annotated, Any

import numpy as np
import orjson
import typer

from scripts.bench.asking import ANONYMOUS, SHOPPER, VISITOR, Asking, check
from scripts.bench.memory import MemoryLog
from scripts.bench.options import FOLDER, Architecture, Checkpoint, Folder, Precision, Products, Small, Users, shop_of
from scripts.bench.overload import percentile
from scripts.bench.report import goals_text, machine
from scripts.bench.servers import Contender, prepared
from scripts.bench.shoppers import shop_with_locust
from scripts.bench.verdicts import of_soak
from scripts.console import clear_errors
from scripts.load.generator import closed_loop, open_loop
from scripts.load.recording import Recording
from scripts.serving import Server

WARM_S = 600.0  # at most
ACTS = 25_000  # of the warm-up: 250 of each of 100 shoppers, of whom 200 are remembered
ROUND_S, STILL_MB = 10.0, 1.0  # under full load memory that rises by less in a round is taken to stand still
WARM_CONNECTIONS = 8
KINDS = ("search", "recommend", "feedback")
SEARCHES = {"anonymous": ANONYMOUS, "new visitors": VISITOR, "known shoppers": SHOPPER}


def soak(
    minutes: Annotated[float, typer.Option(min=0.1)] = 10.0,
    shoppers: Annotated[int, typer.Option(min=1, help="Who ask at random moments.")] = 100,
    warm: Annotated[
        float, typer.Option(min=1, help="Seconds of full load before, at most, in which caches fill.")
    ] = WARM_S,
    pause: Annotated[
        float, typer.Option(min=0.01, help="Seconds between two requests of one, on average; locust's take 1.")
    ] = 1.0,
    workers: Annotated[int, typer.Option(min=1)] = 2,
    locust: Annotated[bool, typer.Option(help="Shoppers of locust instead of our generator.")] = False,
    small: Small = False,
    products: Products = 50_000,
    users: Users = 1000,
    model: Architecture = "ViT-B-32",
    checkpoint: Checkpoint = None,
    precision: Precision = "int8",
    folder: Folder = FOLDER,
) -> None:
    """Search, recommend and tell of acts as 60 to 20 to 20, queries as Zipf says, for some minutes.

    Half of the searches name nobody, a quarter a visitor of whom nothing is known, a quarter a shopper with a past;
    with --locust the other half names shoppers who have begun with the load.
    """
    with clear_errors():
        shop = shop_of(
            folder,
            small=small,
            products=products,
            users=users,
            model=model,
            checkpoint=checkpoint,
            precision=precision,
        )
        asking, seconds = Asking(replace(shop, users=min(shoppers, shop.users))), 60 * minutes
        log = folder / "soak.log"  # by which all workers are known to be ready
        # The server's own figures are to be of the same requests.
        window = {"monitor_window_s": max(1.0, seconds)}
        with (
            prepared(shop, with_reference=False) as ground,
            ground.start("ours", workers=workers, log=log, changes=window) as ours,
        ):
            warmed_s = fill(ours, asking, warm)
            with MemoryLog(ours.server) as memory:
                if locust:
                    seen = shop_with_locust(ours.address, shoppers=shoppers, seconds=seconds)
                else:
                    phases = [(shoppers / pause, seconds)]
                    seen = open_loop(ours.address, asking.mixed_of_shoppers, phases=phases, check=check)
            said = {path: told(ours.server, path) for path in ("/cache/stats", "/performance")}
        report: dict[str, Any] = {
            "machine": machine(),
            "workers": workers,
            "load": "locust" if locust else "generator",
            "warmed_s": round(warmed_s, 1),
            "per_second": round(len(seen) / seen.elapsed_s, 1),
            "errors": seen.errors,
            "statuses": {str(status): number for status, number in seen.statuses.items()},
            "wrong": seen.complaints[:5],
            "latency_ms": by_kind(seen),
            "memory_mb": {"first": memory.mb[0], "last": memory.mb[-1], "most": max(memory.mb)},
            "own_memory_mb": [round(mb, 2) for mb in memory.own_mb],
            "memory_slope": None if (slope := memory.slope()) is None else asdict(slope),
            "server_to_client": agreement(said["/performance"], by_kind(seen, since_sent=True)),
            "cache_hit_rate": hit_rates(said["/performance"]),
            "search_hit_rate": search_hit_rates(seen),
            "server_says": said,
        }
        report["goals"] = of_soak(report)
        (folder / "soak.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    print(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    print(goals_text(report["goals"]), file=sys.stderr)  # what is printed otherwise is JSON


def fill(ours: Contender, asking: Asking, most_s: float) -> float:
    """Ask as much as can be until what is kept is full, as far as memory tells; return the seconds that it took.

    Answers are kept up to their bytes, shoppers up to their number, each with the newest acts: without this memory
    would rise by caches filling, and nobody could tell whether it also leaks. What leaks never stands still.
    """
    start = time.monotonic()
    closed_loop(ours.address, asking.feedback, connections=WARM_CONNECTIONS, seconds=most_s / 2, requests=ACTS)
    while (left_s := most_s - (time.monotonic() - start)) > 0:
        before = ours.server.own_mb()
        seconds = min(ROUND_S, max(1.0, left_s))
        closed_loop(ours.address, asking.mixed_of_shoppers, connections=WARM_CONNECTIONS, seconds=seconds)
        if ours.server.own_mb() - before < STILL_MB:
            break
    return time.monotonic() - start


def by_kind(seen: Recording, *, since_sent: bool = False) -> dict[str, dict[str, float]]:
    """Return percentiles of all answers, and of each kind, in ms.

    Args:
        seen: the answers.
        since_sent: count from when a request was sent, as the server and other clients do; otherwise from when it was
            due, which has the client's own delays in it.
    """
    kinds, latency = seen.kinds, seen.answer_ms if since_sent else seen.latency_ms
    parts = {"all": latency, **{kind: latency[np.char.startswith(kinds, kind)] for kind in KINDS}}
    return {
        name: {f"p{percent}": percentile(values, percent) for percent in (50, 95, 99)} | {"count": len(values)}
        for name, values in parts.items()
    }


def agreement(performance: Any, client: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return what the server says of its p50 and p95 over what the client saw, by kind; 1 is the same."""
    operations = (
        {} if performance is None else {one["operation"]: one["latency_ms"] for one in performance["operations"]}
    )
    return {
        kind: {name: round(operations[kind][name] / client[kind][name], 3) for name in ("p50", "p95")}
        for kind in KINDS
        if kind in operations and client[kind]["count"]
    }


def hit_rates(performance: Any) -> dict[str, float | None]:
    """Return the cache's hit rate by operation, and of all that ask it."""
    if performance is None:
        return {}
    rates = {one["operation"]: one["cache_hit_rate"] for one in performance["operations"]}
    asked = {name: rate for name, rate in rates.items() if rate is not None}
    return {**asked, "all": performance["overall"]["cache_hit_rate"]}


def search_hit_rates(seen: Recording) -> dict[str, float | None]:
    """Return which share of searches was answered from the cache, by who asked."""
    rates: dict[str, float | None] = {}
    for who, kind in SEARCHES.items():
        kept = seen.kept[seen.kinds == kind]
        rates[who] = round(float(kept.mean()), 4) if len(kept) else None
    return rates


def told(server: Server, path: str) -> Any:
    """Return what the server says of itself; None when it has no such page."""
    with closing(server.connect()) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        return orjson.loads(body) if answer.status == 200 else None
