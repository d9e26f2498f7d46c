"""All hostile uploads."""

from __future__ import annotations

from scripts.hostile.case import Case
from scripts.hostile.disguised import disguised_cases
from scripts.hostile.jpeg import jpeg_cases
from scripts.hostile.png import png_cases
from scripts.hostile.webp import webp_cases


def hostile_cases(seed: int = 0) -> list[Case]:
    """Return every case, each with a name of its own."""
    return [*disguised_cases(seed), *jpeg_cases(seed), *png_cases(seed), *webp_cases(seed)]
