"""Reads what the worker has folded of several users, through the event loop's own connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import String, Table

from backend.database.direct import DIALECT, DirectConnection, Statement
from backend.interaction.actor_state import PURCHASED, RECENT, ActorState
from backend.interaction.events import LoggedEvent
from backend.interaction.profiles import STORED, StoredProfile, profile_of, profile_space
from backend.interaction.tables import InteractionRow, InteractionStateRow, ProfileRow
from backend.interaction.vectors import StateSpace
from ml.profile.rules import ProfileRules
from ml.profile.sums import DecayedSums

_LOG, _STATE, _PROFILES = (cast(Table, row.__table__) for row in (InteractionRow, InteractionStateRow, ProfileRow))
_HEAD, _PROFILE, _RECENT, _PURCHASE = range(4)


def _statement() -> Statement:
    columns = [_LOG.c[name] for name in LoggedEvent._fields]
    types = ["varchar" if isinstance(one.type, String) else one.type.compile(DIALECT) for one in columns]
    no_event = ", ".join(f"NULL::{type_}" for type_ in types)
    stored = [_PROFILES.c[name] for name in STORED]
    no_profile = ", ".join(f"NULL::{one.type.compile(DIALECT)}" for one in stored)
    event = ", ".join(f"event.{one.name}" for one in columns)

    def last(kind: int, most: int, where: str = "") -> str:
        return f"""
            SELECT {kind}, held.place, {event}, {no_profile}
            FROM held CROSS JOIN LATERAL (
                SELECT * FROM {_LOG.name} AS logged
                WHERE logged.user_id = held.user_id AND logged.seq <= held.applied_seq {where}
                ORDER BY logged.seq DESC LIMIT {most}
            ) AS event
        """  # noqa: S608  names of our own

    return Statement(
        f"""
        WITH held AS (
            SELECT asked.place, profile.*
            FROM unnest(%(users)s::text[]) WITH ORDINALITY AS asked (user_id, place)
            JOIN {_PROFILES.name} AS profile ON profile.user_id = asked.user_id AND profile.space = %(space)s
        )
        SELECT {_HEAD}, erasures, {no_event}, {no_profile} FROM {_STATE.name} WHERE id = 1
        UNION ALL
        SELECT {_PROFILE}, place, {no_event}, {", ".join(one.name for one in stored)} FROM held
        UNION ALL {last(_RECENT, RECENT)}
        UNION ALL {last(_PURCHASE, PURCHASED, "AND logged.type = 'PURCHASE'")}
        """  # noqa: S608  names of our own
    )


_FOLDED = _statement()


async def read_profiles(
    connection: DirectConnection, space: StateSpace, rules: ProfileRules, users: Sequence[str]
) -> tuple[int, list[ActorState]]:
    """Return the number of erasures, and the state of each user up to where the worker has come, as of one moment.

    A user whom the worker doesn't know yet has the state of nobody.
    """
    name = profile_space(space, rules)
    rows = await connection.rows(_FOLDED, {"users": list(users), "space": name})
    erasures = next(row[1] for row in rows if row[0] == _HEAD)
    recent: list[list[LoggedEvent]] = [[] for _ in users]
    purchases: list[list[LoggedEvent]] = [[] for _ in users]
    profiles = {}
    for kind, place, *values in rows:
        if kind == _PROFILE:
            stored = StoredProfile(*values[len(LoggedEvent._fields) :])
            profiles[place - 1] = profile_of(stored, rules, space.vectors.dimension)
        elif kind != _HEAD:
            (recent if kind == _RECENT else purchases)[place - 1].append(
                LoggedEvent(*values[: len(LoggedEvent._fields)])
            )
    nobody = ActorState(0, DecayedSums.empty((rules.long_term_decay_s,), space.vectors.dimension))
    return erasures, [
        nobody
        if (profile := profiles.get(place)) is None
        else ActorState(profile.seq, profile.sums, profile.events, _newest(recent[place]), _newest(purchases[place]))
        for place in range(len(users))
    ]


def _newest(events: Sequence[LoggedEvent]) -> tuple[LoggedEvent, ...]:
    """Return events, the newest first: a database may return the parts of a union in any order."""
    return tuple(sorted(events, key=lambda event: -event.seq))
