"""A catalogue that is large by its settings: searches look into clusters, unless a filter leaves few products."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from fastapi.testclient import TestClient

from backend.catalogue import opening
from backend.config import Settings
from ml.encoder.base import Encoder
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, Probing, Reach, Tuning
from tests.backend.conftest import serving
from tests.backend.search.metamorphic.worlds import Fields, grow, make_rules, snapshot, write

BUDGET_MS = 4.0
PROBES = 20  # clusters looked into, of about a hundred
TUNING = Tuning(
    costs=CostModel(direct_ns=1e5, scan_ns=1e9),  # 0.1 ms a product: 40 of them are within the budget
    probing=(Probing(share=0.0, depth=200, probes=PROBES, recall=1.0, cost_ms=0.01),),
    reach=(Reach(share=0.0, probes=PROBES, recall=1.0, cost_ms=0.01),),
)
MERGING = MergeSettings(compact_from=1, clusters_from=1, background=False, assumed=TUNING)


@dataclass(frozen=True, slots=True)
class ApproximateWorld:
    """A catalogue and two servers that opened the same snapshot of it.

    Attributes:
        products: fields by id.
        words: of queries.
        served: got the last tenth of the products by writes.
        reopened: read the same writes out of the log.
    """

    products: dict[str, Fields]
    words: tuple[str, ...]
    served: TestClient
    reopened: TestClient


@contextmanager
def approximate(
    products: dict[str, Fields], words: Sequence[str], encoder: Encoder, folder: Path, database: str
) -> Iterator[ApproximateWorld]:
    """Write a catalogue and run both servers until the block ends.

    Args:
        products: fields by id.
        words: of queries.
        encoder: of both servers.
        folder: for their indexes.
        database: URL of an empty one.
    """

    def settings(index: str) -> Settings:
        return Settings(
            _env_file=None, database_url=database, faiss_index_path=folder / index, media_path=folder / "media",
            catalogue_poll_interval_s=3600, log_level="WARNING", search_mode="auto", search_minimum_recall=0.99,
            search_exact_budget_ms=BUDGET_MS, search_cutoff=1.2, search_shadow_share=0,
        )  # fmt: skip

    with patch.object(opening, "MERGING", MERGING), ExitStack() as stack:
        with serving(settings("first"), encoder) as first:
            late = grow(first, products, random.Random(2))
            snapshot(first, folder / "served")
        shutil.copytree(folder / "served", folder / "reopened")
        served = stack.enter_context(serving(settings("served"), encoder))
        write(served, {id_: products[id_] for id_ in late})
        make_rules(served, sorted(products), {id_: id_ for id_ in products})
        reopened = stack.enter_context(serving(settings("reopened"), encoder))
        for client in (served, reopened):
            client.app.state.runtime.engine.shop.count()  # type: ignore[attr-defined]  # as each does at a time of its own
        yield ApproximateWorld(products, tuple(words), served, reopened)
