"""Sunglasses and umbrellas."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import GOLDEN, SILVERY, deeper, turned
from demo.drawing.outline import polygon, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_LENSES: dict[str, tuple[Rgb, Rgb]] = {
    "dark": ((26, 28, 32), (84, 88, 96)), "brown": ((84, 52, 32), (170, 122, 84)), "blue mirror": ((28, 90, 170), (130, 200, 240)),
}  # fmt: skip
_SHAPES = {
    "square": [
        (214, 166),
        (262, 160),
        (322, 164),
        (340, 176),
        (336, 222),
        (312, 248),
        (262, 252),
        (230, 240),
        (216, 208),
    ],
    "round": [(216, 200), (228, 166), (272, 148), (316, 166), (330, 204), (314, 244), (272, 260), (230, 244)],
    "aviator": [
        (214, 170),
        (262, 156),
        (320, 160),
        (340, 182),
        (334, 226),
        (306, 260),
        (270, 268),
        (238, 246),
        (220, 208),
    ],
    "cat-eye": [
        (214, 184),
        (262, 166),
        (312, 158),
        (348, 152),
        (338, 204),
        (312, 238),
        (270, 248),
        (230, 238),
        (216, 212),
    ],
}


def draw_sunglasses(sheet: Sheet, look: Look) -> None:
    """Draw sunglasses from the front, or slightly turned with one arm showing."""
    rng = sheet.rng
    shape = look.parts.get("shape", "square")
    rgb = COLOURS[look.colour]
    thin = (look.material or ("metal" if shape == "aviator" else "plastic")) == "metal"
    half = [(x + rng.uniform(-2, 2), y + rng.uniform(-2, 2)) for x, y in _SHAPES[shape]]
    low, high = _LENSES[look.parts.get("lenses", "dark")]
    lens_fill = sheet.gradient([(0.0, low), (1.0, high)], vertical=True)
    turn = rng.uniform(0.82, 0.94) if rng.random() < 0.45 else 1.0
    with sheet.group(
        f"translate(200 200) scale({turn:.2f} 1.05) skewY({(1 - turn) * 30:.1f}) translate(-200 -200) rotate({rng.uniform(-3, 3):.1f} 200 200)"
    ):
        _arms(sheet, half, rgb, thin=thin, turned_away=turn < 1)
        for side in (1, -1):
            d = smooth(turned(half, side), tension=0.9)
            sheet.shape(d, lens_fill, opacity=0.94)
            with sheet.clip(d):
                sheet.shape(
                    polygon(
                        [
                            (200 + side * 20 + 10, 280),
                            (200 + side * 70, 120),
                            (200 + side * 70 + 34, 120),
                            (200 + side * 20 + 44, 280),
                        ]
                    ),
                    "#fff",
                    opacity=0.16,
                )
            width = 5 if thin else 15
            sheet.line(d, shaded(rgb, -0.5), width + 1.6)
            sheet.line(d, rgb, width)
            with sheet.group("translate(-1 -2)"):
                sheet.line(d, shaded(rgb, 0.6), width * 0.22, opacity=0.55)
            corner = max(half, key=lambda point: point[0])
            if not thin:
                x, y = 200 + side * (corner[0] - 200), corner[1]
                sheet.line(f"M{x - side * 4:.0f} {y - 5:.0f}h0.1", SILVERY if sum(rgb) < 380 else GOLDEN, 6)
        inner = min(half, key=lambda point: point[0])
        y = inner[1] - (6 if thin else 2)
        if thin:
            sheet.tube(f"M{400 - inner[0]:.0f} {y + 6:.0f}Q200 {y - 14:.0f} {inner[0]:.0f} {y + 6:.0f}", rgb, 5)
            if shape == "aviator":
                sheet.tube(
                    f"M{400 - inner[0] - 16:.0f} {y - 10:.0f}Q200 {y - 24:.0f} {inner[0] + 16:.0f} {y - 10:.0f}",
                    rgb,
                    4.4,
                )
        else:
            sheet.tube(f"M{400 - inner[0] - 2:.0f} {y:.0f}Q200 {y - 16:.0f} {inner[0] + 2:.0f} {y:.0f}", rgb, 13)


def _arms(sheet: Sheet, half: list[tuple[float, float]], rgb: Rgb, *, thin: bool, turned_away: bool) -> None:
    """Draw the arms behind the front, foreshortened."""
    x, y = max(half, key=lambda point: point[0])
    width = 4.5 if thin else 11
    dark = shaded(rgb, -0.25)
    if turned_away:
        sheet.tube(
            f"M{x:.0f} {y + 2:.0f}C{x + 24:.0f} {y - 14:.0f} {x + 10:.0f} {y - 34:.0f} {x - 40:.0f} {y - 38:.0f}",
            dark,
            width,
        )
        sheet.tube(
            f"M{400 - x:.0f} {y + 2:.0f}C{386 - x:.0f} {y - 30:.0f} {430 - x:.0f} {y - 44:.0f} {520 - x:.0f} {y - 46:.0f}",
            dark,
            width,
        )
        return
    for side in (1, -1):
        edge = 200 + side * (x - 200)
        sheet.tube(f"M{edge:.0f} {y + 2:.0f}q{side * 10} 2 {side * 6} 22l{-side * 16} 60", dark, width)


def draw_umbrella(sheet: Sheet, look: Look) -> None:
    """Draw an umbrella: open from the side, closed with a curved handle, or folded small."""
    rng = sheet.rng
    form = look.parts.get("form", "open")
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    handle = rng.choice(((120, 76, 42), (34, 34, 36), (34, 34, 36)))
    with sheet.group(f"rotate({rng.uniform(-14, 14) if form != 'closed' else rng.uniform(10, 32):.1f} 200 200)"):
        if form == "open":
            _open_umbrella(sheet, look, fill, handle)
        elif form == "closed":
            _closed_umbrella(sheet, look, fill, handle)
        else:
            sheet.body(
                smooth([(164, 90), (200, 80), (236, 90), (242, 290), (200, 300), (158, 290)], tension=0.4),
                fill,
                "polyester",
            )
            for x in (182, 206, 226):
                sheet.crease(f"M{x} 94Q{x - 12} 190 {x + 4} 290", 0.26, 7)
            sheet.line("M160 180Q200 194 240 178", deeper(look, 0.4), 17, round_ends=False)
            sheet.body(
                smooth([(176, 294), (224, 294), (226, 358), (200, 366), (174, 358)], tension=0.4),
                sheet.paint(handle),
                "plastic",
            )
            sheet.body("M186 84V56h28V84Z", sheet.paint((60, 60, 64)), "metal")
            sheet.line("M184 364q-22 -8 -26 14", (40, 40, 42), 3)


def _open_umbrella(sheet: Sheet, look: Look, fill: str, handle: Rgb) -> None:
    sheet.tube("M200 60V318", (150, 152, 156), 6, shine=0.8)
    sheet.tube("M200 300V344Q200 366 180 366T160 344", handle, 12)
    rim = [30.0, 104.0, 200.0, 296.0, 370.0]
    scallops = "".join(f"Q{(a + b) / 2:.0f} 176 {a:.0f} 206" for a, b in zip(rim[-2::-1], rim[:0:-1], strict=True))
    sheet.shape("M30 206C42 100 120 56 200 54C280 56 358 100 370 206Q200 226 30 206Z", sheet.paint(deeper(look, 0.6)))
    dome = f"M30 206C42 100 120 56 200 54C280 56 358 100 370 206{scallops}Z"
    sheet.body(dome, fill, "polyester")
    with sheet.clip(dome):
        for x in rim[1:-1]:
            bend = (x - 200) * 0.9
            sheet.line(f"M200 54Q{200 + bend:.0f} 90 {x:.0f} 206", (0, 0, 0), 2, opacity=0.4)
        sheet.shape("M200 54Q114 90 104 206Q150 170 200 206Z", "#000", opacity=0.08)
        sheet.shape("M200 54Q286 90 296 206Q340 180 370 206Q350 80 200 54Z", "#000", opacity=0.14)
    sheet.tube("M200 56V32", (120, 122, 126), 6)


def _closed_umbrella(sheet: Sheet, look: Look, fill: str, handle: Rgb) -> None:
    sheet.tube("M200 40V24", (150, 152, 156), 5)
    sheet.tube("M200 250V344Q200 376 226 376T250 350", handle, 12)
    body = smooth(
        [(200, 36), (216, 100), (228, 220), (222, 280), (200, 290), (178, 280), (172, 220), (184, 100)], tension=0.6
    )
    sheet.body(body, fill, "polyester")
    with sheet.clip(body):
        for x in (188, 204, 218):
            sheet.crease(f"M200 40Q{x} 160 {x + 4} 290", 0.28, 6)
    sheet.line("M174 238Q200 248 226 236", deeper(look, 0.4), 11, round_ends=False)
