"""From a feed to a searchable catalogue: the steps that several commands share, each with its progress bar."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from backend.catalogue.embedding import Embedder, parts_of
from backend.catalogue.feeds import FeedError, FeedOptions, read_feed
from backend.catalogue.images import ImageSource, MediaStore
from backend.catalogue.importing import Importer, ImportSummary, Pictures, RejectsFile
from backend.catalogue.opening import build_snapshot, open_live
from backend.catalogue.space import Part, VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from ml.encoder.base import Encoder
from ml.index.manifest import Manifest
from scripts.console import console, progress


@dataclass(frozen=True, slots=True)
class Timed:
    """How much a step did, and in what time."""

    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds if self.seconds else 0.0


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the database and bring its schema up to date."""
    database = Database(settings.database_url, pool_size=settings.db_pool_size)
    try:
        migrate(database)
        yield database
    finally:
        database.close()


def import_feed(
    database: Database,
    settings: Settings,
    path: Path,
    options: FeedOptions,
    *,
    rejects: RejectsFile,
    images: ImageSource | None = None,
) -> tuple[ImportSummary, Timed]:
    """Import one feed.

    Raises:
        FeedError: the file can't be read, or not to its end; the message says what was written before.
    """
    start = time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar, _pictures(images, settings) as pictures:
        task = bar.add_task(f"import {path.name}", total=None)
        importer = Importer(database, settings.product_text_template, rejects, pictures)
        try:
            importer.run(
                read_feed(path, options, on_bytes=lambda done, total: bar.update(task, completed=done, total=total))
            )
        except FeedError as error:
            done = importer.summary
            if not done.rows:
                raise
            raise FeedError(
                f"{error}\n{done.inserted} products were inserted, {done.updated} updated and {done.rejected} rows "
                "rejected before that, and are kept; import the repaired file to complete them"
            ) from error
    return importer.summary, Timed(importer.summary.rows, time.perf_counter() - start)


@contextmanager
def _pictures(source: ImageSource | None, settings: Settings) -> Iterator[Pictures | None]:
    if source is None:
        yield None
    else:
        with Pictures(source, MediaStore(settings.media_path)) as pictures:
            yield pictures


def embed(database: Database, settings: Settings, encoder: Encoder) -> Timed:
    """Embed what is pending."""
    embedder, parts = open_embedder(database, settings, encoder)
    done = [embed_part(embedder, part) for part in parts]
    return Timed(sum(timed.rows for timed in done), sum(timed.seconds for timed in done))


def open_embedder(database: Database, settings: Settings, encoder: Encoder) -> tuple[Embedder, tuple[Part, ...]]:
    """Return what embeds, and the parts that it can embed, in their order."""
    space = VectorSpace.of(encoder, settings)
    return Embedder(database, encoder, space, MediaStore(settings.media_path)), parts_of(space)


def embed_part(embedder: Embedder, part: Part) -> Timed:
    """Embed the pending texts, or images."""
    pending = embedder.count_pending(part)
    if not pending:
        return Timed(0, 0.0)
    start = time.perf_counter()
    with progress("products") as bar:
        task = bar.add_task(f"embed {part}s", total=pending)
        done = embedder.run_part(part, lambda rows: bar.advance(task, rows))
    return Timed(done, time.perf_counter() - start)


def index(database: Database, settings: Settings, encoder: Encoder) -> tuple[Manifest, Timed]:
    """Build the snapshot that servers start from."""
    space = VectorSpace.of(encoder, settings)
    start = time.perf_counter()
    with progress("products") as bar:
        task = bar.add_task("index", total=None)
        manifest = build_snapshot(
            database,
            space,
            settings.faiss_index_path,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    # Opening reads every text and keeps what it found: once here, instead of in every worker at its start.
    open_live(database, space, settings.faiss_index_path, settings.search_options).close()
    return manifest, Timed(manifest.count, time.perf_counter() - start)
