"""Cleaning of text that shops and feeds send: hostile until it has been through here."""

from __future__ import annotations

import html
import re
import unicodedata

_MARKUP = re.compile(r"<[a-zA-Z/!?]|&[a-zA-Z]{2,8};|&#x?[0-9a-fA-F]{1,6};")
# A tag ends at the first ">" outside of quotes; a quote without its partner is any other character. Nothing in it
# matches "<" and nothing is tried twice (the loop is possessive), so an unfinished tag is given up at the next one,
# and a text of nothing but unfinished tags still takes time in proportion to its length.
_TAG = re.compile(r"""<(?:/?([a-zA-Z][a-zA-Z0-9]*)|[/!?])(?:[^<>"']+|"[^"<]*"|'[^'<]*'|["'])*+>""")
_BLOCK_TAGS = frozenset({"p", "br", "li", "ul", "ol", "div", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = re.compile(r"<!--|<(script|style|template|noscript)\b", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
# Control characters and lone surrogates (Unicode categories Cc and Cs); a database refuses some of them.
_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def strip_html(text: str) -> str:
    """Return the visible text of an HTML fragment; text without markup or entities comes back unchanged.

    Takes time in proportion to the length, whatever the text: it comes from strangers. What is no complete tag stays
    as it is, so the result is plain text to be escaped like any other, not harmless HTML.
    """
    if not _MARKUP.search(text):
        return text
    return html.unescape(_TAG.sub(_break_or_nothing, _without_hidden(text)))


def _break_or_nothing(tag: re.Match[str]) -> str:
    return "\n" if tag[1] is not None and tag[1].lower() in _BLOCK_TAGS else ""


def _without_hidden(text: str) -> str:
    """Cut out comments, scripts and styles; one that never ends hides the rest, as in a browser."""
    kept, position = [], 0
    while (opening := _HIDDEN.search(text, position)) is not None:
        kept.append(text[position : opening.start()])
        end = "-->" if opening[1] is None else f"</{opening[1]}"
        closing = re.compile(re.escape(end), re.IGNORECASE).search(text, opening.end())
        if closing is None:
            return "".join(kept)
        # A closing tag is left to be removed like any other: it may hold spaces and attributes.
        position = closing.end() if opening[1] is None else closing.start()
    return "".join((*kept, text[position:]))


def clean_line(text: str) -> str:
    """Return NFC text on one line: control characters and runs of white space become single spaces."""
    return " ".join(_NOT_ON_A_LINE.sub(" ", unicodedata.normalize("NFC", text)).split())


def clean_text(text: str) -> str:
    """Return NFC text without markup and control characters; line breaks are kept, runs of spaces are not."""
    printable = _NOT_IN_TEXT.sub(" ", unicodedata.normalize("NFC", strip_html(text)))
    lines = (line.strip() for line in _SPACES.sub(" ", printable).split("\n"))
    return "\n".join(line for line in lines if line)
