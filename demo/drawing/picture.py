"""Looks to pixels: cut out for training, or as the photo in a shop."""

from __future__ import annotations

import random

import pyvips
from PIL import Image

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.sheet import SIZE, Sheet
from demo.kinds import KINDS
from demo.look import Look

PICTURE_SIZE = 480
_BACKDROPS: tuple[Rgb, ...] = ((250, 250, 250), (246, 246, 247), (243, 241, 238), (238, 241, 244), (247, 243, 240))


def drawing(look: Look) -> Sheet:
    """Draw a look.

    Raises:
        KeyError: it names a kind, colour or material that doesn't exist.
    """
    sheet = Sheet(look.seed)
    KINDS[look.kind].draw(sheet, look)
    return sheet


def cutout(look: Look, size: int) -> Image.Image:
    """Return the product alone: RGBA, `size` x `size`, transparent around it."""
    return _pixels(drawing(look).svg(), size)


def picture(look: Look, size: int = PICTURE_SIZE) -> Image.Image:
    """Return the product as a shop shows it, in front of a studio backdrop: RGB, `size` x `size`."""
    rng = random.Random(f"backdrop {look.seed}")
    base = rng.choice(_BACKDROPS)
    edge = shaded(base, -rng.uniform(0.03, 0.07))
    backdrop = (
        f'<radialGradient id="backdrop" cx=".5" cy=".42" r=".75"><stop offset=".4" stop-color="{hex_of(base)}"/>'
        f'<stop offset="1" stop-color="{hex_of(edge)}"/></radialGradient>'
        '<radialGradient id="ground"><stop offset="0" stop-opacity=".34"/><stop offset=".6" stop-opacity=".14"/>'
        '<stop offset="1" stop-opacity="0"/></radialGradient>'
        f'<rect width="{SIZE}" height="{SIZE}" fill="url(#backdrop)"/>'
    )
    scale = rng.uniform(0.9, 1.0)
    turn = f"translate({200 * (1 - scale):.1f} {200 * (1 - scale):.1f}) scale({scale:.3f})"
    sheet = drawing(look)
    shadow = '<ellipse cx="204" cy="372" rx="150" ry="16" fill="url(#ground)"/>'
    return _pixels(sheet.svg(under=backdrop + shadow, transform=turn), size).convert("RGB")


def _pixels(svg: str, size: int) -> Image.Image:
    image = pyvips.Image.svgload_buffer(svg.encode(), scale=size / SIZE)
    return Image.frombuffer("RGBA", (image.width, image.height), image.write_to_memory())
