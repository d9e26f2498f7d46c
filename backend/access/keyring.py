"""Knows the keys in memory, so that no request waits for the database."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from threading import Lock

from backend.access.keys import MAX_KEY_LENGTH, SCOPES, Caller, StoredKey, digest, parse
from backend.access.repository import KeyRepository
from backend.database.engine import Database
from backend.errors import NotReady

logger = logging.getLogger(__name__)
NOBODY = hashlib.sha256(b"").digest()  # compared with when there's no key of an id, so that the delay tells nothing


def _utc_now() -> datetime:
    return datetime.now(UTC)


class KeyRing:
    """The keys of the settings, and those of the database as of its last look.

    While the database is down the last look counts; before the first one nothing that needs a key is answered.
    """

    def __init__(
        self,
        database: Database,
        bootstrap: Sequence[str],
        poll_interval_s: float,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Know the keys of the settings alone.

        Args:
            database: has the others.
            bootstrap: keys of the settings, which allow everything.
            poll_interval_s: how often to look for changes.
            now: the moment that keys expire by.
        """
        self._database = database
        self._poll_interval_s = poll_interval_s
        self._now = now
        everything = frozenset(SCOPES)
        self._bootstrap = [(digest(key), Caller(f"env-{digest(key).hex()[:8]}", everything)) for key in bootstrap]
        self._stored: dict[str, tuple[StoredKey, Caller]] | None = None
        self._looks = self._taken = 0
        self._taking = Lock()
        self._task: asyncio.Task[None] | None = None

    @property
    def any(self) -> bool:
        """Whether the server has keys, even ones that are no longer valid.

        Raises:
            NotReady: it doesn't know yet.
        """
        if self._bootstrap:
            return True
        if self._stored is None:
            raise NotReady("the API keys are still being read; try again in a few seconds")
        return bool(self._stored)

    def identify(self, key: str) -> Caller | None:
        """Return whose key this is; None when it is wrong, expired or revoked.

        Every comparison is of digests and in constant time.
        """
        if not 0 < len(key) <= MAX_KEY_LENGTH:
            return None
        given = digest(key)
        found = None
        for expected, caller in self._bootstrap:
            if compare_digest(given, expected):
                found = caller
        parts = parse(key)
        if parts is None or found is not None:
            return found
        id_, secret = parts
        stored, caller_ = (self._stored or {}).get(id_, (None, None))
        right = compare_digest(digest(secret), stored.digest if stored is not None else NOBODY)
        return caller_ if right and stored is not None and stored.is_valid(self._now()) else None

    def read(self) -> None:
        """Look at the database now, on this thread."""
        look = self._begin()
        with self._database.reading() as db:
            self._take(KeyRepository(db).all(), look)

    def start(self) -> None:
        """Begin to follow what the database says."""
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        unreadable = False
        while True:
            await asyncio.sleep(self._poll_interval_s)
            look = self._begin()
            try:
                self._take(await self._database.read(lambda db: KeyRepository(db).all()), look)
                unreadable = False
            except Exception as error:  # whatever it is, following must not end: what is known goes on to count
                if not unreadable:  # once an outage, not once a second
                    logger.warning("can't read the API keys, those known go on to count: %s", error)
                unreadable = True

    def _begin(self) -> int:
        """Number a look, so that what began earlier and ends later doesn't bring back what was."""
        with self._taking:
            self._looks += 1
            return self._looks

    def _take(self, keys: Sequence[StoredKey], look: int) -> None:
        stored = {key.id: (key, Caller(key.id, key.scopes, key.per_minute)) for key in keys}
        with self._taking:
            if look > self._taken:
                self._taken, self._stored = look, stored
