"""Sends the application a few requests before it is ready: what is slow the first time is slow for nobody."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

import orjson
from starlette.types import ASGIApp, Message

from backend.catalogue.live import LiveCatalogue
from backend.model.engine import Engine
from backend.monitor.current import AHEAD, REQUEST_ID

logger = logging.getLogger(__name__)
WARM_UP_S = 5.0
WORDS = 3  # of the shop, that are asked for
LONG_ENOUGH = 5  # letters of a word, for a typing error in it to be corrected
_rehearsing: ContextVar[list[Engine] | None] = ContextVar("rehearsing", default=None)


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    path: str
    query_string: bytes = b""
    body: bytes = b""


def rehearsed_engine() -> Engine | None:
    """Return what answers these requests, while nobody else is answered yet; None for any other request."""
    engines = _rehearsing.get()
    return engines[0] if engines else None


async def rehearse(app: ASGIApp, engine: Engine, key: str | None) -> None:
    """Have an engine answer completions and searches over the whole way, right ones and mistyped ones.

    Nothing of it is counted, limited or fatal.

    Args:
        app: the application.
        engine: that is to serve.
        key: an API key, where reading needs one.
    """
    engines = [engine]
    token = _rehearsing.set(engines)
    try:
        async with asyncio.timeout(WARM_UP_S):
            for asked in _requests(await engine.compute.run(partial(_words, engine.live))):
                await _ask(app, asked, key)
    except TimeoutError:
        logger.info("ready without having tried everything: that took longer than %g s", WARM_UP_S)
    except Exception:  # a server that hasn't tried everything is worth more than one that never serves
        logger.exception("ready without having tried everything")
    finally:
        _rehearsing.reset(token)
        # Connections and timers that were made meanwhile keep a copy of this context, some for as long as they live.
        engines.clear()


def mistyped(word: str) -> str:
    """Return a word with two letters swapped."""
    return word[:2] + word[3] + word[2] + word[4:]


def _words(live: LiveCatalogue) -> list[str]:
    """Return a few words of the shop that are long enough to be mistyped; another one where it has none."""
    found = (one.text for letter in "esacmtbp" for one in live.texts.suggest(letter, WORDS))
    return [text for text in dict.fromkeys(found) if len(text) >= LONG_ENOUGH and text.isalpha()][:WORDS] or [
        "product"
    ]


def _requests(words: list[str]) -> Iterator[_Asked]:
    for word in words:
        for typed in (word[:3], mistyped(word)):
            yield _Asked("GET", "/api/v1/suggest", b"q=" + quote(typed).encode())
        for query in (word, mistyped(word), f"{mistyped(word)} {words[0]}"):
            # Of another length each time, since another worker may have left its answer in Redis.
            body = {"query": query, "limit": 1 + secrets.randbelow(100)}
            yield _Asked("POST", "/api/v1/search", body=orjson.dumps(body))


async def _ask(app: ASGIApp, asked: _Asked, key: str | None) -> None:
    """Send one request, and let go of its answer."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(asked.body))]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "root_path": "",
        "query_string": asked.query_string,
        "headers": [*headers, (b"x-api-key", key.encode())] if key else headers,
        "client": None,
        "server": None,
        "state": {},
        AHEAD: True,
        REQUEST_ID: "warm-up",
    }
    messages: list[Message] = [{"type": "http.request", "body": asked.body, "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()  # it never leaves before its answer
        return messages.pop()

    async def send(_: Message) -> None:
        return None

    with suppress(Exception):  # the handler of unexpected errors has logged it
        await app(scope, receive, send)
