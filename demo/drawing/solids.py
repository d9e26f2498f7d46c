"""Solid things: boxes seen from a corner in perspective, and round bodies with elliptic rims."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from demo.colours import COLOURS, Rgb, hex_of, is_dark, shaded
from demo.drawing.outline import Point, ellipse, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

Point3: TypeAlias = tuple[float, float, float]
Size: TypeAlias = tuple[float, float, float]


class Space:
    """A room with x to the right, y up and z towards the viewer, projected so that a thing fills the sheet.

    The thing stands on y = 0, centred on x = z = 0.

    Args:
        sheet: to draw on.
        size: width, height and depth of the whole thing, in any unit.
        turn: degrees by which it is turned; its right side shows if negative, its left side if positive.
        pitch: degrees by which one looks down on it.
        extent: of the drawing, in units of the sheet.
        ground: y of its lowest point on the sheet.
    """

    def __init__(
        self, sheet: Sheet, size: Size, *, turn: float, pitch: float = 14, extent: float = 312, ground: float = 356
    ) -> None:
        self.sheet = sheet
        self.turn, self.pitch = math.radians(turn), math.radians(pitch)
        self._far = 4.2 * max(size)
        self._scale, self._dx, self._dy = 1.0, 0.0, 0.0
        w, h, d = size
        corners = [self.at(x, y, z) for x in (-w / 2, w / 2) for y in (0, h) for z in (-d / 2, d / 2)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        self._scale = min(extent / wide, extent / high)
        self._dx = 200 - self._scale * (max(xs) + min(xs)) / 2
        lifted = min(ground, 206 + self._scale * high / 2 + 56)  # flat things stand nearer to the middle
        self._dy = lifted - self._scale * max(ys)

    def at(self, x: float, y: float, z: float) -> Point:
        """Return where a point lies on the sheet."""
        across = x * math.cos(self.turn) + z * math.sin(self.turn)
        near = z * math.cos(self.turn) - x * math.sin(self.turn)
        up = y * math.cos(self.pitch) - near * math.sin(self.pitch)
        size = self._scale * self._far / (self._far - near * math.cos(self.pitch) - y * math.sin(self.pitch))
        return self._dx + size * across, self._dy - size * up

    @property
    def unit(self) -> float:
        """Units of the sheet per unit of the room, in its middle."""
        return self._scale

    def face(self, *points: Point3) -> str:
        """Return the outline of a flat polygon."""
        return polygon([self.at(*point) for point in points])

    def curve(self, *points: Point3, closed: bool = False) -> str:
        """Return a curve through points."""
        return smooth([self.at(*point) for point in points], closed=closed)

    def bar(self, start: Point3, end: Point3, colour: str | Rgb, width: float, *, shine: float = 0.25) -> None:
        """Draw a round bar; `width` in units of the room."""
        a, b = self.at(*start), self.at(*end)
        self.sheet.tube(f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}", colour, width * self._scale, shine=shine)

    def faces(self, centre: Point3, size: Size) -> tuple[list[Point3], list[Point3], list[Point3]]:
        """Return the corners of a box's visible side, front and top; `centre` is that of its bottom."""
        (cx, y, cz), (w, h, d) = centre, size
        left, right, back, front, top = cx - w / 2, cx + w / 2, cz - d / 2, cz + d / 2, y + h
        x = left if self.turn > 0 else right
        side = [(x, y, back), (x, y, front), (x, top, front), (x, top, back)]
        face = [(left, y, front), (right, y, front), (right, top, front), (left, top, front)]
        lid = [(left, top, front), (right, top, front), (right, top, back), (left, top, back)]
        return side, face, lid

    def box(self, centre: Point3, size: Size, fill: str, material: str = "", *, edge: float = 0.9) -> None:
        """Draw a box with sharp edges; small ones need no material."""
        for corners, tone in zip(self.faces(centre, size), (-0.26, 0.0, 0.16), strict=True):
            d = self.face(*corners)
            if material:
                self.sheet.body(d, fill, material, flat=True, outline=edge)
            else:
                self.sheet.shape(d, fill)
                self.sheet.line(d, "black", 0.8, opacity=0.35)
            self.sheet.shape(d, "#000" if tone < 0 else "#fff", opacity=abs(tone))

    def soft(self, centre: Point3, size: Size, fill: str, material: str, *, radius: float = 14) -> None:
        """Draw an upholstered box: round corners, soft edges."""
        side, face, lid = self.faces(centre, size)
        hull = _hull([self.at(*point) for point in (*side, *face, *lid)])
        self.sheet.body(round_polygon(hull, radius), fill, material)
        for corners, tone in ((side, -0.2), (lid, 0.16)):
            d = round_polygon([self.at(*point) for point in corners], radius)
            self.sheet.shape(d, "#000" if tone < 0 else "#fff", opacity=abs(tone))


