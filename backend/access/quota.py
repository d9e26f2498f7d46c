"""One limit, as those ask it who have to keep it."""

from __future__ import annotations

from backend.access.limiter import Limiter
from backend.access.window import Bucket, Grant
from backend.errors import RateLimited


class Quota:
    """A bucket of the limiter."""

    def __init__(self, limiter: Limiter, name: str, per_minute: int, whose: str) -> None:
        """Name what is limited.

        Args:
            limiter: counts.
            name: of the bucket; those of one name are counted together.
            per_minute: for each identity; 0 doesn't limit.
            whose: who sends too much, for the error's message.
        """
        self._limiter = limiter
        self._whose = whose
        self.bucket = Bucket(name, per_minute)

    def take(self, identity: str, wanted: int = 1) -> Grant | None:
        """Count without waiting; None when that has to be awaited: see `Limiter.take`."""
        return self._limiter.take(self.bucket, identity, wanted)

    async def grant(self, identity: str, wanted: int = 1) -> Grant:
        """Count requests, and say how many of them are let through."""
        grant = self._limiter.take(self.bucket, identity, wanted)
        return grant if grant is not None else await self._limiter.ask(self.bucket, identity, wanted)

    def refusal(self, grant: Grant) -> RateLimited:
        """Return the error for a request that isn't let through."""
        return RateLimited(
            f"{self._whose} sends more than {grant.bucket.limit} a minute; try again in {grant.retry_after_s} s",
            bucket=grant.bucket.name,
            limit=grant.bucket.limit,
            retry_after_s=grant.retry_after_s,
        )
