"""Outlines as SVG path data, in units of a sheet of 400 x 400, y downwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
CENTRE = 200.0


def polygon(points: Sequence[Point]) -> str:
    """Return a closed outline with straight sides."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def polyline(points: Sequence[Point]) -> str:
    """Return an open line with straight sides."""
    return polygon(points)[:-1]


def smooth(points: Sequence[Point], *, closed: bool = True, tension: float = 1.0) -> str:
    """Return a curve through the points (Catmull-Rom); tension 0 gives straight sides."""
    n = len(points)
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(n if closed else n - 1):
        before = points[i - 1] if closed or i else points[i]
        start, end = points[i], points[(i + 1) % n]
        after = points[(i + 2) % n] if closed or i + 2 < n else end
        c1 = (start[0] + (end[0] - before[0]) * tension / 6, start[1] + (end[1] - before[1]) * tension / 6)
        c2 = (end[0] - (after[0] - start[0]) * tension / 6, end[1] - (after[1] - start[1]) * tension / 6)
        parts.append(f"C{c1[0]:.1f} {c1[1]:.1f} {c2[0]:.1f} {c2[1]:.1f} {end[0]:.1f} {end[1]:.1f}")
    return "".join(parts) + ("Z" if closed else "")


def mirrored(right: Sequence[Point], centre: float = CENTRE) -> list[Point]:
    """Complete the right half of a symmetric outline, given from top to bottom, by its mirror image."""
    return [*right, *((2 * centre - x, y) for x, y in reversed(right))]


def ellipse(cx: float, cy: float, rx: float, ry: float) -> str:
    """Return an ellipse."""
    return f"M{cx - rx:.1f} {cy:.1f}a{rx:.1f} {ry:.1f} 0 1 0 {2 * rx:.1f} 0a{rx:.1f} {ry:.1f} 0 1 0 {-2 * rx:.1f} 0Z"


def rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    """Return a rectangle with round corners."""
    r = min(radius, width / 2, height / 2)
    return (
        f"M{x + r:.1f} {y:.1f}h{width - 2 * r:.1f}a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {r:.1f}v{height - 2 * r:.1f}"
        f"a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {r:.1f}h{-(width - 2 * r):.1f}a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {-r:.1f}"
        f"v{-(height - 2 * r):.1f}a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {-r:.1f}Z"
    )
