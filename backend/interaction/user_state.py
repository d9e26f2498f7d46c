"""What is known of a shopper at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from backend.interaction.actor_state import Past
from backend.interaction.events import LoggedEvent
from ml.types import Embedding


@dataclass(frozen=True, slots=True)
class UserState:
    """What is known of a shopper at one moment.

    Attributes:
        version: number of the newest event that it holds; 0 without any. Of one shopper it never falls, on any
            worker, but when somebody is erased who is the user or took part in the session.
        erasures: how many users had been erased.
        long_term: float32, shape (d,), L2 norm 1, in the space of the engine that was asked for; None when there is
            nothing to go by.
        session: the same for the session, as of now.
        user_events: how many events of the user are in `long_term`.
        session_events: how many of the session are in `session`.
        past: the last events.
    """

    version: int
    erasures: int
    long_term: Embedding | None
    session: Embedding | None
    user_events: int
    session_events: int
    past: Past

    @property
    def name(self) -> str:
        """Names this state in the keys of caches."""
        newest = self.past.newest
        said = "" if newest is None else f" {newest.occurred_at_us} {newest.type} {newest.product_id}"
        return f"{self.version} {self.erasures}{said}"

    @property
    def recent(self) -> tuple[LoggedEvent, ...]:
        """The last events of user and session, each once, the latest act first."""
        return self.past.recent

    @property
    def purchased(self) -> frozenset[str]:
        """Ids of products that the user, or in the session somebody, has bought."""
        return self.past.purchased

    def recent_products(self, *types: str) -> list[str]:
        """Return the products of recent events, each once, the latest act first; of all types when none is named."""
        return list(dict.fromkeys(event.product_id for event in self.recent if not types or event.type in types))
