"""Whether filters lose results: the same search again, with every product compared."""

from __future__ import annotations

from contextlib import closing

import orjson

from scripts.bench.asking import SEARCH, Ask
from scripts.bench.servers import Contender


def answers_short_of_exact(contender: Contender, ask: Ask, times: int) -> int:
    """Return of how many searches fewer products are shown than by an exact search of the same.

    Args:
        contender: our server; another knows no `exact`.
        ask: makes searches.
        times: how many.
    """
    server, short = contender.server, 0
    with closing(server.connect()) as connection:
        for _ in range(times):
            body = orjson.loads(ask().body)
            shown, exact = (
                len(server.call(connection, "POST", SEARCH, asked)["items"])
                for asked in (body, body | {"exact": True})
            )
            short += shown < exact
    return short
