"""Cameras for travel, sport, parties and the front door."""

from __future__ import annotations

from demo.colours import COLOURS, hex_of, shaded
from demo.drawing.electronics.screens import DARK, METAL, circle, fill_of, leaning, lens, rgb, screen, seam, seen
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_camera(sheet: Sheet, look: Look) -> None:
    """Draw a photo camera: a compact one, a system camera with its viewfinder hump, or an old-style one."""
    rng, colour, form = sheet.rng, rgb(look), look.parts.get("type", "compact")
    fill = fill_of(sheet, look)
    grip = hex_of(shaded(colour, -0.4) if colour != COLOURS["black"] else (22, 22, 24))
    with leaning(sheet, most=2), seen(sheet, look.parts.get("view", "front"), skew=6):
        if form == "system":
            sheet.tube("M52 150C20 190 30 250 36 290", DARK, 8)
            sheet.body(smooth([(148, 138), (162, 78), (238, 78), (252, 138)], tension=0.3), fill, "plastic")
            sheet.letters("PIXARO", 200, 110, 14, seam(colour, 0.9))
            sheet.body(ellipse(316, 128, 24, 9), hex_of(METAL), "metal")
            sheet.body(rounded(36, 124, 328, 196, 24), fill, "plastic", flat=True)
            sheet.body(rounded(30, 118, 74, 204, 30), grip, "leather")
            sheet.body(ellipse(66, 122, 18, 8), hex_of(METAL), "metal")
            radius = rng.uniform(86, 96)
            lens(sheet, 212, 232, radius)
            sheet.line(circle(212, 232, radius * 0.93), (90, 92, 98), 5, dashes="2 3", round_ends=False)
        else:
            retro = form == "retro"
            body = METAL if retro else colour
            sheet.body(rounded(112, 96, 60, 20, 4), hex_of(shaded(body, -0.2)), "metal")
            sheet.body(rounded(266, 92, 54, 24, 6), hex_of(METAL), "metal")
            sheet.body(rounded(66, 100, 30, 14, 4), hex_of(METAL), "metal")
            sheet.body(
                rounded(34, 110, 332, 200, 20),
                hex_of(METAL) if retro else fill,
                "metal" if retro else "plastic",
                flat=True,
            )
            if retro:
                sheet.body(rounded(34, 156, 332, 122, 2), fill, "leather", flat=True)
                sheet.shape(rounded(284, 120, 48, 26, 4), "#20242c")
                sheet.shape(rounded(232, 122, 26, 22, 4), "#30343c")
            else:
                sheet.body(rounded(44, 130, 40, 160, 14), grip, "rubber")
                sheet.shape(rounded(276, 124, 70, 24, 6), "#f3efdc")
                sheet.letters("PIXARO", 128, 142, 11, seam(colour, 0.9))
            radius = rng.uniform(74, 84)
            lens(sheet, 206, 220, radius, METAL if rng.random() < 0.35 else DARK)


def draw_action_camera(sheet: Sheet, look: Look) -> None:
    """Draw an action camera: a small box with a big lens; bare, on a mount or in a diving case."""
    colour, fill, mount = rgb(look), fill_of(sheet, look), look.parts.get("mount", "none")
    with leaning(sheet, most=3), seen(sheet, look.parts.get("view", "front"), skew=8):
        y = 90 if mount != "none" else 112
        if mount != "none":
            for x in (174, 194, 214):
                sheet.body(rounded(x, y + 180, 13, 52, 5), hex_of(DARK), "plastic")
            sheet.body(rounded(148, y + 224, 104, 32, 8), hex_of(DARK), "plastic")
        if mount == "case":
            sheet.shape(rounded(34, y - 24, 332, 226, 20), "#dfeaf0", opacity=0.5)
            sheet.line(rounded(34, y - 24, 332, 226, 20), (120, 134, 144), 5, opacity=0.8)
        sheet.body(rounded(60, y - 10, 46, 14, 5), "#c8342c" if look.colour != "red" else "#eee", "plastic")
        sheet.body(rounded(52, y, 296, 184, 22), fill, "rubber", flat=True)
        sheet.body(rounded(218, y + 8, 118, 118, 16), hex_of(shaded(colour, -0.4)), "plastic", flat=True)
        lens(sheet, 277, y + 67, 50)
        sheet.shape(rounded(72, y + 24, 126, 100, 8), "#0a0a0c")
        screen(sheet, 76, y + 28, 118, 92, 4, "landscape")
        sheet.letters("5K", 300, y + 168, 24, seam(colour, 0.9))
        sheet.letters("PIXARO", 130, y + 160, 14, seam(colour, 0.9))
        sheet.shape(circle(212, y + 156, 4), "#ff4b3d")


