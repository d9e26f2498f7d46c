"""Three times as many searches as the server can answer: what it sheds, how fast, and how it comes back."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from numpy.typing import NDArray

from scripts.bench.asking import Asking
from scripts.bench.memory import MemoryLog
from scripts.bench.options import FOLDER, Architecture, Checkpoint, Folder, Precision, Products, Small, Users, shop_of
from scripts.bench.report import goals_text, machine
from scripts.bench.servers import prepared
from scripts.bench.verdicts import of_overload
from scripts.console import clear_errors
from scripts.load.generator import closed_loop, open_loop
from scripts.load.recording import OK, SHED, Recording

CAPACITY_CONNECTIONS = 32
CALM = 0.25  # of the capacity, while it recovers
RECOVERED = 2.0  # times the unloaded p95


def overload(
    times: Annotated[float, typer.Option(min=1, help="Requests a second, in capacities.")] = 3.0,
    seconds: Annotated[float, typer.Option(min=1, help="Of overload, and of watching the recovery.")] = 10.0,
    small: Small = False,
    products: Products = 50_000,
    users: Users = 1000,
    model: Architecture = "ViT-B-32",
    checkpoint: Checkpoint = None,
    precision: Precision = "int8",
    folder: Folder = FOLDER,
) -> None:
    """Ask for three times what the server can answer, and then for a quarter of it."""
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
        asking = Asking(shop)
        with prepared(shop, with_reference=False) as ground, ground.start("ours") as ours:
            closed_loop(ours.address, asking.search, connections=8, seconds=2)
            alone = closed_loop(ours.address, asking.search, connections=1, seconds=max(2.0, seconds / 3))
            full = closed_loop(
                ours.address, asking.search, connections=CAPACITY_CONNECTIONS, seconds=max(2.0, seconds / 3)
            )
            capacity = len(full) / full.elapsed_s
            before = ours.server.proportional_mb()
            phases = [(times * capacity, seconds), (CALM * capacity, seconds)]
            with MemoryLog(ours.server) as memory:
                seen = open_loop(ours.address, asking.search, phases=phases)
            after = ours.server.proportional_mb()
        unloaded = percentile(alone.latency_ms)
        report: dict[str, Any] = {
            "machine": machine(),
            "capacity_per_second": round(capacity, 1),
            "unloaded_p95_ms": unloaded,
            "at_capacity_p95_ms": percentile(full.latency_ms),
            **under_overload(seen, seconds),
            "memory_mb": {"before": before, "most": max(memory.mb), "after": after},
            "recovered_after_s": recovery(seen, seconds, RECOVERED * unloaded),
        }
        report["goals"] = of_overload(report)
        (folder / "overload.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    print(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    print(goals_text(report["goals"]), file=sys.stderr)  # what is printed otherwise is JSON


def under_overload(seen: Recording, seconds: float) -> dict[str, Any]:
    """Return what became of the requests that were due in the first seconds."""
    due = seen.begun_s < seconds
    status, latency = seen.status[due], seen.latency_ms[due]
    names, counts = np.unique(status, return_counts=True)
    return {
        "asked_per_second": round(int(due.sum()) / seconds, 1),
        "admitted_per_second": round(int((status == OK).sum()) / seconds, 1),
        "admitted_p95_ms": percentile(latency[status == OK]),
        "shed_share": round(float((status == SHED).mean()), 4),
        "shed_p95_ms": percentile(latency[status == SHED]),
        "statuses": {str(name): int(number) for name, number in zip(names, counts, strict=True)},
    }


def recovery(seen: Recording, seconds: float, limit_ms: float) -> int | None:
    """Return how many seconds after the overload the first one is in which nothing fails and p95 is within a limit.

    None when no second of those watched is.
    """
    for second in range(int(seen.seconds - seconds)):
        begin = seconds + second
        due = (seen.begun_s >= begin) & (seen.begun_s < begin + 1)
        if due.any() and (seen.status[due] == OK).all() and percentile(seen.latency_ms[due]) <= limit_ms:
            return second
    return None


def percentile(latency_ms: NDArray[np.float64], percent: float = 95) -> float:
    """Return a percentile in ms; 0 of nothing."""
    return round(float(np.percentile(latency_ms, percent)), 2) if len(latency_ms) else 0.0
