"""Proves that live states keep their promises, with real processes that are killed.

    make prove-state
    make prove-state PROVE_ARGS="--interleavings 300 --kills 3"

Two servers and a worker share a PostgreSQL and a Redis, all started here. First many clients write feedback and read
states from either server, at random, while Redis is killed and started again: every answer must be of a state version
that isn't lower than any that was returned for the same shopper before the request began, and hold every acknowledged
event. Then servers and worker are killed with SIGKILL, one after another, under load: every acknowledged event must
be in the log once, and what each server and each profile says must be what the log says, within 1e-6.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from sqlalchemy import text

from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.replay import Replay
from backend.interaction.states import UserStates
from backend.interaction.vectors import EventVectors
from ml.profile.rules import InteractionType, ProfileRules
from scripts.local_services import (
    LOOPBACK,
    answers_ping,
    find_redis,
    free_port,
    fresh_database,
    postgres_server,
)
from scripts.state_space import active_space

ROOT = Path(__file__).parents[2]
SHOPPERS = 20
CLIENTS = 8
START_TIMEOUT_S = 400.0  # the very first start exports the model
# One session decay: then a session's direction doesn't depend on the moment at which it is read.
RULES = orjson.dumps({"types": {kind.value: {"session_decay_minutes": 30} for kind in InteractionType}})
TITLES = [" ".join(words) for words in itertools.product(("steel", "red", "wooden"), ("mug", "shoe", "hose", "lamp"))]


class Process:
    """A process that can be killed and started again."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._command, self._environment, self._log = command, environment, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=self._log.parent, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it as a crash would: it gets no chance to do anything."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