def draw_instant_camera(sheet: Sheet, look: Look) -> None:
    """Draw an instant camera: round-edged and chunky, now and then with a photo coming out."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    if look.parts.get("photo", "none") == "photo":
        sheet.body(rounded(116, 30, 168, 120, 3), "#fdfdfb", "paper", flat=True)
        screen(sheet, 130, 42, 140, 100, 0, "landscape")
    with leaning(sheet, most=2):
        sheet.body(rounded(60, 94, 280, 250, rng.uniform(44, 66)), fill, "plastic")
        sheet.body(rounded(84, 88, 44, 16, 7), hex_of(shaded(colour, -0.25)), "plastic")
        sheet.body(rounded(252, 118, 62, 44, 12), "#f6f2df", "glass", flat=True)
        sheet.shape(rounded(92, 122, 36, 32, 8), "#1d1e24")
        sheet.shape(circle(156, 138, 7), "#30323a")
        sheet.body(circle(200, 236, 92), hex_of(shaded(colour, 0.3)), "plastic")
        sheet.body(circle(200, 236, 76), "#fafafa" if rng.random() < 0.6 else hex_of(shaded(colour, -0.2)), "plastic")
        lens(sheet, 200, 236, 52)
        sheet.body(circle(94, 236, 14), hex_of(METAL), "metal")
        sheet.letters("SNAP", 286, 326, 14, seam(colour, 0.7))


def draw_security_camera(sheet: Sheet, look: Look) -> None:
    """Draw a security camera: a bullet on its arm, a dome, one that turns on a foot, or a video doorbell."""
    colour, fill, form = rgb(look), fill_of(sheet, look), look.parts.get("type", "bullet")
    dark = hex_of(shaded(colour, -0.25))
    if form == "doorbell":
        with leaning(sheet, most=2):
            sheet.body(rounded(136, 34, 128, 324, 34), fill, "plastic", flat=True)
            sheet.shape(rounded(148, 46, 104, 168, 26), "#0d0e11")
            lens(sheet, 200, 104, 38)
            sheet.shape(circle(200, 172, 6), "#39414d")
            sheet.body(circle(200, 286, 42), dark, "plastic")
            sheet.line(circle(200, 286, 36), (70, 200, 250), 4.5)
            sheet.line("M186 290C186 268 214 268 214 290L218 296H182ZM196 301h8", seam(colour, 0.9), 2.6)
    elif form == "dome":
        sheet.body(polygon([(60, 130), (340, 130), (326, 206), (74, 206)]), fill, "plastic", flat=True)
        sheet.body(ellipse(200, 128, 141, 26), hex_of(shaded(colour, 0.12)), "plastic", flat=True)
        sheet.body("M92 204A108 118 0 0 0 308 204A108 22 0 0 1 92 204Z", "#17181d", "glass")
        lens(sheet, 200, 262, 34)
    elif form == "turning":
        sheet.body("M134 330C134 262 150 240 150 200H250C250 240 266 262 266 330Z", fill, "plastic")
        sheet.body(ellipse(200, 332, 76, 17), dark, "plastic")
        sheet.body(circle(200, 142, 96), fill, "plastic")
        sheet.shape(smooth([(140, 132), (168, 76), (232, 76), (260, 132), (232, 196), (168, 196)]), "#0d0e11")
        lens(sheet, 200, 132, 38)
        sheet.shape(circle(200, 182, 4), "#67d7ff")
    else:
        flip = "translate(400 0) scale(-1 1)" if sheet.rng.random() < 0.4 else ""
        with sheet.group(flip):
            sheet.body(rounded(296, 246, 60, 106, 12), dark, "plastic", flat=True)
            sheet.tube("M322 292C280 300 252 270 244 228", colour, 24)
            with sheet.group("rotate(-9 200 180)"):
                sheet.body(rounded(92, 118, 260, 122, 56), fill, "plastic")
                sheet.body(polygon([(64, 110), (330, 108), (338, 124), (56, 130)]), dark, "plastic", flat=True)
                sheet.body(ellipse(108, 180, 46, 62), hex_of(shaded(colour, -0.15)), "plastic")
                sheet.shape(ellipse(104, 180, 37, 52), "#0c0d10")
                lens(sheet, 102, 174, 25)
                for i in range(5):
                    sheet.shape(circle(82 + i * 10, 214 - abs(i - 2) * -1.5, 2.6), "#7a2a30")
