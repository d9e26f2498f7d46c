"""What is disturbed: PostgreSQL, Redis and servers, as serve_full starts them."""

from __future__ import annotations

import http.client
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from backend.config import Settings
from scripts.console import UsageError
from scripts.full.child import Child
from scripts.full.services import shop_database
from scripts.full.topology import Place
from scripts.local_services import LOOPBACK, free_port
from scripts.serving import Server, environment

START_TIMEOUT_S = 240.0
GARBAGE = (b"", b"\x00\xff" * 40, b"999999999999999999999", b'{"items":[]}')


class Stage:
    """The processes, and what can be done to them.

    Attributes:
        port: of the servers.
    """

    def __init__(self, folder: Path, settings: Settings, workers: int) -> None:
        """Prepare; `running` starts.

        Args:
            folder: empty, in reach of the account that PostgreSQL runs as.
            settings: of model and encoder.
            workers: servers on one port.
        """
        self.port = free_port()
        self.workers = workers
        self._place = Place(folder, LOOPBACK, self.port)
        self._place.logs.mkdir()
        self._settings = settings
        self._postgres, self._maintenance_url = self._place.postgres()
        self._redis, self._redis_url = self._place.redis()
        self._servers: Child | None = None
        self._database_url = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start everything, and end it with the block."""
        try:
            self._postgres.start()
            self._redis.start()
            for service in (self._postgres, self._redis):
                service.wait_until_ready(START_TIMEOUT_S)
            self._database_url = shop_database(self._maintenance_url)
            settings = self._place.settings(self._settings, self._database_url, self._redis_url)
            # What is disturbed are the services: no shopper has to be kept from asking too much.
            lifted = {"RATE_LIMIT_PER_MINUTE": "0", "FEEDBACK_RATE_PER_MINUTE": "0", "LOG_LEVEL": "INFO"}
            self._servers = self._place.server(environment(settings) | lifted, LOOPBACK, self.port, self.workers)
            self._servers.start()
            self._servers.wait_until_ready(START_TIMEOUT_S)
            self.wait_for_workers()
            yield
        finally:
            for child in (self._servers, self._redis, self._postgres):
                if child is not None:
                    child.kill()

    @property
    def server_log(self) -> str:
        """All that the servers have said."""
        return (self._place.logs / "servers.log").read_text(errors="replace")

    def wait_for_workers(self) -> None:
        """Return once every worker is ready.

        Raises:
            TimeoutError: one doesn't become so.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while self.ready_workers() < self.workers:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not every worker became ready:\n{self.server_log[-3000:]}")
            time.sleep(0.1)

    def ready_workers(self) -> int:
        """Return how many workers are ready; 0 as well when one that isn't, or that is just dying, is asked."""
        try:
            return sum(worker["ready"] for worker in self._status()["workers"])
        except (UsageError, OSError, http.client.HTTPException):
            return 0

    def kill_a_worker(self) -> None:
        """End a worker as a crash would; which one is left to chance."""
        os.kill(next(worker["pid"] for worker in self._status()["workers"] if worker["is_answering"]), signal.SIGKILL)
        while self.ready_workers() == self.workers:
            time.sleep(0.01)

    def terminate(self) -> int | None:
        """Ask the servers to end and wait; return how they did."""
        assert self._servers is not None  # noqa: S101  they run
        self._servers.stop()
        return self._servers.returncode

    def kill_redis(self) -> None:
        """End Redis as a crash would."""
        self._redis.kill()

    def start_redis(self) -> None:
        """Start it again, empty."""
        self._redis.start()
        self._redis.wait_until_ready(START_TIMEOUT_S)

    def pause_redis(self) -> None:
        """Have Redis stop in the middle of whatever it does."""
        self._redis.send(signal.SIGSTOP)

    def resume_redis(self) -> None:
        """Let it go on."""
        self._redis.send(signal.SIGCONT)

    def flush_redis(self) -> None:
        """Delete everything in Redis."""
        with redis.Redis.from_url(self._redis_url) as client:
            client.flushall()

    def spoil_redis(self, seconds: float, rng: random.Random) -> None:
        """Write garbage over every key that there is, again and again, and send it as messages."""
        until = time.monotonic() + seconds
        with redis.Redis.from_url(self._redis_url) as client:
            while time.monotonic() < until:
                for key in client.keys("vitrine*"):
                    client.delete(key)
                    if rng.random() < 0.3:
                        client.rpush(key, b"garbage")
                    else:
                        client.set(key, rng.choice((*GARBAGE, rng.randbytes(200))))
                client.publish("vitrine:catalogue", rng.choice((*GARBAGE, b"model", rng.randbytes(50))))
                time.sleep(0.02)

    def stop_postgres(self) -> None:
        """Shut PostgreSQL down without waiting for its clients."""
        self._postgres.stop()

    def kill_postgres(self) -> None:
        """End PostgreSQL as a crash would."""
        self._postgres.kill()

    def start_postgres(self) -> None:
        """Start it again on the same data; after a crash it waits until the old processes have noticed."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._postgres.is_ready():
            if not self._postgres.is_running():
                self._postgres.start()
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL doesn't start:\n{self._postgres.last_words()}")
            time.sleep(0.1)

    def pause_postgres(self) -> None:
        """Have every process of PostgreSQL stop in the middle of whatever it does."""
        self._signal_postgres(signal.SIGSTOP)

    def resume_postgres(self) -> None:
        """Let them go on."""
        self._signal_postgres(signal.SIGCONT)

    def stored(self) -> tuple[dict[str, float], list[str]]:
        """Return the prices of all products and the ids of all events, from the database itself."""
        engine = create_engine(self._database_url, poolclass=NullPool)
        with engine.connect() as connection:
            prices = connection.execute(text("SELECT id, price_cents FROM products")).all()
            events = connection.execute(text("SELECT event_id FROM interactions")).scalars().all()
        return {row[0]: row[1] / 100 for row in prices}, list(events)

    def _signal_postgres(self, number: signal.Signals) -> None:
        for process in Server(LOOPBACK, 0, self._postgres.pid).processes():
            os.kill(process, number)

    def _status(self) -> dict[str, Any]:
        server = Server(LOOPBACK, self.port, 0)
        with closing(server.connect()) as connection:
            status: dict[str, Any] = server.call(connection, "GET", "/status")
            return status
