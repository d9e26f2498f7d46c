"""Appliances of the bathroom."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import DARK, PAPER, can, ink_on, rgb
from demo.look import Look

STEEL = (190, 193, 198)


def draw_hair_dryer(sheet: Sheet, look: Look) -> None:
    """Draw a hair dryer from the side, with a nozzle or a diffuser."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    with sheet.group(f"rotate({rng.uniform(-7, 3):.1f} 200 200)"):
        sheet.line(f"M262 352q10 20 {rng.uniform(30, 60):.0f} 8t50 2", DARK, 7)
        sheet.body("M226 180L290 176Q288 262 278 346Q260 356 242 346Q232 250 226 180Z", hex_of(colour), "plastic")
        sheet.body(rounded(240, 216, 16, 52, 7), hex_of(second), "plastic")
        sheet.line("M248 226V240M248 250V260", ink_on(second), 3)
        if look.parts.get("attachment") == "diffuser":
            sheet.body("M112 100L62 58Q38 130 62 206L112 168Z", hex_of(DARK), "plastic")
            for i in range(5):
                sheet.tube(f"M56 {80 + 26 * i}h-18", DARK, 9)
        else:
            sheet.body("M112 104L50 88V178L112 164Z", hex_of(DARK), "plastic")
            sheet.body(rounded(42, 84, 12, 98, 4), hex_of(shaded(DARK, 0.15)), "plastic")
        top = rng.uniform(60, 70)
        sheet.body(
            f"M106 96C160 {top + 6:.0f} 220 {top:.0f} 282 {top + 2:.0f}C352 {top + 6:.0f} 362 200 296 208"
            "C230 212 160 196 106 176Z",
            hex_of(colour), "plastic",
        )  # fmt: skip
        sheet.body(ellipse(320, 138, 30, 58), hex_of(second), "plastic")
        for i in range(5):
            sheet.line(f"M{306 + 0 * i} {100 + 18 * i}h30", shaded(second, -0.5), 4, opacity=0.8)
        sheet.line("M120 94V178M132 91V182", second, 5)


def draw_straightener(sheet: Sheet, look: Look) -> None:
    """Draw hair straighteners: two arms that meet at the hinge, slightly open."""
    rng = sheet.rng
    colour, plate = rgb(look.colour), rgb(look.accent)
    spread = rng.uniform(7, 12)
    with sheet.group(f"rotate({rng.uniform(-4, 4):.1f} 200 200)"):
        sheet.line("M200 346q-6 22 24 22t60 -6", DARK, 7)
        for side in (-1, 1):
            with sheet.group(f"rotate({side * spread:.1f} 200 340)"):
                x = 200 + side * 17
                sheet.body(
                    f"M{x - 16} 344V52Q{x - 14} 32 {x} 30Q{x + 14} 32 {x + 16} 52V344Z", hex_of(colour), "plastic"
                )
                inner = x - side * 16
                sheet.body(rounded(min(inner, inner - side * 9), 52, 9, 132, 3), hex_of(plate), "metal")
                if side == 1:
                    for i in range(3):
                        sheet.shape(ellipse(x, 226 + 20 * i, 5, 5), hex_of(plate))
        sheet.body(rounded(166, 306, 68, 46, 14), hex_of(shaded(colour, -0.12)), "plastic")
        sheet.shape(ellipse(200, 328, 9, 9), hex_of(plate))


