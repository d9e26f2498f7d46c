"""Embeds every pending part: reading, preparing, inference and writing at the same time, block by block."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from backend.catalogue.embedding.ahead import ahead, read_ahead, threads
from backend.catalogue.embedding.prepare import ImagePreparer, Preparer, TextPreparer
from backend.catalogue.embeddings_repository import EmbeddingRepository, StoredPart
from backend.catalogue.images import MediaStore
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.space import Part, VectorSpace
from backend.catalogue.tables import ProductRow
from backend.database.engine import Database
from ml.encoder.base import Encoder

OnRows = Callable[[int], None]


def parts_of(space: VectorSpace) -> tuple[Part, ...]:
    """Return which parts the vectors of `space` have, in the order in which they are embedded."""
    return ("text", "image") if space.has_images else ("text",)


def count_pending(db: Session, space: VectorSpace) -> int:
    """Return how many parts, texts and images together, are to be embedded."""
    embeddings = EmbeddingRepository(db, space)
    return sum(embeddings.count_pending(part) for part in parts_of(space))


@dataclass(slots=True)
class _Block:
    """Products that are written in one transaction, and what they got."""

    products: list[ProductRow] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    stored: list[StoredPart] = field(default_factory=list)


class Embedder:
    """Embeds every pending part and puts it into the change log, block by block.

    It is safe to stop and run again: what is lost are the blocks in flight, the one in the engine and the one being
    written. While the engine computes, a thread reads the block after next, others prepare the next products, and one
    writes the last block.
    """

    def __init__(self, database: Database, encoder: Encoder, space: VectorSpace, media: MediaStore) -> None:
        self._database = database
        self._encoder = encoder
        self._space = space
        self._media = media

    def run(self, on_rows: OnRows = lambda _: None) -> int:
        """Embed what is pending and return the number of parts embedded.

        A picture that can't be read is reported, and its product keeps its text alone.

        Args:
            on_rows: told on this thread how many more products are done, after each transaction; an error of it
                stops the work.
        """
        return sum(self.run_part(part, on_rows) for part in parts_of(self._space))

    def run_part(self, part: Part, on_rows: OnRows = lambda _: None) -> int:
        """Embed the pending texts, or images, and return how many; all is written when this returns."""
        done = 0
        preparer = self.preparer(part)
        with (
            threads(1, "embed-read") as reader,
            threads(preparer.threads, "embed-prepare") as workers,
            threads(1, "embed-write") as writer,
        ):
            for products, stored in ahead(writer, self._write, self._encoded(preparer, reader, workers), most=1):
                done += stored
                on_rows(products)
        return done

    def count_pending(self, part: Part) -> int:
        """Return how many texts, or images, are to be embedded."""
        with self._database.reading() as db:
            return EmbeddingRepository(db, self._space).count_pending(part)

    def sample_pending(self, part: Part, most: int, seed: int) -> list[ProductRow]:
        """Return up to `most` of the products that lack this part, drawn at random."""
        with self._database.reading() as db:
            ids = EmbeddingRepository(db, self._space).pending_ids(part)
            chosen = random.Random(seed).sample(ids, min(len(ids), most))  # noqa: S311 - for measuring
            return list(CatalogueRepository(db).get(chosen).values())

    def preparer(self, part: Part) -> Preparer:
        """Return what prepares this part."""
        if part == "text":
            return TextPreparer(self._database, self._encoder, self._space)
        return ImagePreparer(self._encoder, self._media)

    def _encoded(
        self, preparer: Preparer, reader: ThreadPoolExecutor, workers: ThreadPoolExecutor
    ) -> Iterator[_Block]:
        """Yield blocks as the engine finishes them; it runs on the thread that asks for the next one."""
        block = _Block()
        blocks = read_ahead(reader, self._blocks(preparer))
        units = _units(blocks, preparer.unit)
        work = ahead(workers, lambda unit: (preparer(unit[0]), unit[1]), units, most=preparer.threads)
        for prepared, ends_block in work:
            block.products += prepared.products
            block.known |= prepared.known
            block.stored += prepared.encode(preparer.part)
            if ends_block:
                yield block
                block = _Block()

    def _blocks(self, preparer: Preparer) -> Iterator[list[ProductRow]]:
        after_id = ""
        while True:
            with self._database.reading() as db:
                products = EmbeddingRepository(db, self._space).pending(preparer.part, after_id, preparer.block)
            if not products:
                return
            after_id = products[-1].id
            yield products

    def _write(self, block: _Block) -> tuple[int, int]:
        """Store what a block got; return its number of products and of parts stored."""
        if not (block.known or block.stored):
            return len(block.products), 0
        with self._database.writing() as db:
            repository, embeddings = CatalogueRepository(db), EmbeddingRepository(db, self._space)
            version = repository.lock_version()
            # A product rewritten meanwhile may have its new vector already; the one made here is outdated.
            seen = {product.id: (product.content_hash, product.image_file) for product in block.products}
            current = repository.contents(list(seen))
            fresh = [row for row in block.stored if current.get(row.product_id) == seen[row.product_id]]
            hashes = {row.product_id: row.text_hash for row in fresh}
            hashes |= {id_: hash_ for id_, hash_ in block.known.items() if current.get(id_) == seen[id_]}
            embeddings.store(fresh, version)
            embeddings.mark_changed(hashes, version)
            repository.set_version(version)
        return len(block.products), len(fresh)


def _units(blocks: Iterator[list[ProductRow]], size: int) -> Iterator[tuple[Sequence[ProductRow], bool]]:
    """Cut blocks into units, each with whether its block ends there."""
    for block in blocks:
        for start in range(0, len(block), size):
            yield block[start : start + size], start + size >= len(block)
