"""Writes a feed into the catalogue, one transaction per block of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson

from backend.catalogue.feeds import Accepted, Rejected
from backend.catalogue.images import ImageRefused, ImageSource, MediaStore
from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.database.engine import Database

BLOCK = 1000
IMAGE_THREADS = 4  # decoding and hashing release the GIL; fetching waits


@dataclass(slots=True)
class ImportSummary:
    """What an import did."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    images_stored: int = 0
    images_refused: int = 0

    @property
    def rows(self) -> int:
        """Products and rejects read."""
        return self.inserted + self.updated + self.unchanged + self.rejected


class RejectsFile:
    """Bad rows with line number and reason, one JSON object per line; no file when there's none.

    Raises:
        FileExistsError: there's a file of that name which isn't such a file, and may be dear to somebody.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not _holds_rejects(path):
            raise FileExistsError(f"{path} exists and holds no rejects: name another file with --rejects")
        path.unlink(missing_ok=True)
        self._file: BinaryIO | None = None

    def write(self, line: int, reason: str, raw: str) -> None:
        """Append one row."""
        if self._file is None:
            self._file = self.path.open("wb")
        self._file.write(orjson.dumps({"line": line, "reason": reason, "raw": raw}) + b"\n")

    def close(self) -> None:
        """Write out what is buffered."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _holds_rejects(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(1 << 20)
    try:
        return set(orjson.loads(first)) == {"line", "reason", "raw"}
    except (orjson.JSONDecodeError, TypeError):
        return False


class Pictures:
    """Brings product pictures from a source into the media store."""

    def __init__(self, source: ImageSource, media: MediaStore) -> None:
        self._source = source
        self._media = media
        self._threads = ThreadPoolExecutor(IMAGE_THREADS, thread_name_prefix="pictures")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._threads.shutdown(cancel_futures=True)

    def store(self, references: Iterable[str]) -> list[str | ImageRefused]:
        """Store pictures; return for each its name in the media store, or why there's none."""
        return list(self._threads.map(self._store, references))

    def _store(self, reference: str) -> str | ImageRefused:
        try:
            return self._media.put(self._source.fetch(reference))
        except ImageRefused as error:
            return error


class Importer:
    """Imports one feed. Running it again, after a kill too, writes only what is still missing or changed."""

    def __init__(
        self, database: Database, template: str, rejects: RejectsFile, pictures: Pictures | None = None
    ) -> None:
        self._database = database
        self._template = template
        self._rejects = rejects
        self._pictures = pictures
        self.summary = ImportSummary()

    def run(self, rows: Iterable[Accepted | Rejected], on_rows: Callable[[int], None] = lambda _: None) -> None:
        """Write all rows; `summary` counts them, also when the feed breaks off with an error."""
        block: list[Accepted] = []
        try:
            for row in rows:
                if isinstance(row, Rejected):
                    self.summary.rejected += 1
                    self._rejects.write(row.line, row.reason, row.raw)
                    continue
                block.append(row)
                if len(block) == BLOCK:
                    full, block = block, []
                    self._write(full)
                    on_rows(len(full))
        finally:
            # What was read before a broken end is whole, and kept.
            self._write(block)
            on_rows(len(block))
            self._rejects.close()

    def _write(self, block: list[Accepted]) -> None:
        if not block:
            return
        products = [row.product for row in block]
        image_files = self._image_files(block)
        records = [to_record(product, self._template, image_files.get(product.id)) for product in products]
        with self._database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            outcomes = list(repository.upsert(records, version).values())
            if any(outcome != "unchanged" for outcome in outcomes):
                repository.set_version(version)
        self.summary.inserted += outcomes.count("inserted")
        self.summary.updated += outcomes.count("updated")
        self.summary.unchanged += outcomes.count("unchanged")

    def _image_files(self, block: list[Accepted]) -> dict[str, str]:
        """Store the pictures that the catalogue lacks; one that fails is a reject of its own, its product is kept."""
        if self._pictures is None:
            return {}
        wanted = self._without_picture([row.product for row in block])
        rows = [row for row in block if row.product.id in wanted]
        stored: dict[str, str] = {}
        for row, result in zip(rows, self._pictures.store(wanted[row.product.id] for row in rows), strict=True):
            if isinstance(result, ImageRefused):
                self.summary.images_refused += 1
                self._rejects.write(row.line, f"image: {result}", wanted[row.product.id])
            else:
                self.summary.images_stored += 1
                stored[row.product.id] = result
        return stored

    def _without_picture(self, products: list[ProductIn]) -> dict[str, str]:
        with self._database.reading() as db:
            known = CatalogueRepository(db).get([product.id for product in products])
        return {
            product.id: product.image_url
            for product in products
            if product.image_url is not None
            and not (
                product.id in known
                and known[product.id].image_url == product.image_url
                and known[product.id].image_file is not None
            )
        }
