"""High heels and ballet flats, from the side, toe to the left, standing on y = 350."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import GOLDEN, both_feet, buckle, deeper, metal, shoes, surface
from demo.drawing.outline import smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

SOLE: Rgb = (46, 34, 28)
_INSOLE: Rgb = (206, 174, 136)


def _heel(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    rise = rng.uniform(-12, 12)
    back = 236 + rise
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.45)
    block = look.parts.get("heel") == "block"
    if block:
        heel = f"M296 {back + 26:.0f}Q300 300 302 350H346Q352 290 356 {back:.0f}Z"
    else:
        heel = f"M302 {back + 24:.0f}Q334 {back + 50:.0f} 338 350H349Q350 290 360 {back:.0f}Z"
    sheet.body(heel, fill, material)
    sheet.line("M302 350H346" if block else "M338 350H349", (28, 26, 26), 4, round_ends=False)
    sheet.shape(
        smooth(
            [
                (122, 306),
                (180, 296),
                (270, back - 4),
                (350, back - 52),
                (346, back - 20),
                (270, back + 20),
                (180, 322),
            ],
            tension=0.8,
        ),
        "#c9a98a",
    )
    upper = smooth(
        [
            (30, 346),
            (48, 332),
            (84, 316),
            (112, 304),
            (130, 306),
            (154, 318),
            (196, 312),
            (262, back + 6),
            (318, back - 34),
            (350, back - 60),
            (360, back - 46),
            (362, back + 2),
            (340, back + 28),
            (296, back + 34),
            (238, 314 + rise * 0.4),
            (184, 342),
            (110, 349),
        ],
        tension=0.85,
    )
    sheet.body(upper, fill, material)
    sheet.line(
        smooth(
            [(34, 348), (110, 351), (184, 345), (238, 317 + rise * 0.4), (296, back + 36), (338, back + 30)],
            closed=False,
        ),
        (60, 40, 34) if rng.random() < 0.75 else (178, 24, 36),
        4,
    )
    if look.parts.get("strap") == "ankle strap":
        y = back - 88
        sheet.line(f"M350 {back - 50:.0f}Q362 {back - 74:.0f} 352 {y:.0f}", deeper(look, 0.1), 9)
        sheet.tube(
            f"M352 {y:.0f}C310 {y - 18:.0f} 270 {y - 6:.0f} 268 {y + 12:.0f}C276 {y + 30:.0f} 330 {y + 26:.0f} 354 {y + 4:.0f}",
            COLOURS[look.colour],
            9,
        )
        buckle(sheet, 302, y + 24, 12, 14, metal(sheet))


def _flat(sheet: Sheet, look: Look) -> None:
    material = surface(sheet, look, "leather")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.45)
    sheet.shape(
        smooth([(104, 312), (200, 304), (300, 300), (350, 274), (348, 320), (200, 330), (120, 330)], tension=0.7),
        "#b99878",
    )
    upper = smooth(
        [
            (38, 342),
            (42, 322),
            (66, 306),
            (100, 302),
            (126, 314),
            (180, 326),
            (256, 318),
            (320, 290),
            (348, 270),
            (357, 282),
            (358, 340),
            (200, 346),
        ],
        tension=0.8,
    )
    sheet.body(upper, fill, material)
    sheet.line(
        smooth([(98, 303), (126, 315), (180, 327), (256, 319), (320, 291), (348, 271)], closed=False),
        deeper(look, 0.3),
        3,
    )
    sheet.line("M38 344Q120 350 200 349T358 344", SOLE, 6)
    _bow(sheet, look, 100, 304, 0.8)


def _bow(sheet: Sheet, look: Look, x: float, y: float, size: float) -> None:
    fill = sheet.paint(look.accent)
    with sheet.group(f"translate({x:.0f} {y:.0f}) scale({size:.2f})"):
        for side in (1, -1):
            sheet.body(smooth([(0, 0), (side * 22, -13), (side * 25, 10)], tension=0.8), fill, "silk")
        sheet.shape("M-5 -6h10v12h-10Z", sheet.paint(shaded(COLOURS[look.accent], -0.25)))


def _flat_from_above(sheet: Sheet, look: Look) -> None:
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.5)
    outside = smooth(
        [
            (192, 44),
            (236, 62),
            (258, 120),
            (250, 200),
            (242, 290),
            (228, 344),
            (200, 356),
            (174, 342),
            (160, 280),
            (150, 190),
            (142, 110),
            (156, 60),
        ],
        tension=0.9,
    )
    sheet.body(outside, fill, surface(sheet, look, "leather"))
    inside = smooth(
        [
            (198, 128),
            (230, 150),
            (236, 210),
            (228, 290),
            (216, 334),
            (200, 342),
            (184, 332),
            (172, 280),
            (164, 200),
            (166, 150),
        ],
        tension=0.9,
    )
    sheet.body(inside, sheet.paint(_INSOLE), "smooth leather")
    sheet.line(inside, deeper(look, 0.4), 3.4)
    sheet.letters(sheet.rng.choice(("PAVELLO", "MORVENNA")), 200, 316, 8, GOLDEN)
    _bow(sheet, look, 198, 126, 1.1)


def _flats_from_above(sheet: Sheet, look: Look) -> None:
    both_feet(sheet, look, _flat_from_above, 66)


draw_high_heels = shoes(_heel)
draw_ballet_flats = shoes(_flat, top=_flats_from_above)