def draw_toothbrush(sheet: Sheet, look: Look) -> None:
    """Draw an electric toothbrush, on its charger or with a spare head beside it."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    charger = look.parts.get("stand", "charger") == "charger"
    cx = 200 if charger else 176
    if charger:
        can(sheet, cx, 336, 352, 52, shaded(colour, -0.08), tilt=0.22)
    half = rng.uniform(27, 32)
    bottom = 338 if charger else 354
    sheet.body(f"M{cx - 9} 172L{cx - 5} 60H{cx + 5}L{cx + 9} 172Z", hex_of(PAPER), "plastic")
    _brush_head(sheet, cx, look)
    sheet.body(
        f"M{cx - 13} 160Q{cx} 154 {cx + 13} 160C{cx + 18} 190 {cx + half:.0f} 196 {cx + half:.0f} 236L{cx + half - 3:.0f} "
        f"{bottom}Q{cx} {bottom + 8} {cx - half + 3:.0f} {bottom}L{cx - half:.0f} 236C{cx - half:.0f} 196 {cx - 18} 190 "
        f"{cx - 13} 160Z",
        hex_of(colour), "plastic",
    )  # fmt: skip
    sheet.line(f"M{cx - 13} 168Q{cx} 174 {cx + 13} 168", second, 5)
    sheet.body(rounded(cx - 11, 216, 22, 44, 11), hex_of(second), "rubber")
    for i in range(3):
        sheet.shape(ellipse(cx, 284 + 13 * i, 2.6, 2.6), hex_of(ink_on(colour)), opacity=0.7)
    if not charger:
        with sheet.group("translate(82 172)"):
            sheet.body(f"M{cx - 9} 180L{cx - 5} 60H{cx + 5}L{cx + 9} 180Z", hex_of(PAPER), "plastic")
            _brush_head(sheet, cx, look)
            sheet.line(f"M{cx - 9} 174H{cx + 9}", second, 5)


def _brush_head(sheet: Sheet, cx: float, look: Look) -> None:
    """Draw bristles seen a little from the side: round or long head."""
    tall = 22 if look.parts.get("head") == "round" else 34
    y = 58
    sheet.body(rounded(cx - 11, y - tall, 22, 2 * tall, 10), hex_of(PAPER), "plastic")
    for i in range(int(tall / 4)):
        tint = rgb(look.accent) if i % 3 == 1 else (225, 238, 245)
        sheet.line(f"M{cx - 10} {y - tall + 8 + 7 * i}h20", tint, 5, round_ends=False)


def draw_shaver(sheet: Sheet, look: Look) -> None:
    """Draw an electric shaver: rotary with three heads, or with a foil."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    if look.parts.get("head", "foil") == "rotary":
        sheet.body(
            smooth([(122, 60), (200, 40), (278, 60), (282, 130), (200, 176), (118, 130)]), hex_of(DARK), "rubber"
        )
        for x, y in ((162, 82), (238, 82), (200, 134)):
            sheet.body(ellipse(x, y, 32, 30), hex_of(STEEL), "metal")
            sheet.line(ellipse(x, y, 22, 20), DARK, 5, opacity=0.5, dashes="3 3", round_ends=False)
            sheet.shape(ellipse(x, y, 11, 10), hex_of(second))
    else:
        sheet.body(polygon([(132, 96), (268, 96), (258, 150), (142, 150)]), hex_of(DARK), "plastic")
        for i, y in enumerate((46, 70)):
            sheet.body(rounded(136 + 2 * i, y, 128 - 4 * i, 26, 9), hex_of(STEEL), "metal")
            sheet.line(f"M144 {y + 13}H256", DARK, 9, opacity=0.35, dashes="1.5 3", round_ends=False)
    wide = rng.uniform(54, 62)
    sheet.body(
        f"M{200 - wide:.0f} 148Q200 136 {200 + wide:.0f} 148C{206 + wide:.0f} 220 {194 + wide:.0f} 280 "
        f"{190 + wide * 0.8:.0f} 346Q200 362 {210 - wide * 0.8:.0f} 346C{206 - wide:.0f} 280 {194 - wide:.0f} 220 "
        f"{200 - wide:.0f} 148Z",
        hex_of(colour), "rubber",
    )  # fmt: skip
    sheet.body("M176 158Q200 150 224 158L216 338Q200 344 184 338Z", hex_of(second), "plastic")
    sheet.body(ellipse(200, 202, 15, 15), hex_of(STEEL), "metal")
    sheet.line("M200 195V201", DARK, 3)
    sheet.letters("88", 200, 300, 20, ink_on(second))


