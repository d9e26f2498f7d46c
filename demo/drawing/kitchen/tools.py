"""Knives, boards, utensils."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import lines_on, rgb, round_polygon, turned
from demo.look import Look

STEEL: Rgb = (198, 201, 205)
WOOD: Rgb = (176, 128, 82)


def draw_chefs_knife(sheet: Sheet, look: Look) -> None:
    """Draw a chef's knife at a slant; the handle is coloured, the blade plain, wavy or dimpled steel."""
    rng = sheet.rng
    fill = sheet.paint(look.colour)
    steel = sheet.gradient([(0, (236, 238, 240)), (0.5, (176, 180, 185)), (1, (220, 223, 226))])
    turn = rng.uniform(18, 48) * rng.choice((-1, 1))
    with sheet.group(f"rotate({turn:.0f} 200 200) translate(0 {rng.uniform(-8, 8):.0f})"):
        blade = "M140 170L-2 172Q-30 176 -40 186Q24 232 140 236Z"
        with sheet.group("translate(58 0)"):
            sheet.body(blade, steel, "metal", flat=True)
            style = look.parts.get("blade", "smooth")
            with sheet.clip(blade):
                if style == "damascus":
                    for i in range(9):
                        y = 176 + i * 6
                        sheet.line(
                            f"M-44 {y}q16 {rng.uniform(-9, 9):.0f} 34 0t34 0t34 0t34 0t34 0t34 0",
                            (110, 114, 120),
                            1.5,
                            opacity=0.75,
                        )
                elif style == "dimpled":
                    for i in range(9):
                        sheet.shape(ellipse(2 + i * 15, 212 - (9 - i) * 1.6, 4.4, 10), "#8d9196", opacity=0.8)
                sheet.line("M-40 186Q24 232 140 236", "white", 9, opacity=0.7)
            sheet.body(
                polygon([(138, 168), (156, 172), (156, 204), (140, 238)]), hex_of(shaded(STEEL, -0.12)), "metal"
            )
        handle = smooth(
            [
                (212, 172),
                (250, 170),
                (310, 174),
                (362, 176),
                (376, 192),
                (366, 210),
                (320, 204),
                (270, 210),
                (214, 206),
            ],
            tension=0.7,
        )
        sheet.body(handle, fill, look.material or "wood")
        for x in (242, 288, 334):
            sheet.body(ellipse(x, 190, 5, 5), hex_of(STEEL), "metal")


def draw_knife_block(sheet: Sheet, look: Look) -> None:
    """Draw a slanted block with the handles of its knives."""
    rng = sheet.rng
    fill = sheet.paint(look.colour)
    material = look.material or "wood"
    grip: Rgb = rng.choice(((40, 40, 43), (40, 40, 43), rgb(look), STEEL))
    with sheet.group("translate(400 0) scale(-1 1)" if rng.random() < 0.5 else ""):
        for row, (x0, y0) in enumerate(((132, 168), (170, 190), (208, 212))):
            count = 2 if row < 2 else 3
            for i in range(count):
                x, y = x0 + i * (40 if row < 2 else 26), y0 - i * (9 if row < 2 else 6)
                long = rng.uniform(104, 118) - row * 20
                thick = 22 - row * 4
                with sheet.group(f"rotate(-24 {x} {y})"):
                    sheet.body(
                        round_polygon(
                            [
                                (x - thick / 2, y - long),
                                (x + thick / 2 + 3, y - long - 4),
                                (x + thick / 2, y + 8),
                                (x - thick / 2, y + 8),
                            ],
                            7,
                        ),
                        hex_of(grip),
                        "plastic",
                    )
                    sheet.shape(
                        polygon(
                            [
                                (x - thick / 2, y - 8),
                                (x + thick / 2, y - 10),
                                (x + thick / 2, y + 8),
                                (x - thick / 2, y + 8),
                            ]
                        ),
                        hex_of(STEEL),
                    )
                    for k in (0.3, 0.7):
                        sheet.shape(ellipse(x, y - long * k, 2.6, 2.6), "#d6d8db")
        top = [(104, 172), (196, 146), (312, 214), (226, 250)]
        sheet.body(polygon([(104, 172), (226, 250), (244, 356), (166, 356)]), fill, material, flat=True)
        sheet.body(polygon([(226, 250), (312, 214), (322, 330), (244, 356)]), fill, material, flat=True)
        sheet.shape(polygon([(226, 250), (312, 214), (322, 330), (244, 356)]), "#000", opacity=0.22)
        sheet.body(polygon(top), fill, material, flat=True)
        sheet.shape(polygon(top), "#fff", opacity=0.16)
        for row, (x0, y0) in enumerate(((132, 168), (170, 190), (208, 212))):
            for i in range(2 if row < 2 else 3):
                x, y = x0 + i * (40 if row < 2 else 26), y0 - i * (9 if row < 2 else 6)
                thick = 22 - row * 4
                with sheet.group(f"rotate(-24 {x} {y})"):
                    sheet.body(
                        round_polygon(
                            [
                                (x - thick / 2, y - 70),
                                (x + thick / 2, y - 72),
                                (x + thick / 2, y),
                                (x - thick / 2, y),
                            ],
                            4,
                        ),
                        hex_of(grip),
                        "plastic",
                    )


