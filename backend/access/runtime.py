"""Everything about access that the requests of one process share."""

from __future__ import annotations

from backend.access.address import ClientAddress
from backend.access.keyring import KeyRing
from backend.access.keys import Caller
from backend.access.limiter import Limiter
from backend.access.quota import Quota
from backend.access.shared_counts import SharedCounts
from backend.config import Settings
from backend.database.engine import Database

MOST_KEY_POLL_S = 1.0  # a key that somebody revokes is not to open anything for longer


class Access:
    """The keys, the limits, and where requests come from.

    Attributes:
        keys: who may do what.
        limiter: counts.
        shared: the counts in Redis; None without.
        session: limits what a session or user without a key asks for.
        feedback: limits the events of a user, or of a session without one.
        address: limits an address without a key.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        """Open nothing yet."""
        poll_s = min(MOST_KEY_POLL_S, settings.catalogue_poll_interval_s)
        self.keys = KeyRing(database, settings.api_keys, poll_s)
        self.shared = SharedCounts(settings.redis_url) if settings.redis_url is not None else None
        self.limiter = Limiter(self.shared)
        self.client_address = ClientAddress(settings.trusted_proxies)
        self.session = Quota(self.limiter, "session", settings.rate_limit_per_minute, "this session or user")
        self.feedback = Quota(self.limiter, "feedback", settings.feedback_rate_per_minute, "this user or session")
        self.address = Quota(self.limiter, "address", settings.rate_limit_ip_per_minute, "this address")
        self._key_per_minute = settings.rate_limit_key_per_minute
        self._key = Quota(self.limiter, "key", self._key_per_minute, "this API key")

    def of_key(self, caller: Caller) -> Quota:
        """Return the limit of a key: its own, or the setting's."""
        if caller.per_minute is None or caller.per_minute == self._key_per_minute:
            return self._key
        return Quota(self.limiter, "key", caller.per_minute, "this API key")

    def start(self) -> None:
        """Begin to follow the database and to count with the other processes."""
        self.keys.start()
        if self.shared is not None:
            self.shared.start()

    async def close(self) -> None:
        """Stop."""
        await self.keys.close()
        if self.shared is not None:
            await self.shared.close()
