"""Disturb a server under load, and check every answer: `make prove-faults`.

    python -m scripts.prove_faults
    python -m scripts.prove_faults --only Redis --only worker

Two workers on a durable PostgreSQL and a Redis, all started here, are asked without pause: searches with known right
answers, personal searches, recommendations, feedback, and writes of products that are looked for at once. Meanwhile
Redis is killed, paused, flushed and filled with garbage, PostgreSQL shut down, killed and paused, once for longer
than any time limit, a worker killed, some of it beside 100 clients, and in the end the server told to stop. An answer
must be one that was right at some moment between request and answer; without Redis everything is answered, without
PostgreSQL what is in memory, and the rest gets a typed 503; nothing takes longer than 8 s; all recovers without a
hand; what was acknowledged is in the database; and what was accepted before SIGTERM is answered. Exit code 1 when
anything is otherwise.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import orjson
import typer

from backend.config import Settings
from scripts.console import clear_errors, console, fail, load_settings
from scripts.faults.books import EventBook, ProductBook, Write
from scripts.faults.calls import Connection, Journal
from scripts.faults.causes import FAULTS, Fault
from scripts.faults.clients import CROWD_PAUSE_S, READERS, SEARCHERS, SHOPPERS, Known, asking, crowd, usual
from scripts.faults.outcome import Outcome, judge, judge_stop, table
from scripts.faults.shop import WRITERS, Question, questions, static_products, version_of, written_products
from scripts.faults.stage import Stage
from scripts.local_services import server_account, server_folder

app = typer.Typer(add_completion=False)

CLIENTS = SEARCHERS + SHOPPERS + WRITERS + READERS
SEEDS_APART = 1000  # of two crowds: none has as many
QUIET_S = 2.0  # without a failure: all is well again
PATIENCE_S = 60.0
UNEXPECTED = re.compile(r'"message":"(?:unexpected error|Exception in ASGI application)')


@app.command(help=__doc__)
def main(
    only: Annotated[list[str] | None, typer.Option(help="Faults whose names have this in them.")] = None,
    workers: Annotated[int, typer.Option(min=2, help="Servers on one port.")] = 2,
    warm_s: Annotated[float, typer.Option(min=0, help="Seconds of load before the first fault.")] = 5.0,
    json: Annotated[bool, typer.Option(help="Print JSON instead of a table.")] = False,
) -> None:
    """Run the command."""
    faults = [fault for fault in FAULTS if not only or any(part in fault.name for part in only)]
    with clear_errors():
        outcomes = prove(load_settings(), faults, workers=workers, warm_s=warm_s)
    print(orjson.dumps([asdict(one) for one in outcomes]).decode() if json else table(outcomes))
    if any(outcome.wrong for outcome in outcomes):
        fail("a fault did harm")


def prove(settings: Settings, faults: Sequence[Fault], *, workers: int, warm_s: float) -> list[Outcome]:
    """Run all faults; return what became of the requests."""
    with server_folder(server_account()) as folder:
        stage = Stage(folder, settings, workers)
        with stage.running():
            return _disturb(stage, faults, warm_s)


def _disturb(stage: Stage, faults: Sequence[Fault], warm_s: float) -> list[Outcome]:
    journal, products, events = Journal(), ProductBook(), EventBook()
    connection = Connection(stage.port, journal)
    for product in (*static_products(), *written_products().values()):
        told = connection.call("fill", "PUT", f"/api/v1/products/{product['id']}", product)
        if product["id"] in written_products():
            products.send(product["id"], 1)
            products.acknowledge(product["id"], Write(1, told["catalogue_version"], time.monotonic()))
    connection.close()
    known = Known(stage.port, journal, products, events, _asked_of_all(stage, journal, told["catalogue_version"]))
    outcomes = []
    with asking(usual(known)) as stopping:
        time.sleep(warm_s)
        outcomes.append(judge("none", journal.since(0), journal.wrong_since(0), "nothing", time.monotonic(), CLIENTS))
        for number, fault in enumerate(faults, 1):
            console.print(fault.name, highlight=False)
            with asking(crowd(known, fault.crowd, number * SEEDS_APART), pause_s=CROWD_PAUSE_S):
                outcomes.append(_suffer(stage, journal, products, fault))
        console.print("SIGTERM", highlight=False)
        asked_at = time.monotonic()
        returncode = stage.terminate()
        stopping.set()
    calls, complaints = journal.since(asked_at), journal.wrong_since(asked_at)
    outcomes.append(judge_stop(calls, complaints, asked_at, returncode))
    outcomes.append(_audit(stage, products, events))
    return outcomes


def _asked_of_all(stage: Stage, journal: Journal, version: int) -> list[Question]:
    """Ask the questions of every worker: what it has shown once it shows again without the database."""
    asked: dict[int, list[Question]] = {}
    while len(asked) < stage.workers:
        connection = Connection(stage.port, journal)
        workers = connection.call("baseline", "GET", "/status")["workers"]
        pid = next(worker["pid"] for worker in workers if worker["is_answering"])
        if pid not in asked and version_of(connection) >= version:
            stage.flush_redis()  # else it would hand out the other's answers, and never load what they show
            asked[pid] = questions(connection)
        connection.close()
    first, *others = asked.values()
    if any(other != first for other in others):
        raise ValueError("the workers give different answers")
    return first


def _suffer(stage: Stage, journal: Journal, products: ProductBook, fault: Fault) -> Outcome:
    began = time.monotonic()
    if fault.excuse == "database":
        products.database_down(began)
    fault.begin(stage)
    time.sleep(fault.lasts_s)
    fault.end(stage)
    ended = time.monotonic()
    if fault.excuse == "database":
        products.database_down(began, ended)
    fault.recovered(stage)
    recovered = time.monotonic()
    wrong = []
    while any(call.status != 200 for call in journal.since(max(ended, time.monotonic() - QUIET_S))) or (
        time.monotonic() < ended + QUIET_S
    ):
        if time.monotonic() > ended + PATIENCE_S:
            wrong.append(f"requests still fail {PATIENCE_S:g} s later")
            break
        time.sleep(0.1)
    complaints = [*journal.wrong_since(began), *wrong]
    clients = CLIENTS + fault.crowd
    return judge(fault.name, journal.since(began), complaints, fault.excuse, ended, clients, recovered - ended)


def _audit(stage: Stage, products: ProductBook, events: EventBook) -> Outcome:
    """Compare the database with the books."""
    prices, logged = stage.stored()
    wrong = [*products.wrong_at_the_end(prices), *events.wrong_at_the_end(logged)]
    if traces := len(UNEXPECTED.findall(stage.server_log)):
        wrong.append(f"{traces} requests failed unexpectedly; the first:\n{_first_trace(stage.server_log)}")
    return Outcome(f"books: {len(events)} events, {products.count} writes", 0, 0, 0, 0, 0, 0.0, tuple(wrong))


def _first_trace(log: str) -> str:
    return next(line for line in log.splitlines() if UNEXPECTED.search(line))[:3000]


if __name__ == "__main__":
    app()
