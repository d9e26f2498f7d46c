"""Bottles, jars and tubes."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import PAPER, can, flask, imprint, ink_on, label, rgb
from demo.look import Look

GOLD: Rgb = (208, 168, 84)
SILVER: Rgb = (200, 203, 208)


def draw_serum(sheet: Sheet, look: Look) -> None:
    """Draw a dropper bottle: glass, label, collar and rubber bulb in the accent."""
    rng = sheet.rng
    half, top = rng.uniform(58, 70), rng.uniform(150, 166)
    cap = rgb(look.accent)
    sheet.body(rounded(182, 34, 36, 62, 17), hex_of(cap), "rubber")
    can(sheet, 200, 92, top - 4, 27, cap if look.parts.get("collar") != "metal" else GOLD, "metal")
    glass = rgb(look.colour)
    sheet.body(flask(200, top, 352, 24, half, 40, 18), hex_of(glass), "glass")
    sheet.line(f"M200 {top + 6:.0f}V316", shaded(glass, 0.5), 5, opacity=0.25)
    label(sheet, 200, 272, half * 1.7, 104, PAPER)
    sheet.light(rounded(200 - half + 8, top + 48, 7, 120, 3), 0.6, 2)


def draw_pump_bottle(sheet: Sheet, look: Look) -> None:
    """Draw a bottle with a pump head."""
    rng = sheet.rng
    half, top = rng.uniform(60, 74), rng.uniform(136, 150)
    cap = rgb(look.accent)
    nozzle = f"M{192:.0f} 50H206Q214 42 200 38H{140 - rng.uniform(0, 12):.0f}q-12 2 -14 18l9 3q3 -9 12 -9Z"
    sheet.tube(f"M200 {top - 26:.0f}V52", shaded(cap, 0.1), 11)
    sheet.body(nozzle, hex_of(cap))
    sheet.body(rounded(178, 40, 44, 18, 8), hex_of(cap))
    can(sheet, 200, top - 30, top + 4, 25, cap)
    square = look.parts.get("shape") == "square"
    body = flask(200, top, 354, 26, half, 18 if square else 56, 8 if square else 22)
    colour = rgb(look.colour)
    sheet.body(body, sheet.paint(look.colour), look.material or "plastic")
    _front(sheet, look, 200, 262, half * 1.5, 110, colour)


def draw_shampoo(sheet: Sheet, look: Look) -> None:
    """Draw a flat oval bottle with a cap as wide as its neck, or standing on its cap."""
    rng = sheet.rng
    colour, cap = rgb(look.colour), rgb(look.accent)
    half = rng.uniform(66, 82)
    if look.parts.get("stand") == "cap":
        sheet.body(rounded(200 - half * 0.78, 306, half * 1.56, 48, 8), hex_of(cap))
        sheet.body(
            f"M{200 - half:.0f} 70Q200 40 {200 + half:.0f} 70C{210 + half:.0f} 150 {196 + half:.0f} 260 "
            f"{200 + half * 0.76:.0f} 308H{200 - half * 0.76:.0f}C{204 - half:.0f} 260 {190 - half:.0f} 150 "
            f"{200 - half:.0f} 70Z",
            hex_of(colour),
        )
        _front(sheet, look, 200, 176, half * 1.5, 130, colour)
        return
    sheet.body(rounded(172, 48, 56, 50, 7), hex_of(cap))
    sheet.line("M174 66H226", shaded(cap, -0.4), 1.6, opacity=0.6)
    sheet.body(flask(200, 96, 356, 27, half, 76, 26), hex_of(colour))
    _front(sheet, look, 200, 252, half * 1.5, 130, colour)


def draw_tube(sheet: Sheet, look: Look) -> None:
    """Draw a squeezable tube that stands on its cap, with the flat crimped end above."""
    rng = sheet.rng
    colour, cap = rgb(look.colour), rgb(look.accent)
    half = rng.uniform(58, 72)
    foot = half * rng.uniform(0.62, 0.75)
    top = rng.uniform(34, 52)
    can(sheet, 200, 318, 354, foot, cap, tilt=0.1)
    sheet.body(
        f"M{196 - half:.0f} {top:.0f}H{204 + half:.0f}V{top + 16:.0f}C{202 + half:.0f} 160 {200 + foot + 8:.0f} 250 "
        f"{200 + foot:.0f} 316Q200 328 {200 - foot:.0f} 316C{192 - foot:.0f} 250 {198 - half:.0f} 160 "
        f"{196 - half:.0f} {top + 16:.0f}Z",
        hex_of(colour),
        look.material or "plastic",
    )
    for i in range(int(half * 2 / 7)):
        x = 200 - half + 3 + 7 * i
        sheet.line(f"M{x:.0f} {top + 2:.0f}v12", shaded(colour, -0.35), 1.2, opacity=0.5)
    sheet.line(f"M{197 - half:.0f} {top + 16:.0f}H{203 + half:.0f}", shaded(colour, -0.35), 1.4, opacity=0.6)
    _front(sheet, look, 200, 170, half * 1.5, 150, colour)


def draw_sunscreen(sheet: Sheet, look: Look) -> None:
    """Draw sun lotion: a tube or a spray bottle with a sun and its factor."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    half = rng.uniform(64, 76)
    if look.parts.get("form") == "spray":
        sheet.body("M168 106V80Q168 66 184 62H150V44H214Q234 50 234 80V106Z", hex_of(second))
        sheet.body("M150 46h-10v14h10Z", hex_of(shaded(second, -0.3)))
        sheet.body(flask(200, 104, 354, 34, half, 44, 20), hex_of(colour))
    else:
        sheet.body(rounded(200 - half * 0.72, 310, half * 1.44, 44, 8), hex_of(second))
        sheet.body(
            f"M{198 - half:.0f} 46H{202 + half:.0f}C{202 + half:.0f} 150 {200 + half * 0.8:.0f} 250 "
            f"{200 + half * 0.7:.0f} 312H{200 - half * 0.7:.0f}C{200 - half * 0.8:.0f} 250 {198 - half:.0f} 150 "
            f"{198 - half:.0f} 46Z",
            hex_of(colour),
        )
    ink = ink_on(colour)
    y = 184 if look.parts.get("form") == "spray" else 130
    sun = (250, 190, 40) if look.colour not in ("yellow", "orange", "mustard", "gold") else PAPER
    turn = rng.uniform(0, 30)
    with sheet.group(f"rotate({turn:.0f} 200 {y})"):
        for i in range(12):
            with sheet.group(f"rotate({30 * i} 200 {y})"):
                sheet.line(f"M200 {y - 27}v-11", sun, 5)
    sheet.shape(ellipse(200, y, 22, 22), hex_of(sun))
    sheet.letters("SPF", 200, y + 74, 17, ink)
    sheet.letters(rng.choice(("30", "50", "50+")), 200, y + 114, 31, ink, weight=0.18)