def draw_trimmer(sheet: Sheet, look: Look) -> None:
    """Draw a beard trimmer: toothed blade on a slim handle, with a comb."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    half = rng.uniform(30, 37)
    with sheet.group(f"rotate({rng.uniform(-10, 10):.0f} 200 200)"):
        sheet.body(polygon([(158, 76), (242, 76), (232, 124), (168, 124)]), hex_of(STEEL), "metal")
        for i in range(13):
            sheet.line(f"M{160 + 6.7 * i:.1f} 78V{58 if look.parts.get('comb') != 'on' else 50}", STEEL, 3.6)
        if look.parts.get("comb") == "on":
            for i in range(7):
                sheet.line(f"M{156 + 14.6 * i:.0f} 112Q{152 + 16 * i:.0f} 60 {158 + 14 * i:.0f} 34", DARK, 6)
            sheet.body(rounded(148, 102, 104, 22, 5), hex_of(DARK))
        sheet.body(
            f"M164 122H236C{206 + half:.0f} 180 {200 + half:.0f} 200 {200 + half:.0f} 250L{196 + half * 0.9:.0f} 350"
            f"Q200 364 {204 - half * 0.9:.0f} 350L{200 - half:.0f} 250C{200 - half:.0f} 200 {194 - half:.0f} 180 164 122Z",
            hex_of(colour), "rubber",
        )  # fmt: skip
        sheet.body(rounded(170, 150, 60, 17, 5), hex_of(second), "metal")
        sheet.body(rounded(188, 190, 24, 46, 10), hex_of(second), "plastic")
        for i in range(3):
            sheet.line(f"M178 {280 + 16 * i}H222", shaded(colour, 0.25), 3, opacity=0.5)


def draw_razor(sheet: Sheet, look: Look) -> None:
    """Draw a razor: a safety razor of metal, or one with a cartridge of blades."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    with sheet.group(f"rotate({rng.uniform(14, 34):.0f} 200 200)"):
        if look.parts.get("form", "safety") == "safety":
            can(sheet, 200, 110, 350, 13, colour, "metal")
            for i in range(13):
                y = 176 + 11 * i
                sheet.line(f"M188 {y}L212 {y + 8}M212 {y}L188 {y + 8}", shaded(colour, -0.5), 1.2, opacity=0.7)
            can(sheet, 200, 330, 356, 16, second, "metal")
            can(sheet, 200, 92, 120, 10, second, "metal")
            sheet.body("M132 84Q200 48 268 84V98H132Z", hex_of(colour), "metal")
            sheet.line("M128 97H272", (225, 228, 232), 3)
            sheet.body(rounded(134, 98, 132, 10, 3), hex_of(shaded(colour, -0.15)), "metal")
        else:
            sheet.body(
                "M184 112C176 190 178 260 186 346Q200 360 214 346C222 260 224 190 216 112Z", hex_of(colour), "rubber"
            )
            sheet.body(rounded(191, 160, 18, 130, 9), hex_of(second), "rubber")
            sheet.tube("M200 118V90", colour, 20)
            sheet.body(rounded(134, 46, 132, 52, 9), hex_of(DARK), "plastic")
            for i in range(4):
                sheet.line(f"M142 {68 + 7 * i}H258", STEEL, 3)
            sheet.line("M142 55H258", second, 8)


def draw_massage_gun(sheet: Sheet, look: Look) -> None:
    """Draw a massage gun from the side: motor, ball head and grip."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    with sheet.group(f"rotate({rng.uniform(-6, 6):.1f} 200 200)"):
        sheet.tube("M150 118H84", STEEL, 24)
        if look.parts.get("head", "ball") == "ball":
            sheet.body(ellipse(68, 118, 46, 46), hex_of(shaded(DARK, 0.1)), "foam")
        else:
            sheet.body("M98 130L40 72Q26 62 22 80L58 118L22 156Q26 174 40 164L98 106Z", hex_of(DARK), "rubber")
        tall = rng.uniform(44, 50)
        sheet.body(rounded(206, 118, 70, 240, 32), hex_of(shaded(DARK, 0.06)), "rubber")
        for i in range(7):
            sheet.line(f"M214 {200 + 19 * i}H268", shaded(DARK, 0.3), 3, opacity=0.6)
        sheet.body(rounded(138, 118 - tall, 220, 2 * tall, 26), hex_of(colour), "plastic")
        sheet.body(rounded(138, 124 - tall, 30, 2 * tall - 12, 12), hex_of(DARK), "rubber")
        sheet.body(rounded(326, 124 - tall, 26, 2 * tall - 12, 12), hex_of(second), "metal")
        for i in range(4):
            sheet.shape(ellipse(200 + 22 * i, 118, 5, 5), hex_of(second))
        sheet.line("M186 78V158", second, 6)
