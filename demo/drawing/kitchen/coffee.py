"""Espresso machines, coffee makers, grinders."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, glass, lines_on, rgb, round_polygon, turn_of, turned
from demo.look import Look

DARK: Rgb = (42, 42, 45)
STEEL: Rgb = (196, 199, 203)
COFFEE: Rgb = (62, 36, 24)


def draw_espresso_machine(sheet: Sheet, look: Look) -> None:
    """Draw an espresso machine: with a portafilter, or fully automatic with a screen."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "plastic"
    fill = sheet.paint(look.colour)
    whole = look.parts.get("type", "portafilter") == "automatic"
    wide = 0.27 if whole else rng.uniform(0.2, 0.28)
    space = Space(sheet, (wide, 0.36, 0.36), turn=turn_of(sheet, 14, 30), pitch=11)
    w = wide / 2
    space.box((0, 0, 0), (wide, 0.045, 0.36), hex_of(DARK), "metal")
    space.soft((0, 0.04, -0.09), (wide, 0.3, 0.18), fill, material, radius=8)
    recess = space.face(
        (-w * 0.86, 0.06, 0.005), (w * 0.86, 0.06, 0.005), (w * 0.86, 0.24, 0.005), (-w * 0.86, 0.24, 0.005)
    )
    sheet.shape(recess, hex_of(shaded(colour, -0.45) if not whole else DARK))
    grate = space.face(
        (-w * 0.86, 0.047, 0.03), (w * 0.86, 0.047, 0.03), (w * 0.86, 0.047, 0.16), (-w * 0.86, 0.047, 0.16)
    )
    sheet.shape(grate, hex_of(STEEL))
    for i in range(9):
        z = 0.04 + i * 0.014
        a, b = space.at(-w * 0.82, 0.047, z), space.at(w * 0.82, 0.047, z)
        sheet.line(f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}", DARK, 1.8)
    _cup(sheet, *space.at(0, 0.05, 0.1))
    if whole:
        space.box((0, 0.16, 0.06), (0.07, 0.08, 0.1), hex_of(DARK), "plastic")
    space.soft((0, 0.235, 0.0), (wide, 0.11, 0.34), fill, material, radius=10)
    if whole:
        screen = space.face(
            (-w * 0.6, 0.265, 0.172), (w * 0.6, 0.265, 0.172), (w * 0.6, 0.32, 0.172), (-w * 0.6, 0.32, 0.172)
        )
        sheet.shape(screen, "#15171a")
        for x in (-0.5, 0, 0.5):
            cx, cy = space.at(x * w * 0.8, 0.292, 0.173)
            sheet.line(ellipse(cx, cy, 8, 8), "turquoise" if x else "white", 2.5)
        space.box((0, 0.345, -0.06), (wide * 0.7, 0.03, 0.16), "#54585c", "glass")
        return
    head = space.at(0, 0.2, 0.11)
    sheet.body(turned([(30, head[1] - 10), (28, head[1] + 12)], cx=head[0], tilt=0.25), hex_of(STEEL), "metal")
    sheet.body(turned([(33, head[1] + 10), (30, head[1] + 26)], cx=head[0], tilt=0.25), hex_of(STEEL), "metal")
    grip = rng.choice((DARK, (120, 80, 50)))
    a, b = space.at(0, 0.19, 0.14), space.at(0.02, 0.175, 0.27)
    sheet.tube(f"M{a[0]:.0f} {a[1] + 10:.0f}L{b[0]:.0f} {b[1] + 12:.0f}", grip, 17)
    near = -1 if space.turn > 0 else 1
    p, q = space.at(near * w * 0.82, 0.24, 0.14), space.at(near * w * 1.0, 0.09, 0.19)
    sheet.tube(f"M{p[0]:.0f} {p[1]:.0f}Q{p[0]:.0f} {q[1] - 30:.0f} {q[0]:.0f} {q[1]:.0f}", STEEL, 7, shine=0.7)
    cx, cy = space.at(-0.45 * w, 0.29, 0.172)
    if rng.random() < 0.6:
        sheet.body(ellipse(cx, cy, 20, 20), "#f4f3ef", "metal", flat=True)
        sheet.line(ellipse(cx, cy, 20, 20), DARK, 3)
        sheet.line(f"M{cx:.0f} {cy:.0f}l8 -10", "red", 2)
    for x in (0.2, 0.62):
        cx, cy = space.at(x * w, 0.29, 0.172)
        sheet.body(ellipse(cx, cy, 11, 11), hex_of(lines_on(colour)), "metal")


def _cup(sheet: Sheet, x: float, y: float) -> None:
    sheet.tube(f"M{x + 20:.0f} {y - 28:.0f}q20 2 0 18", (240, 238, 234), 5)
    sheet.body(turned([(24, y - 36), (20, y - 12), (13, y + 2)], cx=x, tilt=0.25), "#f2f0ec", "porcelain")
    sheet.shape(ellipse(x, y - 36, 21, 5), hex_of(COFFEE))


