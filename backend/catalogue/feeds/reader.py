"""One feed file from bytes to products: the only entry to this package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backend.catalogue.feeds.assemble import build_product
from backend.catalogue.feeds.awin import AWIN
from backend.catalogue.feeds.columns import GENERIC, Dialect
from backend.catalogue.feeds.dedupe import SeenIds
from backend.catalogue.feeds.delimited import read_delimited
from backend.catalogue.feeds.detect import Detected, Layout, detect
from backend.catalogue.feeds.encoding import find_encoding, open_text
from backend.catalogue.feeds.google import GOOGLE
from backend.catalogue.feeds.jsonl import read_jsonl
from backend.catalogue.feeds.mapping import map_rows
from backend.catalogue.feeds.markup import read_items
from backend.catalogue.feeds.parquet import read_parquet
from backend.catalogue.feeds.shopify import read_shopify
from backend.catalogue.feeds.source import ByteSource
from backend.catalogue.feeds.types import (
    Accepted,
    Draft,
    FeedError,
    FeedFormat,
    FeedOptions,
    OnBytes,
    RecordError,
    Rejected,
    Row,
    rejected,
)

_PARQUET = b"PAR1"
_DIALECTS: dict[FeedFormat, Dialect] = {FeedFormat.GOOGLE: GOOGLE, FeedFormat.AWIN: AWIN}


def read_feed(path: Path, options: FeedOptions, *, on_bytes: OnBytes | None = None) -> Iterator[Accepted | Rejected]:
    """Read a feed front to back in constant memory.

    Args:
        path: the file, gzipped or not.
        options: how to read it; the defaults find everything out.
        on_bytes: called now and then with the bytes of the file read so far, and its size.

    Yields:
        Every record once, in order: a product, or the reason why it is none. A second record with an id is rejected.

    Raises:
        FeedError: the file can't be read, or not further; records before the damage have been yielded.
    """
    line = 0
    with ByteSource(path, on_bytes) as source, SeenIds() as seen:
        try:
            for draft in _drafts(source, options):
                line = max(line, draft.line)
                yield draft if isinstance(draft, Rejected) else _judge(draft, options, seen)
        except FeedError as error:
            if not line:
                raise
            raise FeedError(f"{error} (after line {line})") from error


def _judge(draft: Draft, options: FeedOptions, seen: SeenIds) -> Accepted | Rejected:
    try:
        product = build_product(draft, options)
    except RecordError as error:
        return rejected(draft, str(error))
    first = seen.first_line(product.id, draft.line)
    if first is not None:
        return rejected(draft, f"duplicate id '{product.id}', first on line {first}")
    return Accepted(draft.line, product)


def _drafts(source: ByteSource, options: FeedOptions) -> Iterator[Draft | Rejected]:
    head = source.head()
    if head.startswith(_PARQUET):
        if options.format not in {None, FeedFormat.PARQUET}:
            raise FeedError(f"this is Parquet, not {options.format}: leave the format out to have it found")
        return map_rows(read_parquet(source), GENERIC, options.mapping)
    if options.format is FeedFormat.PARQUET:
        raise FeedError(f"{source.path.name} is not a Parquet file: it doesn't begin with PAR1")
    encoding, mark = find_encoding(head, options.encoding)
    kind = detect(head[len(mark) :].decode(encoding, "replace"), options.format)
    rows = _rows(source, head, kind, options)
    if kind.format is FeedFormat.SHOPIFY:
        return read_shopify(rows, options.mapping)
    return map_rows(rows, _DIALECTS.get(kind.format, GENERIC), options.mapping)


def _rows(source: ByteSource, head: bytes, kind: Detected, options: FeedOptions) -> Iterator[Row | Rejected]:
    if kind.layout is Layout.XML:
        return read_items(source, options.encoding)
    text = open_text(source, options.encoding)
    if kind.layout is Layout.JSON_LINES:
        return read_jsonl(text)
    return read_delimited(text, head, kind.delimiter)
