"""Things with wheels."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.toys.building import tones
from demo.drawing.vessels import DARK, can, ink_on, rgb
from demo.look import Look

WOOD: Rgb = (226, 192, 144)
GLASS = "#cfe4ee"


def wheel(sheet: Sheet, x: float, y: float, r: float, hub: Rgb, *, knobs: bool = False, tyre: Rgb = DARK) -> None:
    """Draw a wheel from the side, with the knobs of an off-road tyre when asked for."""
    if knobs:
        sheet.line(ellipse(x, y, r, r), tyre, 9, dashes="9 6", round_ends=False)
    sheet.body(ellipse(x, y, r, r), hex_of(tyre), "rubber")
    sheet.body(ellipse(x, y, r * 0.56, r * 0.56), hex_of(hub), "plastic", outline=0.8)
    sheet.shape(ellipse(x, y, r * 0.15, r * 0.15), hex_of(shaded(hub, -0.5)))


def draw_toy_car(sheet: Sheet, look: Look) -> None:
    """Draw a toy vehicle from the side: car, racing car, van or truck."""
    colour, second = rgb(look.colour), rgb(look.accent)
    material = look.material or "wood"
    body = look.parts.get("body", "car")
    r = sheet.rng.uniform(37, 43)
    tyre: Rgb = (88, 62, 44) if material == "wood" else DARK
    fill = hex_of(colour)
    wheels = (112, 288)
    if body == "racing car":
        sheet.body("M34 300Q30 262 74 252L150 244Q170 210 214 212L236 246L340 262Q372 272 368 300Z", fill, material)
        sheet.body("M166 244Q180 216 208 218L222 246Z", GLASS, "glass", flat=True)
        sheet.body("M330 262L344 214H376L372 230H358L352 266Z", hex_of(second), material)
        sheet.shape(ellipse(246, 276, 24, 24), "#ffffff")
        sheet.letters(str(sheet.rng.randint(1, 9)), 246, 288, 24, DARK, weight=0.2)
        sheet.line("M60 268H200", second, 9)
    elif body == "van":
        sheet.body("M36 308V196Q44 150 96 146H352Q366 148 366 164V308Z", fill, material)
        for x in (164, 232, 300):
            sheet.body(rounded(x, 172, 52, 46, 8), GLASS, "glass", flat=True)
        sheet.body("M60 218Q64 174 104 172H148V218Z", GLASS, "glass", flat=True)
        sheet.shape(rounded(38, 244, 328, 18, 0), hex_of(second))
    elif body == "truck":
        sheet.body(rounded(150, 150, 220, 126, 6), hex_of(second), material, flat=True)
        for x in (204, 260, 316):
            sheet.line(f"M{x} 154V272", shaded(second, -0.3), 3, opacity=0.6)
        sheet.body("M32 308V230L66 168H142V276H368V308Z", fill, material)
        sheet.body("M54 230L78 184H126V230Z", GLASS, "glass", flat=True)
    else:
        sheet.body(
            "M30 300V256Q34 238 76 230L118 176Q124 166 140 166H258Q272 166 282 178L318 228Q366 234 370 262V300Z",
            fill,
            material,
        )
        sheet.body("M98 228L132 184H184V228Z", GLASS, "glass", flat=True)
        sheet.body("M198 228V184H254L288 228Z", GLASS, "glass", flat=True)
        sheet.shape(rounded(32, 256, 336, 13, 0), hex_of(second))
    sheet.body(ellipse(44, 276, 8, 11), "#ffe79a", "glass", outline=0.6)
    for x in wheels:
        sheet.shape(ellipse(x, 304, r + 7, r + 7), hex_of(shaded(colour, -0.5)), opacity=0.55)
        wheel(sheet, x, 310, r, second, tyre=tyre)


def draw_rc_car(sheet: Sheet, look: Look) -> None:
    """Draw an off-road car with fat knobbly tyres and springs, and its remote control before it."""
    colour, second = rgb(look.colour), rgb(look.accent)
    sheet.line("M286 120Q306 70 304 34", DARK, 3)
    for x in (106, 272):
        sheet.line(f"M{x} 240L{x + 20} 168", (200, 200, 206), 12, dashes="4 3", round_ends=False)
    sheet.body("M64 204L86 168L148 158L182 112H262L300 156L330 170L322 214H74Z", hex_of(colour), "plastic")
    sheet.body("M164 158L192 122H222V158Z", "#2c3138", "glass", flat=True)
    sheet.body("M232 122H256L282 158H232Z", "#2c3138", "glass", flat=True)
    sheet.shape(polygon([(84, 182), (322, 182), (320, 196), (78, 196)]), hex_of(second))
    sheet.body(rounded(186, 96, 74, 12, 5), hex_of(DARK))
    for x in (204, 224, 244):
        sheet.shape(ellipse(x, 92, 8, 6), "#fff2b0")
    r = sheet.rng.uniform(48, 54)
    for x in (106, 284):
        wheel(sheet, x, 250, r, second, knobs=True)
    if look.parts.get("control", "shown") == "shown":
        sheet.tube("M200 318L252 268", DARK, 4)
        sheet.body(
            "M112 318Q114 300 136 302H264Q286 300 288 318L292 352Q282 372 260 350H140Q118 372 108 352Z",
            hex_of(shaded(colour, -0.1)),
            "plastic",
        )
        for x in (146, 254):
            sheet.body(ellipse(x, 326, 15, 11), hex_of(DARK), "rubber")
            sheet.body(ellipse(x, 319, 9, 8), hex_of((90, 92, 98)), "rubber")
        sheet.shape(rounded(182, 318, 36, 18, 4), hex_of(second))


def draw_train(sheet: Sheet, look: Look) -> None:
    """Draw a locomotive with two wagons on a track."""
    material = look.material or "wood"
    colour, second = rgb(look.colour), rgb(look.accent)
    loads = tones(sheet, look, 6)
    y = 300.0
    if look.parts.get("track", "track") == "track":
        for i in range(11):
            sheet.body(rounded(26 + 33 * i, y + 28, 14, 20, 2), "#a87b4c", "wood", flat=True, outline=0.7)
        sheet.body(rounded(20, y + 22, 360, 11, 3), hex_of(WOOD), "wood", flat=True)
    for x in (164.0, 280.0):
        sheet.tube(f"M{x - 22} {y - 8}h24", DARK, 5)
        sheet.body(rounded(x, y - 66, 92, 54, 5), hex_of(second if x > 200 else colour), material, flat=True)
        for k in range(3):
            tone = loads[k + (0 if x > 200 else 2)]
            if k % 2:
                sheet.body(ellipse(x + 18 + 28 * k, y - 76, 15, 16), hex_of(tone), material)
            else:
                sheet.body(rounded(x + 5 + 28 * k, y - 90, 26, 25, 3), hex_of(tone), material, flat=True)
        for wx in (x + 22, x + 70):
            wheel(sheet, wx, y + 4, 18, second, tyre=(88, 62, 44) if material == "wood" else DARK)
    can(sheet, 62, 172, 226, 13, second, material, tilt=0.3)
    can(sheet, 62, 162, 178, 18, second, material, tilt=0.3)
    sheet.body(rounded(30, y - 80, 84, 56, 26), hex_of(colour), material)
    sheet.body(rounded(90, y - 140, 54, 122, 4), hex_of(colour), material, flat=True)
    sheet.body(rounded(82, y - 152, 70, 14, 5), hex_of(second), material)
    sheet.body(rounded(101, y - 124, 32, 34, 4), GLASS, "glass", flat=True)
    sheet.body(rounded(26, y - 28, 122, 18, 4), hex_of(shaded(colour, -0.3)), material)
    for wx, r in ((48, 18), (84, 18), (124, 25)):
        wheel(sheet, wx, y + 22 - r, r, second, tyre=(88, 62, 44) if material == "wood" else DARK)


def draw_ride_on(sheet: Sheet, look: Look) -> None:
    """Draw a ride-on toy: car, balance bike, or walker wagon with a push bar."""
    form = look.parts.get("form", "car")
    colour, second = rgb(look.colour), rgb(look.accent)
    if form == "balance bike":
        for x in (96, 304):
            sheet.line(ellipse(x, 286, 58, 58), DARK, 17)
            for k in range(5):
                with sheet.group(f"rotate({72 * k} {x} 286)"):
                    sheet.tube(f"M{x} 286v-48", second, 7)
            sheet.shape(ellipse(x, 286, 10, 10), hex_of(DARK))
        sheet.tube("M304 286L272 128", colour, 17)
        sheet.tube("M98 286L160 218L282 178", colour, 19)
        sheet.tube("M160 218L150 176", shaded(colour, -0.3), 12)
        sheet.body("M98 170Q148 152 196 162Q206 180 176 182L112 186Q92 184 98 170Z", hex_of(DARK), "leather")
        sheet.tube("M272 128Q250 110 226 112", colour, 11)
        sheet.tube("M240 112H208", second, 16)
    elif form == "wagon":
        sheet.tube("M326 270L364 96Q366 84 350 84H322", colour, 14)
        sheet.body(rounded(52, 196, 262, 92, 8), hex_of(colour), "wood", flat=True)
        sheet.shape(rounded(54, 224, 258, 20, 0), hex_of(second))
        for i, tone in enumerate(tones(sheet, look, 5)):
            sheet.body(rounded(66 + 48 * i, 160 - 14 * (i % 2), 44, 46, 4), hex_of(tone), "wood", flat=True)
        sheet.body(rounded(52, 230, 262, 58, 8), hex_of(colour), "wood", flat=True)
        for x in (106, 264):
            wheel(sheet, x, 308, 44, second)
    else:
        sheet.tube("M276 150L258 210", DARK, 12)
        sheet.line("M246 132Q282 128 306 160", DARK, 15)
        sheet.line("M246 132Q282 128 306 160", second, 7)
        sheet.body(
            "M36 290Q24 214 84 202Q130 192 160 226Q190 238 226 224Q250 198 300 204Q368 214 370 292Z",
            hex_of(colour),
            "plastic",
        )
        sheet.body("M100 202Q132 190 160 226Q190 240 226 226L228 240Q160 252 104 222Z", hex_of(second), "plastic")
        sheet.body("M56 196Q50 130 76 128Q94 130 92 200Z", hex_of(second), "plastic")
        for x in (340,):
            sheet.body(ellipse(x, 246, 15, 17), "#fff0b8", "glass")
        sheet.shape(ellipse(206, 270, 22, 22), hex_of(second))
        sheet.letters(str(sheet.rng.randint(1, 9)), 206, 281, 22, ink_on(second), weight=0.2)
        for x in (100, 302):
            wheel(sheet, x, 304, 50, second)
