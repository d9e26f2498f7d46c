"""Upper garments: sleeves behind, the trunk over them, the neck's opening and folds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from demo.colours import COLOURS, Rgb, is_dark, shaded
from demo.drawing.clothing.cut import Cut, joined
from demo.drawing.outline import CENTRE, Point, ellipse, mirrored, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

SKINS: tuple[Rgb, ...] = ((244, 214, 192), (226, 184, 152), (198, 146, 110), (146, 98, 68), (96, 62, 44))


@dataclass(frozen=True)
class Sleeve:
    """A sleeve as it would hang straight down.

    Attributes:
        length: from shoulder to cuff.
        width: at the upper arm.
        cuff: width at its end.
        angle: by which it is spread from the trunk, in degrees.
        bend: by how much the cuff lies further in than the elbow.
        puff: by how much it swells above the cuff.
        end: ``hem``, ``rib``, ``band``, ``gathered``, ``raw``, ``hand`` for a bare arm, ``hand only``.
    """

    length: float = 78
    width: float = 66
    cuff: float = 58
    angle: float = 30
    bend: float = 0
    puff: float = 0
    end: str = "hem"

    def reach(self, cut: Cut) -> float:
        """Return how far it reaches to the side, from the middle."""
        turn = self.angle / 57.3
        return cut.shoulder + self.length * turn * (1 - turn * turn / 6) + self.cuff * 0.4


def edge_of(colour: str | Rgb, amount: float = 0.32) -> Rgb:
    """Return the colour of seams on cloth of this colour: darker, or lighter on the darkest ones."""
    rgb = COLOURS[colour] if isinstance(colour, str) else colour
    return shaded(rgb, 0.26) if sum(rgb) < 230 else shaded(rgb, -amount)


def pose(rng: random.Random, *, long: bool, worn: bool) -> float:
    """Return an angle for sleeves: worn ones hang, laid out ones are spread."""
    if long:
        return rng.uniform(5, 13) if worn else rng.uniform(14, 38)
    return rng.uniform(16, 26) if worn else rng.uniform(30, 52)


def small_fill(sheet: Sheet, look: Look, fill: str) -> str:
    """Return the fill of collars and hoods: the garment's own, but in one colour where it has blocks of two."""
    return sheet.paint(look.colour) if look.pattern == "colour-block" else fill


@contextmanager
def placed(
    sheet: Sheet, reach: float = 0, top: float = 24, bottom: float = 360, *, most: float = 1.06, person: bool = False
) -> Iterator[None]:
    """Paint slightly tilted, in the middle of the sheet and as large as fits on it, up to a scale."""
    top = min(top, 4) if person else top  # room for a neck
    scale = min(most, 168 / max(reach, 1), 340 / (bottom - top))
    tilt = sheet.rng.uniform(-2.5, 2.5)
    middle = (top + bottom) / 2
    with sheet.group(
        f"rotate({tilt:.1f} 200 200) translate(200 196) scale({scale:.3f}) translate(-200 {-middle:.1f})"
    ):
        yield


def paint_sleeves(
    sheet: Sheet,
    cut: Cut,
    sleeve: Sleeve,
    fill: str,
    material: str,
    seam: Rgb,
    rib: Rgb,
    *,
    relief: Callable[[], None] | None = None,
) -> None:
    """Paint both sleeves, and on each what `relief` paints; the trunk goes over their inner edges."""
    d = _sleeve_outline(cut, sleeve)
    for side in (1, -1):
        with sheet.group("" if side == 1 else "translate(400 0) scale(-1 1)"):
            angle = sleeve.angle + sheet.rng.uniform(-2, 2)
            with sheet.group(f"rotate({-angle:.1f} {CENTRE + cut.shoulder - 4:.1f} {cut.shoulder_y:.1f})"):
                if sleeve.end != "hand only":
                    sheet.body(d, fill, material)
                if relief is not None:
                    with sheet.clip(d):
                        relief()
                _sleeve_end(sheet, cut, sleeve, seam, rib)
                _sleeve_folds(sheet, cut, sleeve)


