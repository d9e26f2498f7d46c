"""Shoe laces."""

from __future__ import annotations

from demo.colours import Rgb
from demo.drawing.outline import Point
from demo.drawing.sheet import Sheet


def laces(sheet: Sheet, start: Point, end: Point, count: int, colour: Rgb, length: float = 26) -> None:
    """Draw laces across the opening that runs from its lower end to the tongue, and a bow."""
    for i in range(count):
        t = i / (count - 1)
        x, y = start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t
        sheet.line(
            f"M{x - 8:.1f} {y - 7:.1f}q{length * 0.5:.1f} -2 {length:.1f} {12 + 3 * t:.1f}",
            (0, 0, 0),
            6.4,
            opacity=0.3,
        )
        sheet.line(f"M{x - 8:.1f} {y - 7:.1f}q{length * 0.5:.1f} -2 {length:.1f} {12 + 3 * t:.1f}", colour, 5)
    x, y = end[0] + 2, end[1] + 2
    for loop in (f"M{x:.0f} {y:.0f}q-22 2 -26 16q12 6 26 -14", f"M{x:.0f} {y:.0f}q4 22 20 24q4 -14 -20 -22"):
        sheet.line(loop, (0, 0, 0), 4.6, opacity=0.3)
        sheet.line(loop, colour, 3.2)
