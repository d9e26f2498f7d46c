"""Counts a request against the limit of the session or user that it names."""

from __future__ import annotations

from starlette.types import Scope

from backend.access.keys import Caller
from backend.access.quota import Quota
from backend.access.window import Grant
from backend.errors import Forbidden

CALLER = "vitrine.caller"  # in the scope of a request: the `Caller`, or None
IS_KEY_WRONG = "vitrine.is_key_wrong"  # whether it came with a key that isn't one
GRANT = "vitrine.grant"  # the `Grant` that its answer tells of
_ADMITTED = "vitrine.admitted"


def caller_of(scope: Scope) -> Caller | None:
    """Return who sent a request with a right key, as the middleware found."""
    caller: Caller | None = scope.get(CALLER)
    return caller


def is_key_wrong(scope: Scope) -> bool:
    """Whether a request came with a key that is wrong, expired or revoked, as the middleware found."""
    return bool(scope.get(IS_KEY_WRONG, False))


class Visitor:
    """The shopper of one request.

    Whoever has a key is limited by it alone: behind a shop's backend are many shoppers.
    """

    def __init__(self, scope: Scope, quota: Quota) -> None:
        self._scope = scope
        self._quota = quota

    def admit_now(self, session_id: str | None, user_id: str | None) -> bool:
        """Count the request without waiting; False when `admit` has to be awaited, and nothing has been counted.

        A request is counted once, however often this is called.

        Raises:
            Forbidden: it names a user, and its key isn't one for that.
            RateLimited: the session or user has sent too many.
        """
        identity = self._identity(session_id, user_id)
        if identity is None:
            return True
        grant = self._quota.take(identity)
        if grant is not None:
            self._note(grant)
        return grant is not None

    async def admit(self, session_id: str | None, user_id: str | None) -> None:
        """Count the request, as `admit_now` does, and wait for Redis where that matters."""
        identity = self._identity(session_id, user_id)
        if identity is not None:
            self._note(await self._quota.grant(identity))

    def _identity(self, session_id: str | None, user_id: str | None) -> str | None:
        caller = caller_of(self._scope)
        if caller is not None and user_id is not None and not caller.may("search"):
            raise Forbidden("this API key doesn't have the scope search, which naming a user needs", scope="search")
        if caller is not None or _ADMITTED in self._scope:
            return None
        if session_id is not None:
            return f"s:{session_id}"
        return None if user_id is None else f"u:{user_id}"

    def _note(self, grant: Grant) -> None:
        self._scope[GRANT] = grant
        if not grant.granted:
            raise self._quota.refusal(grant)
        self._scope[_ADMITTED] = True
