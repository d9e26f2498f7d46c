"""open_clip's three text cleanings, without open_clip; the exporter checks that both give the same token ids."""

from __future__ import annotations

import html
import string

import ftfy

from ml.encoder.manifest import Cleaning

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def clean_text(text: str, how: Cleaning) -> str:
    """Repair broken encodings and HTML entities, then normalise white space, case and punctuation as `how` says."""
    text = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
    if how == "canonicalize":
        text = text.replace("_", " ").translate(_NO_PUNCTUATION).lower()
        return " ".join(text.split())
    text = " ".join(text.split())
    return text.lower() if how == "lower" else text
