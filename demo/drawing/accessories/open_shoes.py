"""Sandals, flip-flops and slippers: from the side, toe to the left, standing on y = 350, or from above."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import both_feet, buckle, deeper, metal, seam_colour, shoes, surface
from demo.drawing.outline import smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

CORK: Rgb = (198, 158, 112)
_FOOT = [
    (194, 40), (232, 50), (258, 96), (256, 160), (244, 220), (246, 290), (234, 340), (204, 358), (174, 346), (160, 300), (158, 230), (148, 160), (146, 92), (164, 52),
]  # fmt: skip


def _footbed(sheet: Sheet, fill: str, material: str, thick: float) -> None:
    d = smooth(
        [
            (36, 344 - thick),
            (34, 340),
            (50, 350),
            (200, 349),
            (346, 350),
            (362, 342),
            (363, 332 - thick),
            (330, 334 - thick),
            (262, 346 - thick),
            (170, 346 - thick),
            (90, 346 - thick),
        ],
        tension=0.7,
    )
    sheet.body(d, fill, material)
    with sheet.clip(d):
        sheet.line("M30 348Q200 352 366 348", (50, 44, 40), 10, round_ends=False)


def _sandal(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.5)
    tone = metal(sheet)
    thick = rng.uniform(20, 28)
    floor = 350 - thick
    if look.parts.get("straps", "two") == "two":
        for left, wide, rise in ((66, 98, 46), (172, 92, 66)):
            peak = floor - rise
            behind = [(left + 26, floor), (left + 34, peak - 4), (left + wide, peak - 8), (left + wide + 22, floor)]
            sheet.shape(smooth(behind, tension=0.7), sheet.paint(deeper(look, 0.6)))
            band = [
                (left, floor + 6),
                (left + 8, peak + 20),
                (left + 26, peak),
                (left + wide - 12, peak - 8),
                (left + wide, floor + 6),
            ]
            sheet.body(smooth(band, tension=0.45), fill, material)
            sheet.line(f"M{left + 6} {floor - 12:.0f}H{left + wide - 4}", deeper(look, 0.45), 2, opacity=0.6)
            buckle(sheet, left + wide * 0.6, peak + 20, 26, 20, tone)
        _footbed(sheet, sheet.paint(CORK), "cork", thick)
        return
    back = floor - rng.uniform(96, 112)
    sheet.line(f"M268 {floor + 2:.0f}Q262 {back + 40:.0f} 248 {back + 14:.0f}", deeper(look, 0.4), 12)
    sheet.body(
        f"M330 {floor:.0f}Q352 {floor - 60:.0f} 336 {back:.0f}L352 {back - 4:.0f}Q374 {floor - 60:.0f} 362 {floor:.0f}Z",
        fill,
        material,
    )
    sheet.tube(
        f"M342 {back + 8:.0f}C300 {back - 18:.0f} 250 {back - 8:.0f} 244 {back + 10:.0f}C252 {back + 36:.0f} 316 {back + 32:.0f} 346 {back + 10:.0f}",
        COLOURS[look.colour],
        13,
    )
    buckle(sheet, 286, back + 29, 16, 18, tone)
    for left, x, rise in ((70, 92, 40), (112, 138, 54)):
        sheet.body(
            smooth(
                [
                    (left, floor + 4),
                    (x, floor - rise),
                    (x + 22, floor - rise - 4),
                    (left + 56, floor - 8),
                    (left + 58, floor + 6),
                ],
                tension=0.8,
            ),
            fill,
            material,
        )
    sheet.tube(f"M146 {floor - 50:.0f}Q190 {floor - 80:.0f} 246 {back + 16:.0f}", COLOURS[look.colour], 11)
    _footbed(sheet, sheet.paint(rng.choice((CORK, (84, 58, 42), (40, 38, 38)))), "cork", thick)


def _sandal_from_above(sheet: Sheet, look: Look) -> None:
    foot = smooth(_FOOT)
    sheet.body(foot, sheet.paint((186, 146, 104)), "suede")
    sheet.line(foot, (88, 66, 50), 5)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    tone = metal(sheet)
    material = surface(sheet, look, "leather")
    if look.parts.get("straps", "two") == "two":
        for y in (92, 164):
            sheet.body(
                smooth(
                    [(136, y + 4), (200, y - 14), (268, y + 8), (264, y + 52), (200, y + 38), (140, y + 48)],
                    tension=0.6,
                ),
                fill,
                material,
            )
            buckle(sheet, 240, y + 22, 20, 26, tone)
        return
    for y in (96, 128):
        sheet.body(
            smooth([(140, y), (200, y - 12), (262, y + 6), (262, y + 24), (200, y + 8), (142, y + 20)], tension=0.6),
            fill,
            material,
        )
    sheet.tube("M200 130V236", COLOURS[look.colour], 13)
    sheet.tube("M150 262Q200 212 252 262Q256 330 204 346Q152 330 150 262", COLOURS[look.colour], 12)
    buckle(sheet, 246, 256, 18, 16, tone)


def _flip_flop(sheet: Sheet, look: Look) -> None:
    floor = 326 + sheet.rng.uniform(-5, 4)
    strap = COLOURS[look.accent]
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.5)
    _footbed(sheet, fill, "foam", 350 - floor)
    if look.pattern == "plain":
        sheet.line(f"M44 {floor + 8:.0f}Q200 {floor + 16:.0f} 356 {floor + 2:.0f}", strap, 3.4)
    sheet.tube(
        f"M112 {floor - 2:.0f}Q130 {floor - 40:.0f} 186 {floor - 48:.0f}Q240 {floor - 40:.0f} 262 {floor - 2:.0f}",
        shaded(strap, -0.3),
        11,
    )
    sheet.body(
        f"M92 {floor + 2:.0f}Q108 {floor - 54:.0f} 178 {floor - 58:.0f}Q236 {floor - 40:.0f} 252 {floor + 8:.0f}L232 {floor + 10:.0f}Q214 {floor - 26:.0f} 166 {floor - 36:.0f}Q124 {floor - 36:.0f} 104 {floor + 2:.0f}Z",
        sheet.paint(strap) if look.pattern == "plain" else fill,
        "rubber",
    )


def _flip_flop_from_above(sheet: Sheet, look: Look) -> None:
    foot = smooth(_FOOT)
    with sheet.group("translate(6 6)"):
        sheet.shape(foot, sheet.paint(shaded(COLOURS[look.accent], -0.15)))
    sheet.body(foot, sheet.paint(look.colour, look.pattern, look.accent, scale=0.8), "foam")
    strap = COLOURS[look.accent]
    sheet.shade(smooth([(186, 104), (150, 200), (166, 214), (200, 130), (244, 214), (258, 200), (214, 104)]), 0.3, 5)
    for end in ((150, 214), (256, 212)):
        x = end[0]
        way = -1 if x < 200 else 1
        sheet.body(
            f"M196 100Q{200 + way * 50} 140 {x + way * 2} {end[1]}L{x - way * 16} {end[1] + 4}Q{200 + way * 24} 156 196 124Z",
            sheet.paint(strap),
            "rubber",
        )
    sheet.tube("M196 96V122", strap, 13)


def _slipper(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "wool")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    closed = look.parts.get("back") == "closed"
    fluff = sheet.paint(look.accent if rng.random() < 0.5 else "cream")
    if closed:
        sheet.shape(smooth([(170, 250), (260, 250), (344, 232), (340, 310), (190, 310)]), "#6e5f55")
    else:
        sheet.body(
            smooth([(170, 316), (260, 312), (350, 308), (362, 322), (356, 336), (170, 336)], tension=0.6),
            sheet.paint(shaded(COLOURS[look.accent], 0.2)),
            "plush",
        )
    heel = (
        [(230, 272), (290, 276), (336, 240), (354, 238), (358, 290), (354, 340)]
        if closed
        else [(212, 262), (238, 296), (250, 340)]
    )
    upper = smooth(
        [(36, 340), (40, 306), (66, 278), (116, 258), (166, 238), (196, 236), *heel, (140, 344)], tension=0.8
    )
    sheet.body(upper, fill, material)
    sheet.line("M50 322Q70 290 150 292Q196 296 226 336", seam_colour(look), 2.2, opacity=0.6, dashes="5 4")
    rim = (
        [(160, 240), (196, 234), (214, 258), (234, 272), (290, 276), (350, 238)]
        if closed
        else [(158, 242), (196, 234), (214, 258), (240, 296), (252, 336)]
    )
    d = smooth(rim, closed=False)
    sheet.line(d, deeper(look, 0.5), 23, opacity=0.5)
    for width, lighter in ((20, 0.0), (13, 0.12), (6, 0.25)):
        sheet.line(d, shaded(_rgb_of(fluff), lighter), width)
    sheet.body(
        smooth([(34, 334), (38, 350), (200, 351), (354, 350), (362, 332), (200, 340)], tension=0.5),
        sheet.paint(rng.choice(((60, 54, 50), (196, 160, 118), (236, 232, 226)))),
        "rubber",
    )


def _rgb_of(fill: str) -> Rgb:
    return int(fill[1:3], 16), int(fill[3:5], 16), int(fill[5:7], 16)


def _slipper_from_above(sheet: Sheet, look: Look) -> None:
    foot = smooth(_FOOT)
    sheet.body(foot, sheet.paint(shaded(COLOURS[look.accent], 0.25)), "plush")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.7)
    material = surface(sheet, look, "wool")
    if look.parts.get("back") == "closed":
        hole = smooth([(200, 176), (236, 210), (236, 290), (204, 334), (170, 290), (168, 210)])
        sheet.body(foot, fill, material)
        sheet.body(hole, sheet.paint(shaded(COLOURS[look.accent], 0.15)), "plush")
        sheet.shade(hole, 0.3, 8)
        edge = hole
    else:
        sheet.body(
            smooth(
                [
                    (194, 34),
                    (240, 46),
                    (266, 96),
                    (266, 190),
                    (244, 206),
                    (200, 188),
                    (160, 204),
                    (136, 190),
                    (138, 92),
                    (158, 48),
                ],
                tension=0.85,
            ),
            fill,
            material,
        )
        edge = "M140 192Q160 208 200 190Q244 208 262 192"
    for width, lighter in ((19, 0.05), (11, 0.2)):
        sheet.line(edge, shaded(COLOURS[look.accent], lighter), width)


draw_sandals = shoes(_sandal, top=lambda sheet, look: both_feet(sheet, look, _sandal_from_above))
draw_flip_flops = shoes(_flip_flop, top=lambda sheet, look: both_feet(sheet, look, _flip_flop_from_above))
draw_slippers = shoes(_slipper, top=lambda sheet, look: both_feet(sheet, look, _slipper_from_above))