def draw_coffee_maker(sheet: Sheet, look: Look) -> None:
    """Draw a coffee maker: french press, moka pot, filter machine or pour-over carafe."""
    {
        "french press": _press, "moka": _moka, "filter": _filter, "pour-over": _pour_over,
    }[look.parts.get("type", "french press")](sheet, look)  # fmt: skip


def _press(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "steel"
    with sheet.group("translate(400 0) scale(-1 1)" if rng.random() < 0.4 else ""), sheet.group("translate(-20 0)"):
        r = rng.uniform(78, 88)
        sheet.tube(
            f"M{198 + r:.0f} 140H{246 + r:.0f}Q{268 + r:.0f} 146 {264 + r:.0f} 190V268Q{262 + r:.0f} 304 {198 + r:.0f} 306",
            DARK if material != "steel" else colour,
            17,
        )
        d = turned([(r, 122), (r, 346)], tension=0)
        if material == "glass":
            glass(sheet, d, (214, 224, 228), opacity=0.5)
            sheet.shape(turned([(r - 4, 196), (r - 4, 338)], tension=0), hex_of(COFFEE), opacity=0.9)
            for y in (128, 330):
                sheet.body(turned([(r + 3, y), (r + 3, y + 16)], tension=0), fill, "metal")
            for x in (-0.62, 0.1, 0.7):
                sheet.tube(
                    f"M{200 + x * r:.0f} {140 + 12 * (1 - x * x):.0f}V{338 + 12 * (1 - x * x):.0f}",
                    colour,
                    8,
                    shine=0.6,
                )
        else:
            sheet.body(d, fill, material)
        sheet.body(f"M{206 - r:.0f} 116L{176 - r:.0f} 106L{200 - r:.0f} 146Z", fill, "metal")
        sheet.body(
            f"M{196 - r:.0f} 122C{206 - r:.0f} 84 {194 + r:.0f} 84 {204 + r:.0f} 122A{r + 4:.0f} {r * 0.16:.0f} 0 0 1 {196 - r:.0f} 122Z",
            fill,
            "metal",
        )
        sheet.tube("M200 94V50", STEEL, 7, shine=0.7)
        sheet.body(ellipse(200, 42, 18, 16), hex_of(DARK), "plastic")


def _moka(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    fill = sheet.paint(look.colour)
    material = look.material if look.material in {"steel", "aluminium"} else "aluminium"
    with sheet.group("translate(400 0) scale(-1 1)" if rng.random() < 0.4 else ""), sheet.group("translate(-14 0)"):
        sheet.tube("M268 116H316Q334 120 330 150L316 232", DARK, 19)
        sheet.body("M124 96L96 82L122 148Z", fill, material)
        for d, facets in (
            (polygon([(124, 92), (276, 92), (256, 226), (144, 226)]), ((170, 170, 156), (232, 230, 244))),
            (polygon([(142, 240), (258, 240), (286, 350), (114, 350)]), ((172, 156, 164), (232, 246, 240))),
        ):
            if look.material == "glass" and facets[0][0] == 170:
                sheet.shape(polygon([(134, 156), (266, 156), (257, 222), (143, 222)]), hex_of(COFFEE), opacity=0.85)
                glass(sheet, d, (214, 224, 228), opacity=0.4)
                continue
            sheet.body(d, fill, material)
            with sheet.clip(d):
                top, low = (92, 226) if facets[0][0] == 170 else (240, 350)
                sheet.shape(polygon([(0, top), (168, top), (170, low), (0, low)]), "#fff", opacity=0.2)
                sheet.shape(polygon([(232, top), (400, top), (400, low), (230, low)]), "#000", opacity=0.28)
                sheet.line(f"M168 {top}L170 {low}M232 {top}L230 {low}", "black", 1.6, opacity=0.45)
        sheet.body(rounded(138, 224, 124, 18, 4), hex_of(STEEL), "metal")
        sheet.body(polygon([(124, 92), (276, 92), (222, 58), (178, 58)]), fill, material)
        sheet.body(turned([(9, 36), (13, 46), (8, 58)], tilt=0.3), hex_of(DARK), "plastic")


def _carafe(sheet: Sheet, x: float, y: float, r: float, colour: Rgb) -> None:
    """Draw a glass jug with coffee, standing on y."""
    sheet.tube(
        f"M{x + r * 0.7:.0f} {y - r * 1.4:.0f}Q{x + r * 1.75:.0f} {y - r * 1.4:.0f} {x + r * 1.0:.0f} {y - r * 0.36:.0f}",
        colour,
        13,
    )
    d = turned(
        [(r * 0.62, y - r * 1.6), (r * 0.66, y - r * 1.35), (r, y - r * 0.7), (r * 0.96, y - r * 0.25), (r * 0.8, y)],
        cx=x,
    )
    sheet.shape(
        turned([(r * 0.92, y - r * 0.8), (r * 0.92, y - r * 0.3), (r * 0.76, y - 4)], cx=x),
        hex_of(COFFEE),
        opacity=0.92,
    )
    glass(sheet, d, (216, 226, 230), opacity=0.34)
    sheet.line(
        f"M{x - r * 0.74:.0f} {y - r * 0.7:.0f}Q{x - r * 0.86:.0f} {y - r * 0.4:.0f} {x - r * 0.72:.0f} {y - r * 0.14:.0f}",
        "white",
        5,
        opacity=0.7,
    )


def _filter(sheet: Sheet, look: Look) -> None:
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material if look.material in {"plastic", "steel"} else "plastic"
    space = Space(sheet, (0.25, 0.36, 0.26), turn=turn_of(sheet, 14, 28), pitch=11)
    space.soft((0, 0, 0.02), (0.25, 0.035, 0.24), hex_of(DARK), "plastic", radius=8)
    space.soft((0, 0.03, -0.09), (0.25, 0.31, 0.09), fill, material, radius=8)
    x, y = space.at(0, 0.04, 0.04)
    _carafe(sheet, x, y, 72, DARK)
    space.soft((0, 0.235, 0.0), (0.25, 0.11, 0.23), fill, material, radius=10)
    cx, cy = space.at(0.08, 0.28, 0.115)
    sheet.body(ellipse(cx, cy, 10, 10), hex_of(lines_on(colour)), "plastic")
    sheet.letters("8 00", *space.at(-0.03, 0.27, 0.115), 16, lines_on(colour))


def _pour_over(sheet: Sheet, look: Look) -> None:
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "ceramic"
    sheet.tube("M272 128Q330 126 296 186", colour, 12)
    _carafe(sheet, 200, 352, 98, colour)
    sheet.body(turned([(96, 92), (78, 132), (34, 190), (32, 200)], tension=0.4), fill, material)
    sheet.body(turned([(74, 196), (72, 208)], tension=0), fill, material)
    sheet.shape(ellipse(200, 92, 96, 15), hex_of(shaded(colour, 0.2)))
    sheet.shape(ellipse(200, 92, 89, 12), "#efe4d2")
    sheet.shape(ellipse(200, 95, 70, 8), hex_of(COFFEE))


def draw_coffee_grinder(sheet: Sheet, look: Look) -> None:
    """Draw a coffee grinder: by hand with a crank, electric with a hopper."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "metal"
    if look.parts.get("type", "hand") == "hand":
        side = rng.choice((-1, 1))
        r = rng.uniform(54, 62)
        sheet.body(turned([(r, 232), (r, 340), (r - 4, 350)], tension=0.2), fill, material)
        sheet.line(f"M{200 - r:.0f} 236A{r:.0f} {r * 0.16:.0f} 0 0 0 {200 + r:.0f} 236", STEEL, 7)
        sheet.body(turned([(r - 4, 104), (r, 120), (r, 226)], tension=0.2), fill, material)
        sheet.body(turned([(r - 2, 92), (r + 1, 106)], tension=0.2), hex_of(STEEL), "metal")
        sheet.body(ellipse(200, 92, r - 2, (r - 2) * 0.16), hex_of(STEEL), "metal", flat=True)
        sheet.tube(f"M200 92V70L{200 + side * 110} 58", STEEL, 10, shine=0.7)
        sheet.body(
            turned([(11, 22), (17, 36), (12, 58)], cx=200 + side * 112, tilt=0.3),
            hex_of(rng.choice((DARK, (150, 106, 66)))),
            "wood",
        )
        return
    hopper = turned([(74, 62), (70, 96), (46, 140)], tension=0.4)
    sheet.shape(turned([(66, 84), (64, 100), (42, 138)], tension=0.4), hex_of(COFFEE))
    glass(sheet, hopper, (190, 196, 200), opacity=0.45)
    sheet.body(turned([(72, 52), (77, 66)], tension=0), hex_of(DARK), "plastic")
    sheet.body(ellipse(200, 52, 72, 11.5), hex_of(shaded(DARK, 0.12)), "plastic", flat=True)
    sheet.body(round_polygon([(132, 142), (268, 142), (282, 352), (118, 352)], 18), fill, material)
    sheet.shape(round_polygon([(150, 246), (250, 246), (254, 338), (146, 338)], 8), "#1c1c1e", opacity=0.85)
    sheet.body(turned([(38, 268), (38, 332)], tension=0), hex_of(STEEL), "glass")
    sheet.body(ellipse(200, 200, 24, 24), hex_of(lines_on(colour)), "metal")
    sheet.line("M200 200l10 -16", "red", 3)