class Node(Process):
    """A server on a port of its own."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "scripts.serve", "--host", LOOPBACK, "--port", str(self.port)]
        super().__init__(command, environment, log)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
                try:
                    connection.request("GET", "/ready")
                    if connection.getresponse().status == 200:
                        return
                finally:
                    connection.close()
            if time.monotonic() > deadline or not self.is_running():
                raise RuntimeError(f"a server did not become ready:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.05)


@dataclass
class Told:
    """What clients have been told, by shopper."""

    versions: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def floor(self, shopper: str) -> tuple[int, int]:
        with self.lock:
            return self.versions.get(shopper, 0), self.events.get(shopper, 0)

    def note(self, shopper: str, version: int, events: int = 0) -> None:
        with self.lock:
            self.versions[shopper] = max(self.versions.get(shopper, 0), version)
            self.events[shopper] = self.events.get(shopper, 0) + events


class Client:
    """One client, with a connection to each server."""

    def __init__(self, nodes: list[Node], seed: int) -> None:
        self.random = random.Random(seed)
        self._nodes = nodes
        self._connections: dict[int, http.client.HTTPConnection] = {}

    def call(self, method: str, path: str, body: Any = None, node: int | None = None) -> tuple[int, Any]:
        """Ask a server, any if none is named.

        Raises:
            OSError, HTTPException: it isn't there, or was killed before it answered.
        """
        number = self.random.randrange(len(self._nodes)) if node is None else node
        connection = self._connections.get(number)
        if connection is None:
            connection = http.client.HTTPConnection(LOOPBACK, self._nodes[number].port, timeout=30)
            self._connections[number] = connection
        try:
            content = None if body is None else orjson.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, orjson.loads(answer.read())
        except (OSError, http.client.HTTPException):
            self._connections.pop(number).close()
            raise

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def event(self) -> dict[str, Any]:
        """Make up something that a shopper does."""
        kind = self.random.choice(list(InteractionType))
        shopper = self.random.randrange(SHOPPERS)
        return {
            "user_id": f"u{shopper}",
            "session_id": f"s{shopper}",
            "product_id": f"p{self.random.randrange(len(TITLES))}",
            "interaction_type": kind.value,
            "event_id": str(uuid.UUID(int=self.random.getrandbits(128))),
            **({"rating": self.random.randint(1, 5)} if kind is InteractionType.RATING else {}),
        }


class Proof:
    """Two servers, a worker, and what they say."""

    def __init__(self, database_url: str, redis_url: str, folder: Path) -> None:
        rules = folder / "rules.json"
        rules.write_bytes(RULES)
        self._settings = Settings(
            _env_file=None,
            database_url=database_url,
            redis_url=redis_url,
            faiss_index_path=folder / "index",
            media_path=folder / "media",
            encoder_cache_path=ROOT / "var/encoders",
            interaction_rules_path=rules,
        )
        own = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "FAISS_INDEX_PATH": str(self._settings.faiss_index_path),
            "MEDIA_PATH": str(self._settings.media_path),
            "ENCODER_CACHE_PATH": str(self._settings.encoder_cache_path),
            "ENCODER_THREADS": "1",
            "INTERACTION_RULES_PATH": str(rules),
            "FEEDBACK_RATE_PER_MINUTE": "10000000",
            "PROFILE_INTERVAL_S": "0.05",
            "PYTHONPATH": str(ROOT),
        }
        cleared = ("API_", "CLIP_", "DATABASE_", "REDIS_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(cleared)} | own
        self.nodes = [Node(environment, folder / f"server-{number}.log") for number in range(2)]
        command = [sys.executable, "-m", "scripts.worker"]
        self.worker = Process(command, environment, folder / "worker.log")
        self.told = Told()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start everything, and fill the shop."""
        try:
            self.nodes[0].start()
            self.nodes[0].wait_until_ready()
            client = Client(self.nodes[:1], 0)
            for number, title in enumerate(TITLES):
                status, _ = client.call("PUT", f"/api/v1/products/p{number}", {"title": title})
                assert status == 200
            client.close()
            self.nodes[1].start()
            self.worker.start()
            self.nodes[1].wait_until_ready()
            yield
        finally:
            for process in (*self.nodes, self.worker):
                process.kill()

    def interleave(self, count: int, redis: Redis) -> dict[str, Any]:
        """Write and read at random while Redis comes and goes; return what was done."""
        numbers = itertools.count()
        done = {"feedback": 0, "reads": 0, "broken promises": 0}
        lock = threading.Lock()

        def shop(seed: int) -> None:
            client = Client(self.nodes, seed)
            while next(numbers) < count:
                event = client.event()
                shopper = event["user_id"]
                version, events = self.told.floor(shopper)
                if client.random.random() < 0.5:
                    status, answer = client.call("POST", "/api/v1/feedback", event)
                    kept, what = status == 200 and answer["state_version"] > version, "feedback"
                else:
                    path = f"/api/v1/users/{shopper}/state?session_id={event['session_id']}"
                    status, answer = client.call("GET", path)
                    held = answer["long_term"]["events"] >= events and answer["session"]["events"] >= events
                    kept, what = status == 200 and answer["state_version"] >= version and held, "reads"
                self.told.note(shopper, answer["state_version"], what == "feedback")
                with lock:
                    done[what] += 1
                    done["broken promises"] += not kept
            client.close()

        with redis.coming_and_going() as outages, ThreadPoolExecutor(CLIENTS) as threads:
            for one in [threads.submit(shop, seed) for seed in range(CLIENTS)]:
                one.result()
        return {**done, "redis killed": outages()}

    def kill(self, count: int) -> dict[str, Any]:
        """Kill servers and worker in turn, under load; return what became of the events."""
        stop = threading.Event()
        acknowledged: list[str] = []
        repeated = itertools.count()

        def load(seed: int) -> None:
            client = Client(self.nodes, 1000 + seed)
            while not stop.is_set():
                event = client.event()
                while True:  # as a client that wants its event counted: again, under the same id
                    try:
                        status, answer = client.call("POST", "/api/v1/feedback", event)
                    except (OSError, http.client.HTTPException):
                        next(repeated)
                        time.sleep(0.02)
                        continue
                    if status == 200:
                        break
                    if status != 503:
                        raise RuntimeError(f"{status}: {answer}")
                    next(repeated)
                    time.sleep(0.02)
                acknowledged.append(event["event_id"])
            client.close()

        with ThreadPoolExecutor(CLIENTS) as threads:
            clients = [threads.submit(load, seed) for seed in range(CLIENTS)]
            pause = random.Random(1)
            try:
                for number in range(count):
                    victim = (self.nodes[0], self.worker, self.nodes[1])[number % 3]
                    time.sleep(pause.uniform(0.05, 0.5))
                    victim.kill()
                    victim.start()
                    if isinstance(victim, Node):
                        victim.wait_until_ready()
            finally:
                stop.set()
            for one in clients:
                one.result()
        return {
            "killed": count,
            "acknowledged": len(acknowledged),
            "repeated": next(repeated),
            **self._counted(acknowledged),
        }

    def _counted(self, acknowledged: list[str]) -> dict[str, Any]:
        database = Database(self._settings.database_url)
        with database.reading() as db:
            ids = list(db.scalars(text("SELECT event_id FROM interactions")))
            first, last = db.execute(text("SELECT min(seq), max(seq) FROM interactions")).one()
        database.close()
        return {
            "lost": len(set(acknowledged) - set(ids)),
            "doubled": len(ids) - len(set(ids)) + len(acknowledged) - len(set(acknowledged)),
            "gaps": last - first + 1 - len(ids),
        }

    def compare(self) -> dict[str, Any]:
        """Compare what profiles and servers say with what the log says."""
        database = Database(self._settings.database_url)
        space, _ = active_space(database, self._settings)
        rules = ProfileRules.read(self._settings.interaction_rules_path)
        self._wait_for_worker()
        compared = Replay(database, space, rules, lambda _: None).compare(time.time())
        difference, miscounted = compared.max_difference, compared.miscounted + compared.missing
        fresh = UserStates(database, rules, EventVectors(), SHOPPERS)
        client = Client(self.nodes, 0)
        rebuilt = {one.user_id: one.profile for one in Replay(database, space, rules, lambda _: None).run()}
        with database.reading() as db:
            for shopper, node in itertools.product(range(SHOPPERS), range(len(self.nodes))):
                user, session = f"u{shopper}", f"s{shopper}"
                path = f"/api/v1/users/{user}/state?session_id={session}&vectors=true"
                status, view = client.call("GET", path, node=node)
                assert status == 200
                expected = fresh.read_in(db, None, session, space)
                for part, vector, events in (
                    (view["long_term"], rebuilt[user].sums.vector(time.time()), rebuilt[user].events),
                    (view["session"], expected.session, expected.session_events),
                ):
                    assert vector is not None
                    difference = max(difference, float(np.abs(np.array(part["vector"]) - vector).max()))
                    miscounted += part["events"] != events
        client.close()
        database.close()
        return {"profiles": compared.users, "miscounted": miscounted, "max difference": difference}

    def _wait_for_worker(self) -> None:
        client = Client(self.nodes, 0)
        deadline = time.monotonic() + START_TIMEOUT_S
        while client.call("GET", "/status")[1]["profiles"]["lag_events"]:
            if time.monotonic() > deadline:
                raise RuntimeError("the worker doesn't come to the end of the log")
            time.sleep(0.1)
        client.close()


