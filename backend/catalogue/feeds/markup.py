"""Items of an RSS or Atom product feed, one at a time: no tree is ever built."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from backend.catalogue.feeds.source import ByteSource
from backend.catalogue.feeds.types import FeedError, Rejected, Row, printable

MAX_ITEM_CHARACTERS = 1 << 20
MAX_DEPTH = 50
_MAX_SILENT_BYTES = 8 << 20
_ROOTS = frozenset({"rss", "feed", "RDF"})
_ITEMS = frozenset({"item", "entry"})
_GOOGLE = "{http://base.google.com/"


class _Items:
    """Receives what the parser sees, and keeps nothing but the item under way and those not yet handed out."""

    def __init__(self) -> None:
        self.ready: deque[Row | Rejected] = deque()
        self.parser: Any = None  # set right after construction: the two need each other
        self.events = 0
        self._path: list[str] = []
        self._line = 0
        self._depth = 0  # of the item under way; 0 is none
        self._values: dict[str, Any] = {}
        self._preferred: set[str] = set()  # names that Google's own namespace has given
        self._text: list[str] = []
        self._parts: dict[str, list[str]] = {}  # children of a field such as shipping
        self._size = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.events += 1
        name = _local(tag)
        if not self._path and name not in _ROOTS:
            raise FeedError(f"the XML root is <{printable(name, 60)}>, not an RSS or Atom feed")
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise FeedError(f"XML elements nested more than {MAX_DEPTH} deep in line {self._now()}")
        if not self._depth:
            if name in _ITEMS:
                self._depth = len(self._path)
                self._line = self._now()
                self._values, self._preferred, self._size = {}, set(), 0
            return
        self._grow(len(name) + 1)
        if len(self._path) == self._depth + 1:
            self._text, self._parts = [], {}
            if name == "link" and attributes.get("rel", "alternate") == "alternate" and "href" in attributes:
                self._text.append(attributes["href"])  # Atom
        elif len(self._path) == self._depth + 2:
            self._parts[name] = []

    def data(self, text: str) -> None:
        self.events += 1
        if not self._depth:
            return
        self._grow(len(text))
        if self._size > MAX_ITEM_CHARACTERS:
            return
        self._text.append(text)
        if len(self._path) == self._depth + 2:
            self._parts[self._path[-1]].append(text)

    def _grow(self, size: int) -> None:
        """Count what the item takes, and let go of it when that is too much."""
        self._size += size
        if self._size > MAX_ITEM_CHARACTERS:
            self._values, self._text, self._parts = {}, [], {}

    def end(self, tag: str) -> None:
        self.events += 1
        name = self._path.pop()
        level = len(self._path) + 1 - self._depth
        if not self._depth or level > 1:
            return
        if level == 1:
            self._field(name, tag.startswith(_GOOGLE))
            return
        self._depth = 0
        if self._size > MAX_ITEM_CHARACTERS:
            self.ready.append(Rejected(self._line, f"an item over {MAX_ITEM_CHARACTERS >> 20} MB", f"<{name}>"))
        else:
            self.ready.append(Row(self._line, self._values, None))

    def _field(self, name: str, preferred: bool) -> None:
        value: Any = {part: "".join(text).strip() for part, text in self._parts.items()} or "".join(
            self._text
        ).strip()
        if name in {"description", "summary", "content"} and self._parts:
            value = " ".join("".join(self._text).split())  # markup that nobody escaped
        if preferred and name not in self._preferred:
            self._preferred.add(name)
            self._values.pop(name, None)
        elif name in self._preferred and not preferred:
            return
        known = self._values.get(name)
        if known is None:
            self._values[name] = value
        elif isinstance(known, list):
            known.append(value)
        elif name not in {"link", "title", "id", "description"}:
            self._values[name] = [known, value]

    def close(self) -> None:
        """Parsers ask for the result here; the items are handed out as they come."""

    def _now(self) -> int:
        return int(self.parser.parser.CurrentLineNumber)


def read_items(source: ByteSource, encoding: str | None) -> Iterator[Row | Rejected]:
    """Yield the items of a feed with their first line.

    Raises:
        FeedError: the XML is malformed, declares a document type or entities, or isn't a feed.
    """
    items = _Items()
    parser = DefusedXMLParser(target=items, encoding=encoding, forbid_dtd=True)
    items.parser = parser
    failure: FeedError | None = None
    block = b""
    silent, events = 0, 0
    while failure is None:
        try:
            block = source.read()
            if block:
                parser.feed(block)
            else:
                parser.close()
        except FeedError as error:
            failure = error
        except ParseError as error:
            failure = FeedError(f"bad XML: {error}; fetch the feed again or have its producer mend it")
        except DefusedXmlException as error:
            failure = FeedError(f"the XML declares a document type or entities ({type(error).__name__}): remove them")
        except (LookupError, ValueError) as error:
            failure = FeedError(f"the XML is in an encoding that isn't supported ({error}): convert it to UTF-8")
        while items.ready:
            yield items.ready.popleft()
        if not block and failure is None:
            return
        silent = silent + len(block) if events == items.events else 0
        events = items.events
        if silent > _MAX_SILENT_BYTES:
            failure = FeedError(f"an XML tag over {_MAX_SILENT_BYTES >> 20} MB")
    raise failure


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
