"""The cut of trousers and how their cloth is painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.cut import flipped, joined
from demo.drawing.clothing.upper import edge_of
from demo.drawing.outline import CENTRE, Point, polygon, rounded, smooth
from demo.drawing.sheet import Sheet


@dataclass(frozen=True)
class Legs:
    """Measures of trousers; widths from the middle outwards.

    Attributes:
        top: height of the waist.
        waist: half width there.
        hip: half width at the widest place.
        crotch: its height.
        out: distance of the hem's outer corner from the middle.
        width: of the hem.
        knee: width half way down.
        end: height of the hem.
    """

    top: float = 32
    waist: float = 50
    hip: float = 64
    crotch: float = 128
    out: float = 66
    width: float = 44
    knee: float = 50
    end: float = 362

    def outline(self) -> str:
        """Return the outline of both legs."""
        middle = (self.crotch + self.end) / 2
        knee_out = (self.hip + self.out) / 2
        outer: list[Point] = [
            (CENTRE + self.waist, self.top),
            (CENTRE + self.hip, self.top + (self.crotch - self.top) * 0.7),
            (CENTRE + knee_out, middle),
            (CENTRE + self.out, self.end),
        ]
        inner: list[Point] = [
            (CENTRE + self.out - self.width, self.end + 2),
            (CENTRE + max(3.0, knee_out - self.knee), middle),
            (CENTRE + 1, self.crotch),
        ]
        left = [smooth(flipped(inner), closed=False), smooth(flipped(outer), closed=False)]
        return joined(smooth(outer, closed=False), smooth(inner, closed=False), *left) + "Z"

    def hem(self, side: int, up: float = 0) -> tuple[float, float, float]:
        """Return inner and outer x and the height of a hem, or of a line above it."""
        share = up / max(1.0, self.end - (self.crotch + self.end) / 2)
        out = self.out + ((self.hip + self.out) / 2 - self.out) * share
        width = self.width + (self.knee - self.width) * share
        return CENTRE + side * (out - width), CENTRE + side * out, self.end - up


def paint_legs(sheet: Sheet, legs: Legs, fill: str, material: str) -> None:
    """Paint both legs, with the folds that trousers have at the crotch and the knees."""
    rng = sheet.rng
    d = legs.outline()
    back = polygon(
        [(CENTRE - legs.waist + 3, legs.top), (CENTRE + legs.waist - 3, legs.top), (CENTRE, legs.top + 14)]
    )
    sheet.body(d, fill, material)
    sheet.shade(back, 0.1, 4)
    with sheet.clip(d):
        long = legs.end - legs.crotch > 120
        for side in (1, -1):
            sheet.crease(
                f"M{CENTRE + side * 3:.0f} {legs.crotch - 4:.0f}q{side * 20:.0f} -3 {side * 38:.0f} -18", 0.16, 6
            )
            sheet.crease(
                f"M{CENTRE + side * 4:.0f} {legs.crotch + 6:.0f}q{side * 16:.0f} 8 {side * 32:.0f} 4", 0.1, 6
            )
            if long:
                knee = (legs.crotch + legs.end) / 2
                for dy in (-10, 10):
                    x = CENTRE + side * legs.hip * 0.4
                    sheet.crease(
                        f"M{x:.0f} {knee + dy + rng.uniform(-6, 6):.0f}q{side * 12:.0f} 7 {side * 28:.0f} {rng.uniform(-4, 4):.0f}",
                        0.1,
                        6,
                    )
        sheet.shade(
            polygon(
                [
                    (CENTRE - 4, legs.crotch),
                    (CENTRE + 4, legs.crotch),
                    (CENTRE + 10, legs.crotch + 60),
                    (CENTRE - 10, legs.crotch + 60),
                ]
            ),
            0.18,
            6,
        )


def paint_limbs(sheet: Sheet, legs: Legs, skin: Rgb, *, bare: bool = False) -> None:
    """Paint a wearer's ankles and shoes, below what they wear; their whole legs when bare, or below short trousers."""
    end = max(legs.end + 12, legs.crotch + 210)
    limbs = Legs(
        legs.top + 20,
        legs.waist * 0.8,
        legs.hip * 0.86,
        legs.crotch - 6,
        max(20.0, min(legs.out - 4, 46)),
        24,
        36,
        end,
    )
    if legs.end - legs.crotch > 120 and not bare:  # only the ankles show
        limbs = replace(limbs, out=legs.out - legs.width / 2 + 11, width=22)
        for side in (1, -1):
            x = CENTRE + side * (limbs.out - 11)
            sheet.body(
                rounded(x - 10, legs.end - 30, 20, end - legs.end + 30, 4), sheet.paint(skin), "wax", outline=0.6
            )
    else:
        sheet.body(limbs.outline(), sheet.paint(skin), "wax", outline=0.6)
    tone = sheet.paint(sheet.rng.choice(("black", "white", "brown", "tan", "navy")))
    for side in (1, -1):
        x = CENTRE + side * (limbs.out - 11)
        foot = smooth(
            [
                (x - 14, end - 8),
                (x + 14, end - 8),
                (x + 15 + side * 5, end + 14),
                (x + side * 5, end + 21),
                (x - 15 + side * 5, end + 14),
            ]
        )
        sheet.body(foot, tone, "rubber")