class Redis(Process):
    """A Redis that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        command = [find_redis(), "--bind", LOOPBACK, "--port", str(self.port), "--dir", str(folder), "--save", ""]
        super().__init__(command, dict(os.environ), folder / "redis.log")

    @contextlib.contextmanager
    def coming_and_going(self) -> Iterator[Any]:
        """Kill it and start it again, over and over, until the block ends."""
        stop, count = threading.Event(), itertools.count()

        def disturb() -> None:
            while not stop.wait(0.7):
                self.kill()
                next(count)
                stop.wait(0.7)
                self.start()

        thread = threading.Thread(target=disturb)
        thread.start()
        try:
            yield lambda: next(count)
        finally:
            stop.set()
            thread.join()


def prove(folder: Path, postgres_url: str, interleavings: int, kills: int) -> dict[str, Any]:
    """Run both proofs; return what was done and what was found."""
    with fresh_database(postgres_url) as database_url:
        redis = Redis(folder)
        redis.start()
        try:
            deadline = time.monotonic() + START_TIMEOUT_S
            while not answers_ping(redis.port):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            proof = Proof(database_url, redis.url, folder)
            with proof.running():
                report = {"order": proof.interleave(interleavings, redis)}
                report["kills"] = proof.kill(kills)
                report["states"] = proof.compare()
        finally:
            redis.kill()
    return report


def is_kept(report: dict[str, Any]) -> bool:
    """Whether nothing was lost, doubled, out of order or off."""
    order, kills, states = report["order"], report["kills"], report["states"]
    return (
        order["broken promises"] == kills["lost"] == kills["doubled"] == kills["gaps"] == states["miscounted"] == 0
        and states["max difference"] <= 1e-6
    )


app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    interleavings: Annotated[
        int, typer.Option(min=1, help="Feedback and reads while Redis comes and goes.")
    ] = 10_000,
    kills: Annotated[int, typer.Option(min=0, help="Of servers and worker, in turn.")] = 100,
) -> None:
    """Run the command."""
    with tempfile.TemporaryDirectory() as folder, postgres_server() as url:
        report = prove(Path(folder), url, interleavings, kills)
    for part, values in report.items():
        typer.echo(part)
        typer.echo("\n".join(f"  {name:<18}{value}" for name, value in values.items()))
    if not is_kept(report):
        sys.exit("a promise was broken")


if __name__ == "__main__":
    app()