def draw_perfume(sheet: Sheet, look: Look) -> None:
    """Draw a flacon: thick glass around the scent, a collar and a heavy cap."""
    rng = sheet.rng
    colour, cap = rgb(look.colour), rgb(look.accent)
    glass = hex_of(shaded(colour, 0.72))
    shape = look.parts.get("shape", "square")
    half = {"square": 84, "round": 98, "tall": 56}[shape] * rng.uniform(0.92, 1.08)
    top = {"square": 170, "round": 152, "tall": 140}[shape]
    metal = GOLD if rng.random() < 0.5 else SILVER
    sheet.body(rounded(186, top - 28, 28, 30, 3), hex_of(metal), "metal")
    if shape == "round":
        middle = (top + 354) / 2
        sheet.body(ellipse(200, middle, half, (354 - top) / 2), glass, "glass")
        sheet.body(ellipse(200, middle + 4, half - 15, (354 - top) / 2 - 17), hex_of(colour), "glass", outline=0)
        sheet.body(ellipse(200, top - 54, 33, 33), hex_of(cap), "metal")
    else:
        sheet.body(flask(200, top, 354, 30, half, 16, 10), glass, "glass")
        sheet.body(rounded(214 - half, top + 26, 2 * half - 28, 306 - top, 8), hex_of(colour), "glass", outline=0.5)
        width = half * (0.62 if shape == "square" else 0.8)
        sheet.body(rounded(200 - width / 2, top - 88, width, 68, 4), hex_of(cap), "metal")
    ink = ink_on(colour)
    imprint(sheet, 200, 268, half * 1.3, 90, ink)
    sheet.light(rounded(200 - half + 8, top + 50, 7, 100, 3), 0.7, 2)


