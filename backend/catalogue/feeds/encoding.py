"""Which encoding a text feed has, and its bytes as something that can be cut at line feeds."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from backend.catalogue.feeds.source import BLOCK, ByteSource
from backend.catalogue.feeds.types import FeedError

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PROBE = '\n\r\t,;|"+=Aa09'


@dataclass(frozen=True, slots=True)
class TextSource:
    """A byte source whose line feeds, quotes and delimiters are the ASCII ones.

    Attributes:
        read: the next block; UTF-16 and UTF-32 arrive as UTF-8.
        encoding: what the blocks are to be decoded with.
        start: offset of the first block in the unpacked file, after the byte order mark.
        exact_offsets: whether an offset into the blocks is an offset into the file.
    """

    read: Callable[[], bytes]
    encoding: str
    start: int
    exact_offsets: bool


def open_text(source: ByteSource, encoding: str | None) -> TextSource:
    """Decide the encoding; a byte order mark decides before the caller's word, and UTF-8 is assumed last.

    Raises:
        FeedError: the encoding is unknown or can't be cut into lines, or the text is UTF-16 without a mark.
    """
    head = source.head()
    name, mark = find_encoding(head, encoding)
    start = len(mark)
    if start:
        source.read(start)
    if name.startswith(("utf-16", "utf-32")):
        return TextSource(_as_utf8(source, name), "utf-8", start, exact_offsets=False)
    if encoding is None and head[:200].count(0) > len(head[:200]) // 4:
        raise FeedError(
            f"{source.path.name} looks like UTF-16 without a byte order mark: try --encoding utf-16-le or utf-16-be"
        )
    return TextSource(source.read, name, start, exact_offsets=True)


def find_encoding(head: bytes, wanted: str | None) -> tuple[str, bytes]:
    """Return the encoding and the byte order mark, which is empty when there is none; see `open_text`."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, mark
    try:
        name = codecs.lookup(wanted or "utf-8").name
        lines_stay_lines = _PROBE.encode(name) == _PROBE.encode("ascii")
    except (LookupError, ValueError) as error:
        raise FeedError(f"unknown encoding {wanted!r}: use a name such as utf-8, cp1252 or utf-16") from error
    if name in {"utf-16", "utf-32"}:
        return f"{name}-le", b""
    if not lines_stay_lines and not name.startswith(("utf-16", "utf-32")):
        raise FeedError(f"encoding {wanted!r} is not supported here: convert the file to UTF-8")
    return ("utf-8" if name == "utf-8-sig" else name), b""


def _as_utf8(source: ByteSource, encoding: str) -> Callable[[], bytes]:
    """Return a reader of UTF-8; a broken sequence stays broken, so that only its record is rejected."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")

    def read() -> bytes:
        while block := source.read(BLOCK):
            text = decoder.decode(block)
            if text:
                return text.encode("utf-8", "surrogatepass")
        try:
            return decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise FeedError(f"{source.path.name} ends in the middle of a character: fetch it again") from error

    return read
