"""Random writes, catch-ups, snapshots, merges and restarts of two workers, against dictionaries."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backend.catalogue.embedding import Embedder
from backend.catalogue.feeds.types import Accepted
from backend.catalogue.images import MediaStore
from backend.catalogue.importing import Importer, RejectsFile
from backend.catalogue.opening import build_snapshot, index_folder
from backend.catalogue.options import SearchOptions
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.config import DEFAULT_TEXT_TEMPLATE, Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, Tuning
from ml.ranking.fusion import Fusion
from tests.backend.catalogue_machine.drawn import WORDS, changes, filters, ids, phrases, products, workers
from tests.backend.catalogue_machine.model import ENCODER, Model
from tests.backend.catalogue_machine.worker import EVERY, Worker

SMALL = MergeSettings(
    compact_from=6,
    clusters_from=14,
    added_rows=4,
    added_share=0.1,
    added_most=6,
    retired_share=0.2,
    background=False,
    assumed=Tuning(costs=CostModel(direct_ns=1e9, scan_ns=1)),
)
TURNS: tuple[dict[str, Any], ...] = (
    {},
    {"max_price": 10},
    {},
    {"in_stock": True},
    {"brand": ["norda"]},
    {"category": "A"},
)
"""Filters of the search after each step."""


class CatalogueMachine(RuleBasedStateMachine):
    """Two workers on one database and one folder of snapshots, each with a connection of its own."""

    done: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vitrine-machine-"))
        self.model = Model()
        self.runner = asyncio.Runner()
        self.given = self.database(self.folder)
        self.url = self.given.__enter__()
        self.own = Database(self.url)
        migrate(self.own)
        self.space = VectorSpace.of(ENCODER, Settings(_env_file=None))
        self.databases = [Database(self.url) for _ in range(2)]
        self.workers: list[Worker] = []
        self.step = 0

    def database(self, folder: Path) -> AbstractContextManager[str]:
        """Give the URL of an empty database."""
        raise NotImplementedError

    def teardown(self) -> None:
        for worker in self.workers:
            worker.close()
        self.runner.close()
        for database in (*self.databases, self.own):
            database.close()
        self.given.__exit__(None, None, None)
        shutil.rmtree(self.folder)

    @initialize(cutoff=st.sampled_from([-100.0, 1.0, 2.5]), listed=st.lists(products, min_size=5, max_size=25))
    def open(self, cutoff: float, listed: list[ProductIn]) -> None:
        self.options = SearchOptions(fusion=Fusion(cutoff=cutoff), merging=SMALL)
        self.workers = [self._opened(number) for number in range(2)]
        self.workers[0].bulk(listed)
        self.model.write(listed, embed=True)
        self.workers[0].sees(self.model)

    @rule(number=workers, product=products)
    def put(self, number: int, product: ProductIn) -> None:
        version = self.workers[number].put(product)
        self.model.write([product], embed=True)
        assert version == self.model.held[product.id].version
        self._wrote(number)

    @rule(number=workers, id_=ids, changes=changes)
    def patch(self, number: int, id_: str, changes: dict[str, Any]) -> None:
        """Price, stock and visibility: nothing that is embedded."""
        present = self.model.present()
        assert self.workers[number].patch(id_, changes) == (id_ in present)
        if id_ in present:
            self.model.write([self._changed(present[id_].product, changes)], embed=True)
            self._wrote(number)

    @rule(number=workers, id_=ids)
    def delete(self, number: int, id_: str) -> None:
        deleted = self.model.delete(id_)
        assert self.workers[number].delete(id_) == deleted
        if deleted:
            self._wrote(number)
            self.done["deletes"] += 1

    @rule(number=workers, listed=st.lists(products, max_size=12))
    def bulk(self, number: int, listed: list[ProductIn]) -> None:
        self.workers[number].bulk(listed)
        self.model.write(listed, embed=True)
        if listed:
            self._wrote(number)

    @rule(listed=st.lists(products, min_size=1, max_size=8), number=workers, catching_up=st.booleans())
    def import_and_embed(self, listed: list[ProductIn], number: int, catching_up: bool) -> None:
        """As the commands do it; a worker may look in between, when products have no vector or an old one."""
        last = {product.id: product for product in listed}
        rejects = RejectsFile(self.folder / "rejects.jsonl")
        Importer(self.own, DEFAULT_TEXT_TEMPLATE, rejects).run(
            [Accepted(number, product) for number, product in enumerate(last.values())]
        )
        self.model.write(last.values(), embed=False)
        if catching_up:
            self._catch_up(number)
            self.workers[number].check("", {}, "relevance")
        Embedder(self.own, ENCODER, self.space, MediaStore(self.folder / "media")).run()
        self.model.embed()
        self.done["imports"] += 1

    @rule(number=workers)
    def catch_up(self, number: int) -> None:
        self._catch_up(number)

    @rule(number=workers)
    def merge(self, number: int) -> None:
        live = self.workers[number].live
        live.index.merge()
        live.texts._index.merge()
        self.done["merges"] += 1

    @rule(number=workers, listed=st.lists(products, min_size=1, max_size=12))
    def merge_beside_writes(self, number: int, listed: list[ProductIn]) -> None:
        index = self.workers[number].live.index
        merging = threading.Thread(target=lambda: [index.merge() for _ in range(3)])
        merging.start()
        self.bulk(number, listed)
        merging.join()
        self.done["merges beside writes"] += 1

    @rule()
    def save(self) -> None:
        build_snapshot(self.own, self.space, self.folder / "index", merging=SMALL)
        self.done["saves"] += 1

    @rule(number=workers)
    def load(self, number: int) -> None:
        self.workers[number].close()
        self.workers[number] = self._opened(number)
        self.done["loads"] += 1

    @rule(number=workers, file=st.sampled_from(["vectors.faiss", "ids.txt", "manifest.json", "texts/*/rows.npy"]))
    def damage_and_load(self, number: int, file: str) -> None:
        folder = index_folder(self.folder / "index", self.space)
        pattern = file if "/" in file else f"snapshot-*/{file}"
        for path in folder.glob(pattern):
            content = bytearray(path.read_bytes())
            if content:
                content[len(content) // 2] ^= 0xFF
                beside = path.with_suffix(".damaged")  # not in place: others have it mapped
                beside.write_bytes(content)
                beside.replace(path)
        self.load(number)
        self.done["loads of damaged files"] += 1

    @rule(
        number=workers, words=phrases | st.just(""), filters=filters, sort=st.sampled_from(["relevance", "price_asc"])
    )
    def search(self, number: int, words: str, filters: dict[str, Any], sort: str) -> None:
        self._search(number, words, filters, sort)

    @rule(number=workers, id_=ids)
    def look_up(self, number: int, id_: str) -> None:
        self.workers[number].check_lookup(id_)

    @rule()
    def compare(self) -> None:
        """Everybody who has read everything says the same, and so does who starts from nothing."""
        fresh = Worker(self.runner, self.own, self.space, self.folder / "fresh", self.options)
        for number in range(2):
            self._catch_up(number)
        for words in (*WORDS[:4], "coffee mug", "kx100b"):
            answers = [
                [(hit.product_id, hit.rank, hit.version, hit.key) for hit in worker.ask(query=words).hits]
                for worker in (*self.workers, fresh)
            ]
            assert answers[0] == answers[1] == answers[2]
        for typed in ("c", "woo", "red m"):
            said = [worker.live.texts.suggest(typed, 8) for worker in (*self.workers, fresh)]
            assert said[0] == said[1] == said[2]
        fresh.close()
        shutil.rmtree(self.folder / "fresh")
        self.done["comparisons"] += 1

    @invariant()
    def agrees(self) -> None:
        self.done["steps"] += 1
        for worker in self.workers:
            visible = worker.seen.visible
            assert worker.live.product_count == len(visible)
            hits = worker.live.browse(EVERY, None)
            assert {hit.product_id: hit.version for hit in hits} == {id_: h.version for id_, h in visible.items()}
        if self.workers:
            wanted = {
                id_: (held.version, None if held.product.price is None else float(held.product.price))
                for id_, held in self.model.present().items()
            }
            assert self.workers[0].stored() == wanted
            self.step += 1
            step = self.step
            words = f"{WORDS[step % 12]} {WORDS[5 * step % 7]}"
            self._search(step % 2, words, TURNS[step % len(TURNS)], "relevance")

    def _opened(self, number: int) -> Worker:
        worker = Worker(self.runner, self.databases[number], self.space, self.folder / "index", self.options)
        worker.sees(self.model)
        return worker

    def _catch_up(self, number: int) -> None:
        self.workers[number].catch_up()
        self.workers[number].sees(self.model)

    def _wrote(self, number: int) -> None:
        self.workers[number].sees(self.model)
        self.done["writes"] += 1

    def _search(self, number: int, words: str, filters: dict[str, Any], sort: str) -> None:
        self.done["found"] += self.workers[number].check(words, filters, sort)
        self.done["searches"] += 1

    @staticmethod
    def _changed(product: ProductIn, changes: dict[str, Any]) -> ProductIn:
        return ProductIn.model_validate({**product.model_dump(), **changes})