def paint_arms(sheet: Sheet, cut: Cut, sleeve: Sleeve | None, skin: Rgb) -> None:
    """Paint a wearer's neck and arms, below what they wear."""
    x, y = CENTRE, cut.top
    base = cut.neck - 1 if sleeve else 52
    half = [
        (x + 24, y - 40),
        (x + 25, y - 12),
        (x + base, y + 12),
        (x + 26, y + cut.depth + 30),
        (x, y + cut.depth + 34),
    ]
    neck = mirrored(half)
    sheet.body(smooth(neck, tension=0.5), sheet.paint(skin), "wax", outline=0.6)
    worn = sleeve or Sleeve(length=0, width=34, cuff=34, angle=10)
    size = cut.shoulder / 86
    if worn.length > 140 * size:  # only the hands show
        arm = replace(worn, length=worn.length + 1, cuff=22 * size, end="hand only")
    else:
        arm = Sleeve(218 * size, 46 * size, 22 * size, worn.angle, worn.bend + 9, end="hand")
    paint_sleeves(sheet, cut, arm, sheet.paint(skin), "wax", skin, skin)


def paint_back(sheet: Sheet, cut: Cut, colour: Rgb, *, label: bool = True) -> None:
    """Paint the inside of the back that shows in the neck's opening."""
    sheet.shape(cut.back(), sheet.gradient([(0, shaded(colour, -0.5)), (1, shaded(colour, -0.24))], vertical=True))
    if label and cut.depth > 16:
        tag = "white" if is_dark(colour) else "charcoal"
        y = cut.top - min(12.0, cut.neck * 0.3) * 0.3 + 3
        sheet.shape(f"M{CENTRE - 7} {y:.1f}h14v7h-14z", sheet.paint(tag), opacity=0.75)


def paint_trunk(sheet: Sheet, cut: Cut, fill: str, material: str, *, folds: int = 4) -> None:
    """Paint the front and its folds."""
    d = cut.outline()
    sheet.body(d, fill, material)
    rng = sheet.rng
    with sheet.clip(d):
        for side in (1, -1):
            x = CENTRE + side * (cut.chest - 4)
            run = rng.uniform(24, 44)
            sheet.crease(
                f"M{x:.0f} {cut.armpit + 6:.0f}q{-side * run * 0.4:.0f} {run * 0.2:.0f} {-side * run:.0f} {run * 0.8:.0f}",
                0.13,
                8,
            )
        for _ in range(folds):
            x = CENTRE + rng.uniform(-0.8, 0.8) * cut.waist
            y = rng.uniform(cut.armpit + 30, max(cut.armpit + 40, cut.hem_y - 70))
            length = rng.uniform(30, 70)
            lean = (x - CENTRE) * 0.12 + rng.uniform(-8, 8)
            sheet.crease(
                f"M{x:.0f} {y:.0f}q{rng.uniform(-8, 8):.0f} {length / 2:.0f} {lean:.0f} {length:.0f}", 0.16, 6
            )


def hem_line(sheet: Sheet, cut: Cut, seam: Rgb, up: float = 9) -> None:
    """Paint the seam above the lower edge."""
    x, y = cut.hem - 1, cut.hem_y - up
    sheet.line(
        f"M{CENTRE - x:.1f} {y:.1f}Q{CENTRE} {y + 2 * cut.sag:.1f} {CENTRE + x:.1f} {y:.1f}", seam, 1.2, opacity=0.6
    )


def neckband(sheet: Sheet, cut: Cut, colour: Rgb, width: float = 8, *, back: bool = True) -> None:
    """Paint a band along the neckline, and its back half unless a neck hides it."""
    rise = min(12.0, cut.neck * 0.3) * 0.6
    left, right = CENTRE - cut.neck, CENTRE + cut.neck
    behind = f"M{left:.1f} {cut.top:.1f}C{left + 6:.1f} {cut.top - rise:.1f} {right - 6:.1f} {cut.top - rise:.1f} {right:.1f} {cut.top:.1f}"
    for d, tone, share in ((behind, -0.14, 0.8), (cut.front(), -0.05, 1.0)) if back else ((cut.front(), -0.05, 1.0),):
        sheet.line(d, edge_of(colour, 0.4), width * share + 1.4, opacity=0.85)
        sheet.line(d, shaded(colour, tone), width * share)


def rib_hem(sheet: Sheet, cut: Cut, colour: Rgb, height: float = 20) -> None:
    """Paint a ribbed band along the lower edge."""
    y, x = cut.hem_y - height * 0.4, cut.hem
    low = y + height
    d = (
        f"M{CENTRE - x:.1f} {y:.1f}Q{CENTRE} {y + 2 * cut.sag:.1f} {CENTRE + x:.1f} {y:.1f}L{CENTRE + x - 5:.1f} {low:.1f}"
        f"Q{CENTRE} {low + 2 * cut.sag:.1f} {CENTRE - x + 5:.1f} {low:.1f}Z"
    )
    sheet.shape(d, sheet.paint(shaded(colour, -0.08)))
    ribs = "".join(f"M{CENTRE - x + i:.0f} {y + cut.sag * 0.8:.0f}v{height:.0f}" for i in range(6, int(2 * x) - 3, 6))
    with sheet.clip(d):
        sheet.line(ribs, edge_of(colour), 1.4, opacity=0.5)
    sheet.line(d, "black", 1.1, opacity=0.4)