def draw_foundation(sheet: Sheet, look: Look) -> None:
    """Draw a small square glass bottle of a skin tone with a tall cap, and a smear of it."""
    rng = sheet.rng
    colour = rgb(look.colour)
    cap = rgb(look.accent)
    half = rng.uniform(46, 56)
    if look.parts.get("swatch") != "none":
        sheet.body(
            f"M256 330C280 {300 - rng.uniform(0, 14):.0f} 330 296 352 306C374 322 350 346 310 352C280 356 244 352 256 330Z",
            hex_of(colour), "silk",
        )  # fmt: skip
    sheet.body(rounded(170, 42, 60, 104, 6), hex_of(cap), "plastic")
    sheet.body(rounded(174, 142, 52, 16, 2), hex_of(GOLD), "metal")
    sheet.body(flask(200, 156, 354, 28, half, 14, 12), hex_of(shaded(colour, 0.55)), "glass")
    sheet.body(rounded(208 - half, 174, 2 * half - 16, 170, 8), hex_of(colour), "glass", outline=0)
    imprint(sheet, 200, 258, half * 1.5, 100, ink_on(colour))


def draw_nail_polish(sheet: Sheet, look: Look) -> None:
    """Draw a small bottle of varnish with a long cap."""
    rng = sheet.rng
    colour, cap = rgb(look.colour), rgb(look.accent)
    half = rng.uniform(66, 80)
    sheet.body(
        f"M{176:.0f} {48 + rng.uniform(-8, 8):.0f}Q200 38 224 48L232 200H168Z", hex_of(cap), "plastic",
    )  # fmt: skip
    shape = look.parts.get("shape", "round")
    d = (
        flask(200, 206, 354, 30, half, 66, 34)
        if shape == "round"
        else rounded(200 - half * 0.86, 206, half * 1.72, 148, 12)
    )
    sheet.body(d, hex_of(shaded(colour, 0.5)), "glass")
    with sheet.clip(d):
        sheet.shape(rounded(212 - half, 226, 2 * half - 24, 118, 16), hex_of(colour))
    sheet.light(rounded(206 - half * 0.8, 250, 9, 74, 4), 0.75, 2)
    sheet.letters(rng.choice(("LUNE", "MIRA", "ROSA")), 206, 312, 14, ink_on(colour))


def draw_cream_jar(sheet: Sheet, look: Look) -> None:
    """Draw a wide low jar, closed, or open with its lid leaning on it."""
    rng = sheet.rng
    colour, lid = rgb(look.colour), rgb(look.accent)
    material = look.material or "plastic"
    rx = rng.uniform(112, 128)
    if look.parts.get("view") == "open":
        can(sheet, 188, 190, 330, rx, colour, material, tilt=0.26)
        sheet.body(ellipse(188, 190, rx - 10, (rx - 10) * 0.25), "#fbf8f2", "silk", flat=True)
        sheet.body("M150 192C170 172 214 186 196 164C224 172 232 196 206 200Z", "#fffdf9", "silk", outline=0.5)
        with sheet.group(f"rotate({rng.uniform(-30, -20):.0f} 306 300)"):
            sheet.body(ellipse(312, 292, 50, 72), hex_of(lid), "plastic")
            sheet.body(ellipse(318, 292, 42, 64), hex_of(shaded(lid, 0.12)), "plastic", outline=0.6)
        imprint(sheet, 158, 282, 120, 74, ink_on(colour))
        return
    bottom = rng.uniform(320, 336)
    can(sheet, 200, 220, bottom, rx - 6, colour, material, tilt=0.2)
    can(sheet, 200, 160, 226, rx, lid, "plastic", tilt=0.2)
    imprint(sheet, 200, 300, 170, 74, ink_on(colour))


def _front(sheet: Sheet, look: Look, cx: float, cy: float, width: float, height: float, colour: Rgb) -> None:
    """Print on a body, or stick a label of the accent on it."""
    if look.parts.get("label") == "sticker":
        second = rgb(look.accent)
        label(sheet, cx, cy, width, height, second if second != colour else PAPER)
        return
    imprint(sheet, cx, cy, width, height, ink_on(colour))
    half = width * 0.3
    sheet.line(f"M{cx - half:.0f} {cy + height * 0.44:.0f}H{cx + half:.0f}", rgb(look.accent), 6, opacity=0.9)
