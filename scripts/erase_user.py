"""Erase a user, and check that nothing is left.

    python -m scripts.erase_user u-17
    python -m scripts.erase_user u-17 --check

Deletes the user's events, the nameless ones of their sessions, their profiles and their votes for popularity, beside
running servers, all of which forget them at once. Then every text of every table and every key and value in Redis is
searched for the id; --check does only this. Exit code 1 when a trace is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import orjson
import redis
import typer

from backend.interaction.erasure import Erased, erase_user, find_traces
from backend.interaction.schemas import check_actor_id
from backend.interaction.user_data import ERASERS
from scripts.console import UsageError, clear_errors, fail, load_settings
from scripts.pipeline import open_database

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    user_id: Annotated[str, typer.Argument(help="Whom.")],
    check: Annotated[bool, typer.Option("--check", help="Delete nothing, only look.")] = False,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        try:
            check_actor_id(user_id)
        except ValueError as error:
            raise UsageError(str(error)) from error
        settings = load_settings()
        with open_database(settings) as database:
            erased = None if check else erase_user(database, user_id, ERASERS)
            traces = [f"{trace.table}.{trace.column}: {trace.rows}" for trace in find_traces(database, user_id)]
        if settings.redis_url is not None:
            traces += _traces_in_redis(settings.redis_url, user_id)
    report = {
        "deleted": None if erased is None else erased.rows,
        "awaiting_checkpoint": erased is not None and erased.awaiting_checkpoint,
        "traces": traces,
    }
    print(orjson.dumps(report).decode() if json else _text(erased, traces))
    if traces:
        fail(f"{len(traces)} places still name the user")


def _traces_in_redis(url: str, id_: str) -> list[str]:
    """Look for an id in every key and every string, hash, list and set."""
    needle = id_.encode()
    found = []
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            for key in client.scan_iter(count=1000):
                if needle in key or any(needle in _bytes(value) for value in _values(client, key)):
                    found.append(f"Redis {key.decode(errors='replace')}")
    except redis.RedisError as error:
        raise UsageError(f"can't look into Redis: {error}. Nothing of a user is kept there.") from error
    return found


def _values(client: redis.Redis, key: bytes) -> Iterator[bytes | str]:
    kind = client.type(key)
    if kind == b"string":
        yield client.get(key) or b""
    elif kind == b"hash":
        for field, value in client.hscan_iter(key):
            yield from (field, value)
    elif kind == b"list":
        yield from client.lrange(key, 0, -1)
    elif kind == b"set":
        yield from client.sscan_iter(key)
    elif kind == b"zset":
        yield from (member for member, _ in client.zscan_iter(key))


def _bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _text(erased: Erased | None, traces: list[str]) -> str:
    rows = {} if erased is None else erased.rows
    lines = [f"deleted from {table:<20}{count:>10,}" for table, count in rows.items()]
    if erased is not None and erased.awaiting_checkpoint:
        lines.append("still in the files of SQLite, as somebody is reading them: a worker takes it out")
    return "\n".join([*lines, *traces, f"{len(traces)} traces"])


if __name__ == "__main__":
    app()
