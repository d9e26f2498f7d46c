"""Cleaning of text that shops and feeds send: hostile until it has been through here."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

_TAG = re.compile(r"<\s*/?\s*[a-zA-Z!]|&[a-zA-Z]{2,8};|&#x?[0-9a-fA-F]{1,6};")
_BLOCK_TAGS = frozenset({"p", "br", "li", "ul", "ol", "div", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN_TAGS = frozenset({"script", "style", "template", "noscript"})
_SPACES = re.compile(r"[^\S\n]+")
# Control characters and lone surrogates (Unicode categories Cc and Cs); a database refuses some of them.
_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\s*\n\s*")


class _TextOnly(HTMLParser):
    """Collects the visible text of an HTML fragment; block elements become line breaks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN_TAGS:
            self._hidden += 1
        elif tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN_TAGS:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def strip_html(text: str) -> str:
    """Return the visible text of an HTML fragment; text without markup or entities comes back unchanged."""
    if not _TAG.search(text):
        return text
    parser = _TextOnly()
    parser.feed(text)
    parser.close()
    return "".join(parser.parts)


def clean_line(text: str) -> str:
    """Return NFC text on one line: control characters and runs of white space become single spaces."""
    return " ".join(_NOT_ON_A_LINE.sub(" ", unicodedata.normalize("NFC", text)).split())


def clean_text(text: str) -> str:
    """Return NFC text without markup and control characters; line breaks are kept, runs of spaces are not."""
    printable = _NOT_IN_TEXT.sub(" ", unicodedata.normalize("NFC", strip_html(text)))
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", printable)).strip()
