"""PostgreSQL and Redis of the topology, from the programs that are installed here."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
from functools import partial
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from scripts.full.child import Child
from scripts.local_services import (
    LOOPBACK,
    ServiceUnavailable,
    accepts_sql,
    answers_ping,
    find_postgres,
    find_redis,
    free_port,
    runnable,
    server_account,
)

NAME = "vitrine"  # of user and database
MAX_CONNECTIONS = 200
REDIS_MEMORY = "256mb"


def postgres_child(folder: Path, logs: Path) -> tuple[Child, str]:
    """Return a durable PostgreSQL whose data stay in a folder, and the URL of its maintenance database.

    Raises:
        ServiceUnavailable: there is no PostgreSQL, or it can't use the folder.
    """
    account = server_account()
    folder.mkdir(parents=True, exist_ok=True)
    if account.uid is not None and account.gid is not None:
        os.chown(folder, account.uid, account.gid)
    if account.run("test", "-w", folder, cwd=Path("/")).returncode != 0:
        raise ServiceUnavailable(f"the account that PostgreSQL runs as can't reach {folder}; choose another --folder")
    shutil.rmtree(folder / "programs", ignore_errors=True)  # copied there if they can't be run where they are
    programs = runnable(find_postgres(), account, folder)
    secret, data, port = folder / "password", folder / "data", free_port()
    if not data.exists():
        secret.write_text(secrets.token_urlsafe(24))
        secret.chmod(0o600)
        if account.uid is not None and account.gid is not None:
            os.chown(secret, account.uid, account.gid)
        made = account.run(
            programs / "initdb", "-D", data, "-U", NAME, "-A", "scram-sha-256", f"--pwfile={secret}",
            "-E", "UTF8", "--locale=C",
            cwd=folder,
        )  # fmt: skip
        if made.returncode != 0:
            raise ServiceUnavailable(f"initdb failed: {made.stdout}{made.stderr}")
    url = URL.create(
        "postgresql+psycopg2", NAME, secret.read_text(), host=LOOPBACK, port=port, database="postgres"
    ).render_as_string(hide_password=False)
    # No Unix socket: its path may be no longer than some 100 characters.
    command: list[str | Path] = [
        programs / "postgres", "-D", data, "-h", LOOPBACK, "-p", str(port), "-c", "unix_socket_directories=",
        "-c", f"max_connections={MAX_CONNECTIONS}",
    ]  # fmt: skip
    child = Child(
        "PostgreSQL", command, logs / "postgres.log", account=account,
        stop_signal=signal.SIGINT,  # "fast": doesn't wait for clients to leave
        ready=partial(accepts_sql, url),
    )  # fmt: skip
    return child, url


def shop_database(server_url: str) -> str:
    """Return the URL of the shop's database on a running server; it is made if missing."""
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        known = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": NAME}).first()
        if known is None:
            connection.execute(text(f"CREATE DATABASE {NAME} ENCODING 'UTF8' TEMPLATE template0"))
    return engine.url.set(database=NAME).render_as_string(hide_password=False)


def redis_child(logs: Path) -> tuple[Child, str]:
    """Return a Redis that keeps nothing on disk and forgets what is least used, and its URL.

    Raises:
        ServiceUnavailable: there is none.
    """
    port = free_port()
    command: list[str | Path] = [
        find_redis(), "--bind", LOOPBACK, "--port", str(port), "--save", "", "--appendonly", "no",
        "--dir", logs, "--maxmemory", REDIS_MEMORY, "--maxmemory-policy", "allkeys-lru",
    ]  # fmt: skip
    child = Child("Redis", command, logs / "redis.log", ready=partial(answers_ping, port))
    return child, f"redis://{LOOPBACK}:{port}/0"