def waistband(sheet: Sheet, legs: Legs, colour: Rgb, *, loops: bool = True, height: float = 15) -> None:
    """Paint a band with a button and belt loops."""
    w, y = legs.waist, legs.top
    band = polygon([(CENTRE - w, y), (CENTRE + w, y), (CENTRE + w + 4, y + height), (CENTRE - w - 4, y + height)])
    sheet.shape(band, "#000", opacity=0.10)
    sheet.line(band, edge_of(colour, 0.5), 1.6, opacity=0.85)
    if loops:
        for x in (-0.78, -0.36, 0.36, 0.78):
            sheet.shape(rounded(CENTRE + x * w - 2.6, y - 2, 5.2, height + 5, 1), sheet.paint(shaded(colour, -0.16)))
            sheet.line(
                rounded(CENTRE + x * w - 2.6, y - 2, 5.2, height + 5, 1), edge_of(colour, 0.55), 1, opacity=0.8
            )


def elastic(sheet: Sheet, legs: Legs, colour: Rgb, *, height: float = 17, cord: str = "") -> None:
    """Paint a gathered waistband, and the ends of a drawstring in a colour."""
    w, y = legs.waist, legs.top
    band = polygon([(CENTRE - w, y), (CENTRE + w, y), (CENTRE + w + 2, y + height), (CENTRE - w - 2, y + height)])
    sheet.shape(band, sheet.paint(shaded(colour, -0.1)))
    gathers = "".join(f"M{CENTRE - w + i:.0f} {y + 1:.0f}v{height - 2:.0f}" for i in range(5, int(2 * w) - 2, 5))
    sheet.line(gathers, edge_of(colour), 1.3, opacity=0.5)
    sheet.line(band, edge_of(colour, 0.5), 1.4, opacity=0.8)
    if cord:
        for side in (1, -1):
            sheet.line(
                f"M{CENTRE + side * 4} {y + 10}q{side * 9} 14 {side * sheet.rng.uniform(4, 10):.0f} {sheet.rng.uniform(30, 44):.0f}",
                cord,
                3.2,
            )


def fly(sheet: Sheet, legs: Legs, colour: Rgb, thread: Rgb | None = None) -> None:
    """Paint the front seam, the fly's stitching and a button."""
    y = legs.top
    sheet.line(f"M{CENTRE} {y + 14}L{CENTRE} {legs.crotch}", edge_of(colour, 0.5), 1.8, opacity=0.8)
    d = f"M{CENTRE + 15} {y + 16}V{legs.crotch - 44:.0f}q-2 22 -15 28"
    sheet.line(d, thread or edge_of(colour), 1.3, opacity=0.8, dashes="4 2.5" if thread else "")


def hip_pockets(sheet: Sheet, legs: Legs, colour: Rgb, *, curved: bool = False, thread: Rgb | None = None) -> None:
    """Paint the openings of both front pockets: slanted, or curved as on jeans."""
    y = legs.top + 15
    for side in (1, -1):
        if curved:
            d = f"M{CENTRE + side * (legs.waist * 0.5):.0f} {y}Q{CENTRE + side * legs.waist * 0.56:.0f} {y + 27} {CENTRE + side * (legs.hip - 4):.0f} {y + 29}"
        else:
            d = f"M{CENTRE + side * (legs.waist * 0.68):.0f} {y}L{CENTRE + side * (legs.hip - 3):.0f} {y + 48}"
        with sheet.clip(legs.outline()):
            sheet.line(d, edge_of(colour, 0.5), 2.2, opacity=0.85)
            if thread:
                with sheet.group(f"translate({-side * 2.4} 3)"):
                    sheet.line(d, thread, 1.2, dashes="4 2.5")


def thread_of(colour: Rgb) -> Rgb:
    """Return the thread that jeans of this colour are sewn with."""
    return (206, 146, 76) if sum(colour) < 600 else COLOURS["tan"]