def _hull(points: Sequence[Point]) -> list[Point]:
    """Return the corners of the points' convex hull, in order."""
    ordered = sorted(set(points))

    def chain(run: Sequence[Point]) -> list[Point]:
        kept: list[Point] = []
        for x, y in run:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    return chain(ordered) + chain(ordered[::-1])


def round_polygon(points: Sequence[Point], radius: float) -> str:
    """Return a closed outline with straight sides and round corners."""
    parts = []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[i - 1], points[(i + 1) % len(points)]
        before = min(radius, math.dist((x, y), (ax, ay)) / 2) / (math.dist((x, y), (ax, ay)) or 1)
        after = min(radius, math.dist((x, y), (bx, by)) / 2) / (math.dist((x, y), (bx, by)) or 1)
        parts.append(
            f"{'L' if i else 'M'}{x + (ax - x) * before:.1f} {y + (ay - y) * before:.1f}"
            f"Q{x:.1f} {y:.1f} {x + (bx - x) * after:.1f} {y + (by - y) * after:.1f}"
        )
    return "".join(parts) + "Z"


def turned(profile: Sequence[Point], *, tilt: float = 0.16, cx: float = 200, tension: float = 0.9) -> str:
    """Return the outline of a round body seen a little from above.

    Args:
        profile: half widths and heights y on the sheet, from top to bottom.
        tilt: height of its rims' ellipses as a share of their width.
        cx: its axis.
        tension: of the curve through the profile, 0 for straight sides.
    """
    left = smooth([(cx - r, y) for r, y in profile], closed=False, tension=tension)
    right = smooth([(cx + r, y) for r, y in reversed(profile)], closed=False, tension=tension)
    (top, _), (low, low_y) = profile[0], profile[-1]
    arc = f"A{max(low, 0.1):.1f} {max(low * tilt, 0.1):.1f} 0 0 0 {cx + low:.1f} {low_y:.1f}"
    back = f"A{max(top, 0.1):.1f} {max(top * tilt, 0.1):.1f} 0 0 0 {cx - top:.1f} {profile[0][1]:.1f}Z"
    return f"{left}{arc}L{right[1:]}{back}"


def rim(
    sheet: Sheet, r: float, y: float, inside: Rgb, *, tilt: float = 0.16, cx: float = 200, lip: float = 4,
    edge: Rgb | None = None,
) -> None:  # fmt: skip
    """Draw an open top: the lip's edge and the shaded inside."""
    sheet.shape(ellipse(cx, y, r, r * tilt), hex_of(edge or shaded(inside, 0.3)))
    inner, high = r - lip, max(1.0, r * tilt - lip * 0.6)
    sheet.shape(
        ellipse(cx, y, inner, high),
        sheet.gradient([(0, shaded(inside, -0.5)), (0.5, shaded(inside, -0.22)), (1, inside)]),
    )
    sheet.line(ellipse(cx, y, r, r * tilt), "black", 0.9, opacity=0.4)


def glass(sheet: Sheet, d: str, colour: Rgb, *, opacity: float = 0.34) -> None:
    """Draw a transparent body: a tint, darker at its edges, and reflections."""
    sheet.shape(d, hex_of(shaded(colour, -0.06)), opacity=opacity)
    with sheet.clip(d):
        sheet.line(d, shaded(colour, -0.45), 9, opacity=0.28)
        sheet.line(d, "white", 4, opacity=0.5)
    sheet.line(d, shaded(colour, -0.6), 1.3, opacity=0.75)


def rgb(look: Look) -> Rgb:
    """Return the main colour."""
    return COLOURS[look.colour]


def lines_on(colour: Rgb) -> Rgb:
    """Return a colour for seams and edges that shows on this one."""
    return shaded(colour, 0.34) if is_dark(colour) else shaded(colour, -0.34)


def turn_of(sheet: Sheet, low: float = 18, high: float = 38) -> float:
    """Return an angle, to the left or to the right, to show a thing from its corner."""
    return sheet.rng.uniform(low, high) * sheet.rng.choice((-1, 1))


def flip(sheet: Sheet, share: float = 0.4) -> str:
    """Return a transform that shows a thing from its other side, for this share of seeds."""
    return "translate(400 0) scale(-1 1)" if sheet.rng.random() < share else ""
