"""Picture files of the demo shop: what they are called and how they are written."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from functools import cache
from pathlib import Path

from demo.drawing.picture import picture
from demo.look import Look

QUALITY = 90  # of the JPEGs
_PACKAGE = Path(__file__).parent
_DRAWN_BY = ("colours.py", "look.py", "drawing/**/*.py", "kinds/**/*.py")


def picture_name(look: Look) -> str:
    """Return a picture's path below the catalogue's folder.

    Like looks share a picture. The name also follows from the code that draws, so that a picture of older code is
    neither taken for today's nor kept by an import that has seen its name before.
    """
    content = json.dumps([drawing_version(), asdict(look)], sort_keys=True).encode()
    return f"pictures/{hashlib.sha256(content).hexdigest()[:20]}.jpg"


def save_picture(look: Look, path: Path) -> None:
    """Draw a look into a JPEG file, which is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    picture(look).save(beside, "JPEG", quality=QUALITY)
    beside.replace(path)


@cache
def drawing_version() -> str:
    """Return a hash of the code that draws."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _DRAWN_BY for path in _PACKAGE.glob(pattern)):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
