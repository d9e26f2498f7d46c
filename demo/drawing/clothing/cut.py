"""The cut of an upper garment: where its neck, shoulders, armholes and hem are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from demo.drawing.outline import CENTRE, Point, smooth


@dataclass(frozen=True)
class Cut:
    """Measures of a trunk in units of the sheet; widths are halves, from the middle outwards.

    Attributes:
        neck: half width of the neck's opening.
        top: height of the neck points.
        shoulder: half width between the shoulder seams.
        slope: by how much the shoulder seam lies lower than the neck point.
        armpit: its height.
        chest: half width under the arms.
        waist: half width where it is narrowest.
        waist_y: height of the waist.
        hem: half width at the lower edge.
        hem_y: height of the lower edge at the sides.
        sag: by how much the lower edge hangs lower in the middle.
        neckline: ``crew``, ``v``, ``scoop``, ``square`` or ``straight``.
        depth: by how much the front's neckline lies lower than the neck points.
        scoop: by how much an armhole without a sleeve is cut inwards.
    """

    neck: float = 36
    top: float = 56
    shoulder: float = 84
    slope: float = 22
    armpit: float = 146
    chest: float = 80
    waist: float = 77
    waist_y: float = 235
    hem: float = 82
    hem_y: float = 340
    sag: float = 4
    neckline: str = "crew"
    depth: float = 30
    scoop: float = 5

    @property
    def shoulder_y(self) -> float:
        """Height of the shoulder's end."""
        return self.top + self.slope

    def outline(self) -> str:
        """Return the front's outline."""
        right = self.right_side()
        hem = f"Q{CENTRE:.1f} {self.hem_y + 2 * self.sag:.1f} {CENTRE - self.hem:.1f} {self.hem_y:.1f}"
        left = joined(*(smooth(flipped(part), closed=False) for part in reversed(right)))
        return (
            joined(*(smooth(part, closed=False) for part in right)) + hem + "L" + joined(left, self.front())[1:] + "Z"
        )

    def right_side(self) -> list[list[Point]]:
        """Return the curves of the right half: shoulder, armhole, side."""
        end = (CENTRE + self.shoulder, self.shoulder_y)
        pit = (CENTRE + self.chest, self.armpit)
        inner = min(self.shoulder, self.chest) - self.scoop
        return [
            [(CENTRE + self.neck, self.top), end],
            [end, (CENTRE + inner, (self.shoulder_y + 2 * self.armpit) / 3), pit],
            [pit, (CENTRE + self.waist, self.waist_y), (CENTRE + self.hem, self.hem_y)],
        ]

    def front(self) -> str:
        """Return the line of the front's neckline, from left to right."""
        left, right, low = CENTRE - self.neck, CENTRE + self.neck, self.top + self.depth
        n, top, deep = self.neck, self.top, self.depth
        if self.neckline == "v":
            points = [(left, top), (CENTRE - n * 0.55, top + deep * 0.42), (CENTRE, low)]
            return joined(
                smooth(points, closed=False, tension=0.6), smooth(flipped(points), closed=False, tension=0.6)
            )
        if self.neckline == "square":
            return f"M{left:.1f} {top:.1f}L{left + 5:.1f} {low:.1f}Q{CENTRE} {low + 3:.1f} {right - 5:.1f} {low:.1f}L{right:.1f} {top:.1f}"
        if self.neckline == "straight":
            return f"M{left:.1f} {top:.1f}Q{CENTRE} {low:.1f} {right:.1f} {top:.1f}"
        side = 0.86 if self.neckline == "scoop" else 0.74
        points = [(left, top), (CENTRE - n * side, top + deep * 0.58), (CENTRE, low)]
        return smooth([*points, *flipped(points)[1:]], closed=False)

    def back(self) -> str:
        """Return what shows of the back's inside through the neck's opening."""
        left, right = CENTRE - self.neck, CENTRE + self.neck
        rise = min(12.0, self.neck * 0.3)
        return (
            self.front()
            + f"C{right - 6:.1f} {self.top - rise * 0.6:.1f} {left + 6:.1f} {self.top - rise * 0.6:.1f} {left:.1f} {self.top:.1f}Z"
        )


def flipped(points: Sequence[Point]) -> list[Point]:
    """Return the mirror image of a line, from its end to its start."""
    return [(2 * CENTRE - x, y) for x, y in reversed(points)]


def joined(*lines: str) -> str:
    """Return one line that runs through several, each of which starts with a move."""
    return lines[0] + "".join("L" + line[1:] for line in lines[1:])
