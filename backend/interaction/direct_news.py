"""Asks the log what is new of several shoppers at once, through the event loop's own connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import String, Table

from backend.database.direct import DIALECT, DirectConnection, Statement
from backend.interaction.events import LoggedEvent
from backend.interaction.tables import InteractionRow, InteractionStateRow

_LOG, _STATE = cast(Table, InteractionRow.__table__), cast(Table, InteractionStateRow.__table__)
_HEAD, _USER, _SESSION = range(3)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a shopper.

    Attributes:
        user_id: None for a stranger.
        user_seq: number of the user's last event that is known.
        session_id: None outside of a session.
        session_seq: number of the session's last event that is known.
    """

    user_id: str | None
    user_seq: int
    session_id: str | None
    session_seq: int


@dataclass(frozen=True, slots=True)
class News:
    """Events that are new of a shopper, in any order; one that belongs to both user and session is in both."""

    of_user: list[LoggedEvent] = field(default_factory=list)
    of_session: list[LoggedEvent] = field(default_factory=list)


def _statement() -> Statement:
    columns = [_LOG.c[name] for name in LoggedEvent._fields]
    types = ["varchar" if isinstance(one.type, String) else one.type.compile(DIALECT) for one in columns]
    nothing = ", ".join(f"NULL::{type_}" for type_ in types[1:])
    event = ", ".join(f"event.{one.name}" for one in columns)
    # Of a session that users shared, each has their own and the nameless part.
    return Statement(
        f"""
        SELECT {_HEAD}, 0::bigint, erasures, {nothing} FROM {_STATE.name} WHERE id = 1
        UNION ALL
        SELECT {_USER}, asked.place, {event}
        FROM unnest(%(users)s::text[], %(user_seqs)s::bigint[]) WITH ORDINALITY AS asked (user_id, seq, place)
        JOIN {_LOG.name} AS event ON event.user_id = asked.user_id AND event.seq > asked.seq
        UNION ALL
        SELECT {_SESSION}, asked.place, {event}
        FROM unnest(%(sessions)s::text[], %(session_seqs)s::bigint[], %(users)s::text[])
            WITH ORDINALITY AS asked (session_id, seq, user_id, place)
        JOIN {_LOG.name} AS event ON event.session_id = asked.session_id AND event.seq > asked.seq
            AND (asked.user_id IS NULL OR event.user_id IS NULL OR event.user_id = asked.user_id)
        LIMIT %(most)s
        """  # noqa: S608  names of our own
    )


_NEWS = _statement()


async def read_news(
    connection: DirectConnection, shoppers: Sequence[Known], most: int
) -> tuple[int, list[News]] | None:
    """Return the number of erasures and what is new of each shopper, all as of one moment.

    Returns:
        None when there are more than `most` events: too many for this.
    """
    given = {
        "users": [one.user_id for one in shoppers],
        "user_seqs": [one.user_seq for one in shoppers],
        "sessions": [one.session_id for one in shoppers],
        "session_seqs": [one.session_seq for one in shoppers],
        "most": most + 2,  # with the head
    }
    rows = await connection.rows(_NEWS, given)
    if len(rows) > most + 1:
        return None
    erasures = -1
    news = [News() for _ in shoppers]
    for kind, place, *values in rows:
        if kind == _HEAD:
            erasures = values[0]
        else:
            of = news[place - 1]
            (of.of_user if kind == _USER else of.of_session).append(LoggedEvent(*values))
    return erasures, news
