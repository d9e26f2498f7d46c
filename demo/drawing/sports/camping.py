"""Tents, sleeping bags and mats, stoves, lanterns, poles, bottles and coolers."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.sports.common import DARK, STEEL, accent, circle, fill_of, flipped, rgb, seam
from demo.look import Look


def draw_tent(sheet: Sheet, look: Look) -> None:
    """Draw a tent with its door open: a dome, a tunnel, a ridge tent or a bell."""
    rng, colour, form = sheet.rng, rgb(look), look.parts.get("shape", "dome")
    fill, material = fill_of(sheet, look), look.material or "polyester"
    ground = 336.0
    with sheet.group(flipped(sheet)):
        for x0, x1 in ((46, 20), (356, 382)):
            sheet.line(f"M{x0} 270L{x1} 350", (150, 150, 150), 2)
        if form == "ridge":
            sheet.body(
                polygon([(196, 88), (326, 60), (380, 318), (300, ground)]),
                hex_of(shaded(colour, -0.15)),
                material,
                flat=True,
            )
            front = polygon([(190, 86), (300, ground), (40, ground)])
            door, flap = (
                polygon([(190, 120), (236, ground), (118, ground)]),
                polygon([(190, 120), (118, ground), (84, ground), (156, 210)]),
            )
        elif form == "tunnel":
            sheet.body(
                smooth([(160, 128), (280, 132), (352, 196), (382, 318), (180, 336)], tension=0.7),
                hex_of(shaded(colour, -0.08)),
                material,
            )
            sheet.line("M262 130C306 172 320 240 318 328", seam(colour), 4)
            front = f"M26 {ground}C26 190 84 126 152 126C220 126 262 190 262 {ground}Z"
            door, flap = (
                f"M84 {ground}C86 220 120 170 150 170C184 170 210 220 210 {ground}Z",
                smooth([(84, 334), (96, 220), (132, 176), (112, 330)]),
            )
        elif form == "bell":
            front = polygon([(200, 42), (346, 214), (372, ground), (28, ground), (54, 214)])
            door, flap = (
                polygon([(200, 128), (248, ground), (152, ground)]),
                polygon([(200, 128), (152, ground), (118, ground), (168, 214)]),
            )
        else:
            peak = rng.uniform(104, 124)
            front = f"M24 {ground}C60 {peak + 90:.0f} 120 {peak:.0f} 200 {peak:.0f}C280 {peak:.0f} 340 {peak + 90:.0f} 376 {ground}Z"
            door, flap = (
                f"M104 {ground}C110 230 146 158 176 156C214 158 244 240 250 {ground}Z",
                smooth([(104, 334), (116, 240), (152, 172), (140, 262), (130, 334)]),
            )
        sheet.body(front, fill, material)
        if look.pattern == "plain":
            with sheet.clip(front):
                sheet.shape(
                    f"M0 {ground - 26}H400V400H0Z",
                    hex_of(accent(look) if look.parts.get("trim") == "contrast" else shaded(colour, -0.28)),
                    opacity=0.9,
                )
        if form == "dome":
            sheet.line(f"M60 {ground}C90 210 150 124 214 118M340 {ground}C310 210 250 124 186 118", seam(colour), 4)
        elif form == "bell":
            sheet.line("M54 214H346M200 42L128 214M200 42L272 214", seam(colour), 2.6)
        sheet.shape(door, sheet.gradient([(0, (54, 50, 44)), (1, (20, 20, 22))]))
        with sheet.clip(door):
            sheet.shape(f"M90 {ground - 12}H270V{ground + 4}H90Z", "#8d8a80", opacity=0.7)
        sheet.body(flap, hex_of(shaded(colour, 0.28)), material)
        sheet.line(door, seam(colour), 2.4)


def draw_sleeping_bag(sheet: Sheet, look: Look) -> None:
    """Draw a sleeping bag: a mummy with its hood, or a rectangle turned down at a corner."""
    rng, colour = sheet.rng, rgb(look)
    fill, material = fill_of(sheet, look, 0.9), look.material or "polyester"
    lining = hex_of(accent(look)) if look.accent != look.colour else hex_of(shaded(colour, 0.4))
    with sheet.group(f"rotate({rng.uniform(-16, 16):.0f} 200 200)"):
        if look.parts.get("shape") == "rectangular":
            d = rounded(110, 34, 180, 332, 20)
            sheet.body(d, fill, material)
            sheet.body(polygon([(180, 36), (288, 36), (288, 190)]), lining, material, flat=True)
        else:
            right = [(200, 26), (244, 36), (266, 76), (274, 120), (276, 180), (262, 290), (246, 352), (200, 368)]
            d = smooth([*right, *((400 - x, y) for x, y in reversed(right[1:-1]))], tension=0.9)
            sheet.body(d, fill, material)
            sheet.body(ellipse(200, 82, 46, 42), lining, material)
            sheet.shape(ellipse(200, 88, 33, 31), "#000", opacity=0.42)
        with sheet.clip(d):
            for i in range(9):
                y = (130 if look.parts.get("shape") != "rectangular" else 60) + i * 31
                if look.parts.get("shape") == "rectangular" and y < 190:
                    sheet.crease(f"M100 {y}Q140 {y + 9} {184 + (y - 40) * 0.66:.0f} {y}", 0.3, 8)
                else:
                    sheet.crease(f"M100 {y}Q200 {y + 14} 300 {y}", 0.3, 8)
        zip_line = "M252 110C258 180 250 270 240 336" if look.parts.get("shape") != "rectangular" else "M284 196V350"
        sheet.line(zip_line, DARK, 4)
        sheet.line(zip_line, STEEL, 2, dashes="2 3", round_ends=False)
        sheet.letters("FJELL", 170, 330, 12, seam(colour, 0.9))


def draw_sleeping_mat(sheet: Sheet, look: Look) -> None:
    """Draw a sleeping mat lying at an angle: inflated with tubes or cells, or folded foam."""
    rng, colour = sheet.rng, rgb(look)
    fill, form = fill_of(sheet, look), look.parts.get("type", "tubes")
    if form == "folding":
        for i in range(5):
            layer = rounded(30 + i % 2 * 6, 312 - i * 27, 334, 29, 13)
            sheet.body(layer, hex_of(shaded(colour, -0.16 if i % 2 else 0.0)), "foam", flat=True, outline=1.6)
        lid = polygon([(76, 138), (324, 138), (366, 210), (34, 210)])
        sheet.body(lid, fill, "foam", flat=True)
        with sheet.clip(lid):
            for row in range(4):
                for column in range(12):
                    x = 200 + (column - 5.5 + row % 2 * 0.5) * (22 + row * 2.6)
                    sheet.shape(ellipse(x, 150 + row * 17, 7, 4.4), "#000", opacity=0.26)
                    sheet.shape(ellipse(x, 154 + row * 17, 7, 2.6), "#fff", opacity=0.2)
        for x in (110, 276):
            sheet.line(f"M{x} 138L{x - 14} 210V338", DARK, 9, round_ends=False)
        return
    turn = rng.uniform(28, 38) * rng.choice((-1, 1))
    with sheet.group(
        f"rotate({turn:.0f} 200 200) translate(200 200) skewX({-12 if turn > 0 else 12}) translate(-200 -200)"
    ):
        sheet.body(rounded(120, 44, 176, 320, 34), hex_of(shaded(colour, -0.4)), "rubber")
        d = rounded(112, 34, 176, 320, 34)
        sheet.body(d, fill, look.material or "polyester")
        with sheet.clip(d):
            if form == "cells":
                for row in range(10):
                    for column in range(6):
                        sheet.shape(
                            ellipse(118 + column * 34 + row % 2 * 17, 50 + row * 33, 7, 6), "#000", opacity=0.28
                        )
                        sheet.shape(
                            ellipse(122 + column * 34 + row % 2 * 17, 56 + row * 33, 8, 5), "#fff", opacity=0.18
                        )
            else:
                for i in range(1, 6):
                    sheet.crease(f"M{112 + i * 29.3:.0f} 60V330", 0.42, 11)
        sheet.body(circle(134, 342, 10), "#2a2b2e", "rubber")
        sheet.letters("FJELLMARK", 200, 62, 13, seam(colour, 0.9))


def draw_camping_stove(sheet: Sheet, look: Look) -> None:
    """Draw a gas stove: a burner screwed on its cartridge, or a flat one with a hob."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    if look.parts.get("type") == "hob":
        sheet.body(polygon([(70, 170), (330, 170), (374, 266), (26, 266)]), fill, "metal", flat=True)
        sheet.body(rounded(26, 264, 348, 70, 8), fill, "metal", flat=True)
        sheet.body(ellipse(176, 216, 82, 31), "#28292c", "metal")
        sheet.shape(ellipse(176, 212, 36, 13), "#54565c")
        for a, b in (
            ((96, 210), (150, 212)),
            ((202, 212), (256, 210)),
            ((176, 184), (176, 204)),
            ((176, 222), (176, 246)),
        ):
            sheet.tube(f"M{a[0]} {a[1]}L{b[0]} {b[1]}", DARK, 9)
        if rng.random() < 0.5:
            sheet.line(ellipse(176, 210, 42, 15), (70, 140, 255), 7, opacity=0.7)
        sheet.body(circle(326, 298, 22), "#222326", "plastic")
        sheet.line("M326 298V282", "white", 4)
        sheet.letters("GAS", 80, 308, 18, seam(colour, 0.9))
        return
    sheet.body("M96 262C96 230 150 222 200 222C250 222 304 230 304 262V340A104 22 0 0 1 96 340Z", fill, "metal")
    sheet.line("M96 262A104 24 0 0 0 304 262", seam(colour), 2)
    sheet.letters("GAS 230", 200, 322, 24, seam(colour, 1.0))
    sheet.body(rounded(178, 178, 44, 46, 7), hex_of(STEEL), "metal")
    sheet.tube("M222 200H286C306 200 306 216 306 226", STEEL, 6)
    for side in (-1, 0, 1):
        sheet.tube(
            f"M200 168L{200 + side * 84} 128L{200 + side * 92} 82{f'L{200 + side * 40} 86' if side else ''}", STEEL, 7
        )
    if rng.random() < 0.6:
        sheet.shape(
            smooth([(150, 122), (162, 76), (178, 100), (200, 56), (222, 100), (238, 76), (250, 122)]),
            "#5b9dff",
            opacity=0.5,
        )
    sheet.body(polygon([(158, 140), (242, 140), (222, 180), (178, 180)]), hex_of(STEEL), "steel")
    sheet.body(ellipse(200, 138, 44, 12), "#5d6067", "metal")
