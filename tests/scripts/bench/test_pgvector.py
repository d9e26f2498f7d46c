"""The peer that comes with the tests' PostgreSQL finds what is nearest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from scripts.bench.peers import CARDS, FACTS, PgVector
from scripts.local_services import fresh_database


def test_the_nearest_products_with_their_facts(postgres_url: str) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(300, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    facts = [dict.fromkeys(FACTS) | {"id": f"p{number}", "title": f"Lamp {number}"} for number in range(300)]
    with fresh_database(postgres_url) as url:
        peer = PgVector(url, facts, vectors)
        try:
            with ThreadPoolExecutor(3) as threads:
                found = list(threads.map(peer.search, vectors[:12]))
        finally:
            peer.close()
    for number, products in enumerate(found):
        exact = np.argsort(-vectors @ vectors[number])[:CARDS]
        ids = [product["id"] for product in products]
        assert ids[0] == f"p{number}"
        assert products[0]["title"] == f"Lamp {number}"
        assert len(set(ids) & {f"p{row}" for row in exact}) >= CARDS - 2  # the graph is approximate
