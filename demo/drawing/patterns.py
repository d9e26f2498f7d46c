"""Patterns of cloth and print, as SVG pattern elements."""

from __future__ import annotations

import random

from demo.colours import Rgb, hex_of, shaded


def tile(pattern: str, colour: Rgb, accent: Rgb, rng: random.Random) -> tuple[float, float, str]:
    """Return width, height and content of one repeated tile.

    Args:
        pattern: any of `demo.look.PATTERNS` but ``plain`` and ``colour-block``.
        colour: of the ground.
        accent: of what is on it.
        rng: of sizes and places.
    """
    return _TILES[pattern](hex_of(colour), hex_of(accent), hex_of(shaded(colour, -0.25)), rng)


def _ground(width: float, height: float, colour: str) -> str:
    return f'<rect width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _striped(colour: str, accent: str, _: str, rng: random.Random) -> tuple[float, float, str]:
    period = rng.uniform(24, 44)
    band = period * rng.uniform(0.35, 0.55)
    return 40, period, _ground(40, period, colour) + f'<rect width="40" height="{band:.1f}" fill="{accent}"/>'


def _pinstriped(colour: str, accent: str, _: str, rng: random.Random) -> tuple[float, float, str]:
    period = rng.uniform(13, 20)
    return period, 40, _ground(period, 40, colour) + f'<rect width="2.6" height="40" fill="{accent}"/>'


def _checked(colour: str, accent: str, dark: str, rng: random.Random) -> tuple[float, float, str]:
    period = rng.uniform(34, 56)
    half = period / 2
    bars = (
        f'<rect width="{half:.1f}" height="{period:.1f}" fill="{accent}" opacity=".55"/>'
        f'<rect width="{period:.1f}" height="{half:.1f}" fill="{accent}" opacity=".55"/>'
    )
    fine = (
        f'<path d="M{half * 1.5:.1f} 0v{period:.1f}M0 {half * 1.5:.1f}h{period:.1f}" stroke="{dark}" '
        'stroke-width="2.2" opacity=".8"/>'
    )
    return period, period, _ground(period, period, colour) + bars + (fine if rng.random() < 0.6 else "")


def _dotted(colour: str, accent: str, _: str, rng: random.Random) -> tuple[float, float, str]:
    period = rng.uniform(22, 40)
    r = period * rng.uniform(0.17, 0.25)
    q = period / 4
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{accent}"/>' for x, y in ((q, q), (3 * q, 3 * q))
    )
    return period, period, _ground(period, period, colour) + dots


def _floral(colour: str, accent: str, _: str, rng: random.Random) -> tuple[float, float, str]:
    size = rng.uniform(52, 76)
    heart = rng.choice(("#f6cf4a", "#fff3c9", "#7a3b1d"))
    content = [_ground(size, size, colour)]
    for fx, fy, scale in ((0.28, 0.3, 1.0), (0.76, 0.74, 0.85), (0.78, 0.2, 0.5), (0.24, 0.8, 0.55)):
        x, y, r = fx * size, fy * size, size * 0.1 * scale
        turn = rng.uniform(0, 72)
        content.append(
            f'<path d="M{x:.1f} {y:.1f}q{2.2 * r:.1f} {0.8 * r:.1f} {2.0 * r:.1f} {2.6 * r:.1f}" stroke="#4f7d46" '
            f'stroke-width="{r * 0.4:.1f}" fill="none"/>'
        )
        content += [
            f'<ellipse cx="{x:.1f}" cy="{y - r:.1f}" rx="{r * 0.72:.1f}" ry="{r:.1f}" fill="{accent}" '
            f'transform="rotate({turn + 72 * i:.0f} {x:.1f} {y:.1f})"/>'
            for i in range(5)
        ]
        content.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r * 0.55:.1f}" fill="{heart}"/>')
    return size, size, "".join(content)


def _chevron(colour: str, accent: str, _: str, rng: random.Random) -> tuple[float, float, str]:
    width, height = rng.uniform(30, 44), rng.uniform(22, 32)
    bend = height * 0.8
    line = f"M-2 {bend:.1f}L{width / 2:.1f} 2L{width + 2:.1f} {bend:.1f}"
    stroke = f'stroke="{accent}" stroke-width="{height * 0.36:.1f}" fill="none"'
    again = f'<path d="{line}" {stroke} transform="translate(0 {{}})"/>'
    return width, height, _ground(width, height, colour) + "".join(again.format(dy) for dy in (-height, 0, height))


def _camouflage(colour: str, accent: str, dark: str, rng: random.Random) -> tuple[float, float, str]:
    size = 110.0
    content = [_ground(size, size, colour)]
    for fill, count in ((dark, 7), (accent, 5), ("#2b2d26", 3)):
        for _ in range(count):
            x, y = rng.uniform(0, size), rng.uniform(0, size)
            rx, ry, turn = rng.uniform(10, 24), rng.uniform(6, 13), rng.uniform(-50, 50)
            content += [
                f'<ellipse cx="{x + dx:.1f}" cy="{y + dy:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}" '
                f'opacity=".8" transform="rotate({turn:.0f} {x + dx:.1f} {y + dy:.1f})"/>'
                for dx in (-size, 0, size)
                for dy in (-size, 0, size)
            ]
    return size, size, "".join(content)


_TILES = {
    "striped": _striped,
    "pinstriped": _pinstriped,
    "checked": _checked,
    "dotted": _dotted,
    "floral": _floral,
    "chevron": _chevron,
    "camouflage": _camouflage,
}
