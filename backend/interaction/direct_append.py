"""Writes events into the log through the event loop's own connection: one look, then one statement that does all.

That statement takes the numbers, so other writers are kept out only while it runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import orjson
from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, any_, bindparam, null, select, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from backend.catalogue.embeddings_repository import blended, parameters_of, with_parts
from backend.catalogue.tables import PRODUCTS
from backend.database.direct import DIALECT, DirectConnection, Row, Statement
from backend.interaction.append import Sorted, own_ids, sort_out
from backend.interaction.events import NewEvent, Outcome
from backend.interaction.log import VERSION
from backend.interaction.tables import InteractionRow, InteractionStateRow, InteractionVectorRow
from backend.interaction.vectors import EventVectors, ProductVector, StateSpace, unsaved_rows

TRIES = 3  # of a group with an id that another process has just written
_LOG, _STATE, _VECTORS = (
    cast(Table, row.__table__) for row in (InteractionRow, InteractionStateRow, InteractionVectorRow)
)


def _ids(name: str) -> Any:
    return any_(bindparam(name, type_=ARRAY(String)))


def _look() -> Statement:
    """Products with the change they are at, and the parts of their vectors where asked for; events in the log."""
    joined, parts = with_parts(PRODUCTS.c.id == _ids("new"))
    products = select(PRODUCTS.c.id, PRODUCTS.c.change_version, sql_cast(null(), String), *parts)
    nothing = [sql_cast(null(), type_) for type_ in (LargeBinary, BigInteger, LargeBinary, BigInteger)]
    events = select(_LOG.c.event_id, sql_cast(null(), BigInteger), _LOG.c.content_hash, *nothing)
    return Statement.of(
        union_all(
            products.select_from(joined).where(PRODUCTS.c.id == _ids("products")),
            events.where(_LOG.c.event_id == _ids("events")),
        )
    )


def _record(columns: Sequence[Column[Any]]) -> str:
    """Return columns as JSON is read: text of any length, since a cast to a shorter type cuts without a word."""
    types = ("text" if isinstance(column.type, String) else column.type.compile(DIALECT) for column in columns)
    return ", ".join(f'"{column.name}" {type_}' for column, type_ in zip(columns, types, strict=True))


def _write() -> Statement:
    """Take numbers for rows that count from 1, and write them and the vectors, which lie one after the other.

    Whoever waits for the numbers holds nothing yet that another writer could wait for.
    """
    columns, keys = list(_LOG.columns), [column for column in _VECTORS.columns if column.name != "vector"]
    others = [column.name for column in columns if column.name != "seq"]
    return Statement(
        f"""
        WITH taken AS (
            UPDATE {_STATE.name} SET last_seq = last_seq + %(count)s WHERE id = 1 RETURNING last_seq
        ), written AS (
            INSERT INTO {_LOG.name} (seq, {", ".join(f'"{name}"' for name in others)})
            SELECT taken.last_seq - %(count)s + given.seq, {", ".join(f'given."{name}"' for name in others)}
            FROM taken, json_to_recordset(%(rows)s::json) AS given ({_record(columns)})
        ), stored AS (
            INSERT INTO {_VECTORS.name} ({", ".join(column.name for column in keys)}, vector)
            SELECT {", ".join(f"given.{column.name}" for column in keys)},
                substring(%(vectors)s::bytea from given.place * %(size)s + 1 for %(size)s)
            FROM taken, json_to_recordset(%(keys)s::json) AS given (place integer, {_record(keys)})
            ON CONFLICT DO NOTHING
        )
        SELECT last_seq FROM taken
        """  # noqa: S608  names of our own tables
    )


_WRITE = _write()
_LOOK = _look()
_VERSION = {key: Statement.of(statement) for key, statement in VERSION.items()}


class DirectAppender:
    """Writes groups of events to PostgreSQL, one after another."""

    def __init__(self, connection: DirectConnection, vectors: EventVectors) -> None:
        self._connection = connection
        self._vectors = vectors

    async def append(self, space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        """See `Appender`."""
        for _ in range(TRIES - 1):
            try:
                return await self._append(space, events)
            except IntegrityError:
                continue  # between look and statement another process wrote one of these ids: now it can be seen
        return await self._append(space, events)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    async def _append(self, space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        ids = own_ids(events)
        products, logged = await self._look(space, sorted({event.product_id for event in events}), ids)
        found = sort_out(space, products, logged, events)
        before = await self._write(space, found) if found.rows else 0
        self._vectors.remember(space, found.used)
        return found.numbered(before, {place: await self._version(events[place]) for place in found.duplicates()})

    async def _look(
        self, space: StateSpace, product_ids: Sequence[str], event_ids: Sequence[str]
    ) -> tuple[dict[str, ProductVector], dict[str, str]]:
        """Return the products that exist, and the hashes of those events that are in the log."""
        known = self._vectors.known(space, product_ids)
        new = [id_ for id_ in product_ids if id_ not in known]
        rows = await self._rows(space, product_ids, new, event_ids)
        logged = {row[0]: row[2] for row in rows if row[2] is not None}
        changes = {row[0]: row for row in rows if row[2] is None}
        changed = [
            id_ for id_, product in known.items() if id_ in changes and changes[id_][1] != product.change_version
        ]
        if changed:
            changes |= {row[0]: row for row in await self._rows(space, changed, changed, [])}
        fresh = {*new, *changed}
        products = {id_: _product(space, row) if id_ in fresh else known[id_] for id_, row in changes.items()}
        return products, logged

    async def _rows(
        self, space: StateSpace, products: Sequence[str], new: Sequence[str], events: Sequence[str]
    ) -> Sequence[Row]:
        given = {"products": products, "new": new, "events": events}
        return await self._connection.rows(_LOOK, {**parameters_of(space.vectors), **given})

    async def _write(self, space: StateSpace, found: Sorted) -> int:
        """Return the number of the last event before these."""
        vectors = unsaved_rows(space, found.used)
        keys = [{"place": place, **row, "vector": None} for place, row in enumerate(vectors)]
        given = {
            "count": len(found.rows),
            "rows": orjson.dumps([{"seq": seq, **row} for seq, row in enumerate(found.rows, 1)]).decode(),
            "keys": orjson.dumps(keys).decode(),
            "vectors": b"".join(row["vector"] for row in vectors),
            "size": space.vectors.vector_bytes,
        }
        ((last,),) = await self._connection.rows(_WRITE, given)
        return int(last) - len(found.rows)

    async def _version(self, event: NewEvent) -> int:
        statement = _VERSION[event.user_id is not None, event.session_id is not None]
        given = {"user_id": event.user_id, "session_id": event.session_id}
        ((version,),) = await self._connection.rows(statement, given)
        return version or 0


def _product(space: StateSpace, row: Row) -> ProductVector:
    version, vector = blended(space.vectors, row[3:]) or (None, None)
    return ProductVector(row[1], version, vector)