def _sleeve_outline(cut: Cut, sleeve: Sleeve) -> str:
    x, y = CENTRE + cut.shoulder - 4, cut.shoulder_y
    w, length = sleeve.width, sleeve.length
    middle, end = x - w * 0.16, x - w * 0.16 - sleeve.bend
    elbow = (w + sleeve.cuff) / 4 + sleeve.puff * 0.6
    low = sleeve.cuff / 2
    before = low + sleeve.puff if sleeve.puff else (low * 0.85 + elbow * 0.15)
    outer: list[Point] = [(x - 24, y - 6), (x + 2, y + 1), (x + w * 0.26, y + min(22.0, length * 0.3))]
    inner: list[Point] = []
    if length > 110:
        outer += [(middle + elbow + 4, y + length * 0.52), (end + before, y + length - 22)]
        inner = [(end - before, y + length - 22), (middle - elbow + 2, y + length * 0.52)]
    outer.append((end + low, y + length))
    inner = [(end - low, y + length), *inner, (x - w * 0.72, y + 34), (x - w * 0.72, y + 10)]
    return joined(smooth(outer, closed=False, tension=0.9), smooth(inner, closed=False, tension=0.9)) + "Z"


def _sleeve_end(sheet: Sheet, cut: Cut, sleeve: Sleeve, seam: Rgb, rib: Rgb) -> None:
    x = CENTRE + cut.shoulder - 4 - sleeve.width * 0.16 - sleeve.bend
    y, low = cut.shoulder_y + sleeve.length, sleeve.cuff / 2
    if sleeve.end.startswith("hand"):
        hand = ellipse(x - 1, y + 12, low + 3, 19)
        sheet.shape(hand, sheet.paint(rib))
        sheet.crease(f"M{x:.1f} {y + 12:.1f}v16", 0.1, 5)
    elif sleeve.end == "hem":
        sheet.line(f"M{x - low:.1f} {y - 7:.1f}L{x + low:.1f} {y - 7:.1f}", seam, 1.2, opacity=0.6)
    elif sleeve.end in ("rib", "band", "gathered"):
        tall = {"rib": 17, "band": 15, "gathered": 7}[sleeve.end]
        d = f"M{x - low - 0.5:.1f} {y - tall * 0.6:.1f}h{2 * low + 1:.1f}l-2 {tall}h{-2 * low + 3:.1f}z"
        sheet.shape(d, sheet.paint(shaded(rib, -0.08)))
        if sleeve.end == "rib":
            ribs = "".join(f"M{x - low + i:.1f} {y - tall * 0.6:.1f}v{tall}" for i in range(4, int(2 * low), 5))
            sheet.line(ribs, edge_of(rib), 1.2, opacity=0.5)
        elif sleeve.end == "band":
            sheet.line(f"M{x + low - 8:.1f} {y - 1:.1f}h.1", edge_of(rib, 0.5), 3.4)
        sheet.line(d, "black", 1.0, opacity=0.4)


def _sleeve_folds(sheet: Sheet, cut: Cut, sleeve: Sleeve) -> None:
    rng = sheet.rng
    x, y = CENTRE + cut.shoulder - 4 - sleeve.width * 0.16, cut.shoulder_y
    if sleeve.end.startswith("hand"):
        return
    if sleeve.length < 110:
        sheet.crease(f"M{x - 8:.0f} {y + 30:.0f}q8 {sleeve.length * 0.2:.0f} 4 {sleeve.length * 0.4:.0f}", 0.14, 5)
        return
    for share in (0.4, 0.52, 0.66):
        at, half = y + sleeve.length * (share + rng.uniform(-0.04, 0.04)), (sleeve.width + sleeve.cuff) / 5
        sheet.crease(
            f"M{x - half:.0f} {at:.0f}q{half * 0.8:.0f} {rng.uniform(2, 12):.0f} {half * 1.3:.0f} {rng.uniform(-6, 4):.0f}",
            0.16,
            4.5,
        )