def draw_cutting_board(sheet: Sheet, look: Look) -> None:
    """Draw a cutting board: rectangular with a hole or a groove, round, or with a handle."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour), rgb(look)
    material = look.material or "wood"
    shape = look.parts.get("shape", "rectangular")
    groove = rng.random() < 0.5
    with sheet.group(f"rotate({rng.uniform(-16, 16) + rng.choice((0, 0, 78)):.0f} 200 200)"):
        half, high = rng.uniform(92, 104), rng.uniform(136, 148)
        if shape == "round":
            outline, inner = ellipse(200, 200, 146, 146), ellipse(200, 200, 128, 128)
        elif shape == "paddle":
            outline = smooth(
                [
                    (184, 30),
                    (200, 24),
                    (216, 30),
                    (220, 96),
                    (290, 128),
                    (298, 200),
                    (294, 340),
                    (280, 352),
                    (120, 352),
                    (106, 340),
                    (102, 200),
                    (110, 128),
                    (180, 96),
                ],
                tension=0.55,
            )
            inner = round_polygon([(118, 144), (282, 144), (280, 338), (120, 338)], 18)
        else:
            outline = round_polygon(
                [
                    (200 - half, 200 - high),
                    (200 + half, 200 - high),
                    (200 + half, 200 + high),
                    (200 - half, 200 + high),
                ],
                20,
            )
            inner = round_polygon(
                [
                    (214 - half, 236 - high),
                    (186 + half, 236 - high),
                    (186 + half, 186 + high),
                    (214 - half, 186 + high),
                ],
                14,
            )
        with sheet.group("translate(4 7)"):
            sheet.shape(outline, hex_of(shaded(colour, -0.5)))
        sheet.body(outline, fill, material, flat=True)
        if material == "wood":
            for x in (140, 182, 226, 262):
                with sheet.clip(outline):
                    sheet.line(f"M{x} 20V380", shaded(colour, -0.35), 1.3, opacity=0.5)
        if groove and shape != "round":
            sheet.line(inner, shaded(colour, -0.35), 4, opacity=0.6)
        if shape == "rectangular":
            sheet.shape(
                round_polygon([(172, 212 - high), (228, 212 - high), (228, 227 - high), (172, 227 - high)], 8),
                "#e9e9e9",
            )
        elif shape == "paddle":
            sheet.shape(ellipse(200, 50, 7, 7), "#e9e9e9")


def draw_utensil_set(sheet: Sheet, look: Look) -> None:
    """Draw cooking utensils: in a pot, or side by side; heads coloured, handles of wood."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour), rgb(look)
    material = look.material or "rubber"
    grip: Rgb = WOOD if rng.random() < 0.7 else STEEL
    tools = ["turner", "spoon", "ladle", "spatula", "whisk"]
    rng.shuffle(tools)
    in_pot = look.parts.get("view", "in a holder") == "in a holder"
    for i, tool in enumerate(tools):
        x = (132 + i * 34) if in_pot else (64 + i * 68)
        turn = (i - 2) * 9 + rng.uniform(-3, 3) if in_pot else rng.uniform(-2, 2)
        with sheet.group(f"rotate({turn:.1f} {x} 300)"):
            low = 300 if in_pot else 356
            sheet.tube(f"M{x} 140V{low}", grip, 11, shine=0.2)
            _head(sheet, tool, x, fill, colour, material)
    if in_pot:
        pot: Rgb = rng.choice((colour, WOOD, (232, 228, 220)))
        sheet.body(turned([(92, 232), (88, 352)], tension=0), hex_of(pot), "ceramic" if pot != WOOD else "wood")
        sheet.line("M108 232A92 14.7 0 0 0 292 232", shaded(pot, 0.25), 4)


def _head(sheet: Sheet, tool: str, x: float, fill: str, colour: Rgb, material: str) -> None:
    if tool == "turner":
        d = round_polygon([(x - 27, 44), (x + 27, 44), (x + 21, 134), (x + 7, 150), (x - 7, 150), (x - 21, 134)], 6)
        sheet.body(d, fill, material)
        for dx in (-10, 0, 10):
            sheet.line(f"M{x + dx} 62V116", shaded(colour, -0.55), 4)
    elif tool == "spoon":
        sheet.body(
            smooth([(x, 38), (x + 25, 66), (x + 22, 110), (x + 6, 150), (x - 6, 150), (x - 22, 110), (x - 25, 66)]),
            fill,
            material,
        )
        sheet.shape(ellipse(x, 84, 16, 30), "#000", opacity=0.16)
    elif tool == "ladle":
        sheet.body(f"M{x - 36} 78A36 36 0 0 0 {x + 36} 78Q{x} 92 {x - 36} 78Z", fill, material)
        sheet.body(ellipse(x, 78, 36, 11), hex_of(lines_on(colour)), material)
        sheet.tube(f"M{x} 112V150", colour, 12)
    elif tool == "spatula":
        sheet.body(
            round_polygon(
                [(x - 22, 60), (x + 6, 40), (x + 22, 46), (x + 20, 136), (x + 6, 152), (x - 6, 152), (x - 20, 136)],
                10,
            ),
            fill,
            material,
        )
    else:
        for dx in (-30, -16, 0, 16, 30):
            sheet.line(f"M{x} 156C{x + dx * 1.3:.0f} 110 {x + dx:.0f} 36 {x} 36", colour, 3.6)
        sheet.body(round_polygon([(x - 8, 146), (x + 8, 146), (x + 7, 172), (x - 7, 172)], 3), fill, material)
