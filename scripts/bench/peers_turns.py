"""Our server and its peers, in turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ml.encoder.load import load_encoder
from scripts.bench.asking import Asking
from scripts.bench.measure import WARM_S, Line
from scripts.bench.peers import loaded, search_peer
from scripts.bench.servers import Contender, Ground
from scripts.load.generator import closed_loop

AT_ONCE = 8
LOAD = f"{AT_ONCE} at once"
SCENARIO = "peers"  # its lines of ours are of the same minutes as the peers'


def compare_peers(
    ground: Ground,
    ours: Contender,
    asking: Asking,
    *,
    rounds: int,
    seconds: float,
    done: Callable[[dict[str, Any]], None],
) -> None:
    """Measure unique searches at 8 at once: ours over HTTP, the peers from threads without a server.

    Args:
        ground: whose shop the peers are filled with.
        ours: idle while a peer is asked.
        asking: makes the queries.
        rounds: turns of each.
        seconds: of each turn.
        done: gets the figures of each line. Processor time of a peer is this process's: pgvector's own isn't in it.
    """
    encoder = load_encoder(ground.shop.settings.encoder_spec)
    with loaded(ground.shop, ground.postgres) as peers:
        for peer in peers:
            search_peer(peer, encoder, asking.search, threads=AT_ONCE, seconds=WARM_S)
        lines = [Line(SCENARIO, LOAD, name) for name in ("ours", *(peer.name for peer in peers))]
        for _ in range(rounds):
            before = ours.server.processor_s()
            lines[0].runs.append(closed_loop(ours.address, asking.search, connections=AT_ONCE, seconds=seconds))
            lines[0].processor_s += ours.server.processor_s() - before
            for line, peer in zip(lines[1:], peers, strict=True):
                before = time.process_time()
                line.runs.append(search_peer(peer, encoder, asking.search, threads=AT_ONCE, seconds=seconds))
                line.processor_s += time.process_time() - before
        for line in lines:
            done(line.figures())
