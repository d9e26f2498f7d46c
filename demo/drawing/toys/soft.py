"""Soft toys and dolls."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import DARK, rgb
from demo.look import Look

HAIR: dict[str, Rgb] = {"brown": (92, 58, 36), "blonde": (232, 196, 104), "red": (186, 74, 34), "black": (36, 32, 34)}


def draw_soft_toy(sheet: Sheet, look: Look) -> None:
    """Draw a sitting animal of plush, with inner ears, belly and feet of a lighter tone and a bow of the accent."""
    animal = look.parts.get("animal", "bear")
    if animal == "octopus":
        _octopus(sheet, look)
        return
    rng = sheet.rng
    fur, bow = rgb(look.colour), rgb(look.accent)
    pale = shaded(fur, 0.42) if sum(fur) < 600 else shaded(fur, -0.14)
    plush = look.material or "plush"
    wide = rng.uniform(0.94, 1.08)
    fill = hex_of(fur)

    def part(cx: float, cy: float, rx: float, ry: float, tone: str = fill, turn: float = 0) -> None:
        with sheet.group(f"rotate({turn:.0f} {cx:.0f} {cy:.0f})"):
            sheet.body(ellipse(cx, cy, rx, ry), tone, plush)

    if animal == "fox":
        sheet.body("M262 320C340 330 372 262 340 214C316 236 300 268 256 282Z", fill, plush)
        sheet.body("M340 214C360 240 362 270 350 288Q330 262 322 236Z", "#fbf6ec", plush, outline=0.5)
    _ears(sheet, animal, fill, hex_of(pale), plush)
    for side in (1, -1):
        part(200 + side * 84 * wide, 236, 26, 58, turn=-side * 34)
    part(200, 264, 82 * wide, 90)
    if animal != "elephant":
        sheet.shape(ellipse(200, 276, 50 * wide, 58), hex_of(pale), opacity=0.85)
    for side in (1, -1):
        part(200 + side * 78 * wide, 322, 46, 40, turn=side * 20)
        sheet.shape(ellipse(200 + side * 82 * wide, 326, 27, 25), hex_of(pale))
    head = 80 * wide
    part(200, 126, head, 72)
    _face(sheet, animal, fur, pale, plush)
    if look.parts.get("bow", "bow") == "bow":
        for side in (1, -1):
            sheet.body(f"M200 204L{200 + side * 44} 182V228Z", hex_of(bow), "silk")
        sheet.body(ellipse(200, 205, 12, 12), hex_of(shaded(bow, -0.12)), "silk")
    elif look.parts.get("bow") == "scarf":
        sheet.body(rounded(138, 190, 124, 26, 12), hex_of(bow), "wool")
        sheet.body(polygon([(226, 208), (254, 208), (262, 286), (232, 286)]), hex_of(bow), "wool")


def _ears(sheet: Sheet, animal: str, fill: str, pale: str, plush: str) -> None:
    for side in (1, -1):
        with sheet.group(f"rotate({side * 14} 200 120)"):
            x = 200 + side * 46
            if animal == "rabbit":
                sheet.body(ellipse(200 + side * 30, 58, 22, 58), fill, plush)
                sheet.shape(ellipse(200 + side * 30, 64, 11, 42), pale)
            elif animal == "fox":
                sheet.body(polygon([(x - 28, 84), (x + side * 12, 22), (x + 30, 84)]), fill, plush)
                sheet.shape(polygon([(x - 12, 80), (x + side * 8, 44), (x + 16, 80)]), pale)
            elif animal == "elephant":
                sheet.body(ellipse(200 + side * 92, 112, 54, 62), fill, plush)
                sheet.shape(ellipse(200 + side * 94, 114, 36, 44), pale)
            elif animal == "dog":
                sheet.body(ellipse(200 + side * 80, 132, 27, 56), hex_of((110, 74, 50)), plush)
            else:
                sheet.body(ellipse(x + side * 10, 66, 31, 31), fill, plush)
                sheet.shape(ellipse(x + side * 10, 68, 18, 18), pale)


def _face(sheet: Sheet, animal: str, fur: Rgb, pale: Rgb, plush: str) -> None:
    if animal == "elephant":
        sheet.tube("M200 136C200 176 190 212 222 226", fur, 36, shine=0.12)
        for i in range(3):
            sheet.line(f"M184 {158 + 16 * i}h30", shaded(fur, -0.35), 2, opacity=0.6)
    elif animal == "fox":
        for side in (1, -1):
            sheet.shape(
                f"M200 194Q{200 + side * 10} 128 {200 + side * 74} 132Q{200 + side * 62} 190 200 194Z", "#fbf6ec"
            )
    else:
        sheet.body(ellipse(200, 152, 38, 29), hex_of(pale), plush, outline=0.4)
    for side in (1, -1):
        sheet.shape(ellipse(200 + side * 32, 112, 9, 10), hex_of(DARK))
        sheet.shape(ellipse(203 + side * 32 - 5, 108, 3, 3), "#ffffff")
    if animal != "elephant":
        y = {"fox": 180, "rabbit": 144}.get(animal, 140)
        tone = (214, 120, 132) if animal == "rabbit" else DARK
        sheet.shape(smooth([(186, y - 6), (200, y - 9), (214, y - 6), (200, y + 9)]), hex_of(tone))
        if animal != "fox":
            sheet.line(f"M200 {y + 8}v9q-10 12 -20 4m20 -4q10 12 20 4", DARK, 2.6)


def _octopus(sheet: Sheet, look: Look) -> None:
    fur = rgb(look.colour)
    plush = look.material or "plush"
    for i in range(6):
        x = 96 + 41 * i
        lean = (i - 2.5) * 20
        sheet.tube(
            f"M{200 + (i - 2.5) * 24:.0f} 214C{x:.0f} 270 {x + lean:.0f} 300 {x + lean * 0.9:.0f} 330q6 22 22 10",
            fur,
            30,
            shine=0.12,
        )
    sheet.body(
        smooth([(200, 44), (290, 92), (300, 170), (250, 240), (150, 240), (100, 170), (110, 92)]), hex_of(fur), plush
    )
    for side in (1, -1):
        sheet.shape(ellipse(200 + side * 36, 158, 13, 15), hex_of(DARK))
        sheet.shape(ellipse(204 + side * 36, 152, 4, 4), "#ffffff")
        sheet.shape(ellipse(200 + side * 62, 186, 15, 10), "#f29aa6", opacity=0.6)
    sheet.line("M184 190q16 16 32 0", DARK, 4)
    sheet.body(rounded(130, 84, 140, 22, 11), hex_of(rgb(look.accent)), "cotton", outline=0.6)


def draw_doll(sheet: Sheet, look: Look) -> None:
    """Draw a cloth doll with a dress: hair in plaits, or loose."""
    rng = sheet.rng
    dress, trim = rgb(look.colour), rgb(look.accent)
    skin: Rgb = rng.choice(((250, 218, 190), (232, 184, 142), (176, 118, 80), (128, 82, 54)))
    hair = HAIR[look.parts.get("hair", "brown")]
    plaits = look.parts.get("style", "plaits") == "plaits"
    if not plaits:
        sheet.body("M132 96C110 150 116 196 128 214H272C284 196 290 150 268 96Z", hex_of(hair), "wool")
    for side in (1, -1):
        sheet.tube(f"M{200 + side * 22} 288V336", skin, 26, shine=0.1)
        sheet.line(f"M{200 + side * 22} 306v20", trim, 26, dashes="5 5", round_ends=False)
        sheet.body(ellipse(200 + side * 28, 346, 26, 14), hex_of(shaded(trim, -0.5)), "leather")
        sheet.tube(f"M{200 + side * 46} 196L{200 + side * 90} 250", skin, 24, shine=0.1)
        sheet.tube(f"M{200 + side * 40} 188L{200 + side * 66} 220", dress, 34, shine=0.1)
    hem = rng.uniform(84, 96)
    skirt = (
        f"M170 176Q200 168 230 176C246 200 {206 + hem * 0.8:.0f} 250 {200 + hem:.0f} 296Q200 316 {200 - hem:.0f} 296"
        f"C{194 - hem * 0.8:.0f} 250 154 200 170 176Z"
    )
    sheet.body(skirt, sheet.paint(look.colour, look.pattern, look.accent, scale=0.6), "cotton")
    sheet.line(f"M{200 + hem:.0f} 292Q200 312 {200 - hem:.0f} 292", trim, 8)
    for side in (1, -1):
        sheet.body(
            f"M200 186Q{200 + side * 20} 166 {200 + side * 42} 178Q{200 + side * 30} 202 200 190Z",
            hex_of(trim),
            "cotton",
        )
    sheet.body(ellipse(200, 116, 68, 66), hex_of(skin), "cotton")
    sheet.body("M130 118C126 34 274 34 270 118C252 74 222 76 196 66C176 78 150 84 130 118Z", hex_of(hair), "wool")
    if plaits:
        for side in (1, -1):
            for i in range(5):
                sheet.body(
                    ellipse(200 + side * (76 + 2 * i), 124 + 20 * i, 16 - i, 14), hex_of(hair), "wool", outline=0.8
                )
            sheet.body(ellipse(200 + side * 85, 222, 11, 10), hex_of(trim), "silk")
    for side in (1, -1):
        sheet.shape(ellipse(200 + side * 24, 120, 6, 8), hex_of(DARK))
        sheet.shape(ellipse(200 + side * 38, 142, 12, 8), "#ef8090", opacity=0.55)
    sheet.line("M184 148q16 14 32 0", (180, 50, 60), 3.4)
