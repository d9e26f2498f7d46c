"""Games, puzzles and kits, most of them in boxes."""

from __future__ import annotations

import math

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.toys.building import RAINBOW
from demo.drawing.vessels import DARK, PAPER, box, ink_on, onto, rgb
from demo.look import Look


def _jig(x: float, y: float, s: float, tabs: tuple[int, int, int, int]) -> str:
    """Return the outline of a piece; a tab of 1 stands out, -1 goes in, 0 is straight (top, right, foot, left)."""
    k, r = s * 0.36, s * 0.14
    corners = [(x, y), (x + s, y), (x + s, y + s), (x, y + s)]
    d = f"M{x:.1f} {y:.1f}"
    for i, tab in enumerate(tabs):
        (ax, ay), (bx, by) = corners[i], corners[(i + 1) % 4]
        ux, uy = (bx - ax) / s, (by - ay) / s
        if tab:
            sweep = 1 if tab > 0 else 0
            d += f"L{ax + ux * k:.1f} {ay + uy * k:.1f}A{r:.1f} {r:.1f} 0 1 {sweep} {ax + ux * (s - k):.1f} {ay + uy * (s - k):.1f}"
        d += f"L{bx:.1f} {by:.1f}"
    return d + "Z"


def scene(sheet: Sheet, w: float, h: float, sky: Rgb, second: Rgb) -> None:
    """Paint a village among mountains, as on the lid of a puzzle."""
    sheet.shape(rounded(0, 0, w, h, 0), sheet.gradient([(0, sky), (1, shaded(sky, 0.6))], vertical=True))
    for x, half in ((0.25, 0.34), (0.7, 0.42)):
        sheet.shape(polygon([(w * x, h * 0.16), (w * (x + half), h * 0.7), (w * (x - half), h * 0.7)]), "#72808e")
        sheet.shape(
            polygon([(w * x, h * 0.16), (w * (x + half * 0.3), h * 0.33), (w * (x - half * 0.3), h * 0.33)]),
            "#ffffff",
        )
    sheet.shape(f"M0 {h * 0.68:.0f}Q{w * 0.5:.0f} {h * 0.54:.0f} {w:.0f} {h * 0.7:.0f}V{h:.0f}H0Z", "#6fa455")
    for i in range(4):
        x, y, s = w * (0.12 + 0.22 * i), h * (0.66 + 0.05 * (i % 2)), w * 0.1
        sheet.shape(rounded(x, y, s, s * 0.8, 0), "#f4e7cf")
        sheet.shape(polygon([(x - 4, y), (x + s / 2, y - s * 0.6), (x + s + 4, y)]), hex_of(second))


def draw_jigsaw(sheet: Sheet, look: Look) -> None:
    """Draw a jigsaw: its box with loose pieces before it, or the picture half laid."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    if look.parts.get("view", "box") == "pieces":
        s, n = 66.0, 5
        tabs = [[rng.choice((1, -1)) for _ in range(n)] for _ in range(2 * n)]
        for row in range(4):
            for i in range(n):
                if (row == 3 and i > 2) or (row == 2 and i == 4):
                    continue
                top = 0 if row == 0 else -tabs[row - 1][i]
                left = 0 if i == 0 else -tabs[n + row][i - 1]
                right = 0 if i == 4 else tabs[n + row][i]
                d = _jig(34 + s * i, 44 + s * row, s, (top, right, tabs[row][i], left))
                with sheet.clip(d), sheet.group("translate(30 40)"):
                    scene(sheet, 340, 280, colour, second)
                sheet.line(d, (0, 0, 0), 1.6, opacity=0.5)
        for x, y, turn in ((262, 282, 24), (318, 218, -15)):
            with sheet.group(f"rotate({turn} {x + 30} {y + 30})"):
                sheet.body(_jig(x, y, 58, (1, -1, 1, -1)), hex_of(colour), "cardboard", flat=True)
        return
    art = box(sheet, 46, 76, 250, 196, 52, colour)
    with sheet.group(art):
        with sheet.clip(rounded(12, 50, 226, 134, 2)), sheet.group("translate(12 50)"):
            scene(sheet, 226, 134, (110, 170, 222), second)
        sheet.letters("PUZZLE", 92, 38, 24, ink_on(colour), weight=0.2)
        sheet.letters(
            rng.choice(("500", "1000", "2000")), 204, 36, 18, second if second != colour else ink_on(colour)
        )
    for x, y, turn, tone in ((64, 306, 12, second), (150, 314, -20, colour), (240, 304, 30, second)):
        with sheet.group(f"rotate({turn + rng.uniform(-9, 9):.0f} {x + 20} {y + 20})"):
            sheet.body(_jig(x, y, 40, (1, -1, 1, -1)), hex_of(tone), "cardboard", flat=True)


def _pawn(sheet: Sheet, x: float, y: float, tone: Rgb, size: float = 1) -> None:
    sheet.body(f"M{x - 20 * size:.0f} {y:.0f}Q{x - 6 * size:.0f} {y - 24 * size:.0f} {x - 7 * size:.0f} {y - 46 * size:.0f}"
               f"H{x + 7 * size:.0f}Q{x + 6 * size:.0f} {y - 24 * size:.0f} {x + 20 * size:.0f} {y:.0f}"
               f"Q{x:.0f} {y + 9 * size:.0f} {x - 20 * size:.0f} {y:.0f}Z", hex_of(tone), "plastic")  # fmt: skip
    sheet.body(ellipse(x, y - 54 * size, 14 * size, 14 * size), hex_of(tone), "plastic")


def _die(sheet: Sheet, x: float, y: float, s: float) -> None:
    sheet.body(
        polygon([(x, y), (x + s * 0.5, y - s * 0.35), (x + s * 1.5, y - s * 0.3), (x + s, y + 2)]),
        "#ffffff",
        flat=True,
    )
    sheet.body(
        polygon([(x + s, y + 2), (x + s * 1.5, y - s * 0.3), (x + s * 1.5, y + s * 0.66), (x + s, y + s)]),
        "#d7d7da",
        flat=True,
    )
    sheet.body(rounded(x, y, s, s, 4), "#f6f6f7", flat=True)
    for dx, dy in ((0.25, 0.25), (0.75, 0.25), (0.5, 0.5), (0.25, 0.75), (0.75, 0.75)):
        sheet.shape(ellipse(x + s * dx, y + s * dy, s * 0.09, s * 0.09), hex_of(DARK))


def draw_board_game(sheet: Sheet, look: Look) -> None:
    """Draw a board game: box with pawns and dice, or the board laid open."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    if look.parts.get("view", "box") == "board":
        corners = ((200.0, 92.0), (374.0, 212.0), (26.0, 212.0))
        sheet.body(
            polygon([(26, 212), (200, 332), (374, 212), (374, 224), (200, 346), (26, 224)]),
            hex_of(shaded(colour, -0.35)),
            "cardboard",
        )
        sheet.body(polygon([(200, 92), (374, 212), (200, 332), (26, 212)]), hex_of(colour), "cardboard", flat=True)
        with sheet.group(onto(corners[0], corners[1], corners[2], 200, 200)):
            sheet.line(rounded(22, 22, 156, 156, 2), PAPER, 3)
            for i in range(9):
                for x, y in ((22 + 17.4 * i, 22), (22 + 17.4 * i, 161), (22, 22 + 17.4 * i), (161, 22 + 17.4 * i)):
                    sheet.shape(
                        rounded(x, y, 16, 16, 2), hex_of(RAINBOW[(i * 3 + int(x + y)) % 7] if i % 2 else PAPER)
                    )
            sheet.shape(ellipse(100, 100, 44, 44), hex_of(second))
            sheet.letters("START", 100, 106, 12, ink_on(second))
        for i, (x, y) in enumerate(((150, 190), (226, 166), (262, 242))):
            _pawn(sheet, x, y, (second, RAINBOW[0], RAINBOW[4])[i], 1.1)
        _die(sheet, 166, 236, 30)
        return
    art = box(sheet, 52, 56, 238, 210, 58, colour)
    with sheet.group(art):
        sheet.shape("M0 210V140Q60 100 120 136T238 120V210Z", hex_of(second))
        for i in range(9):
            a = i * math.pi / 4.5
            sheet.line(f"M{119 + 34 * math.cos(a):.0f} {120 + 34 * math.sin(a):.0f}L{119 + 120 * math.cos(a):.0f} {120 + 120 * math.sin(a):.0f}",
                       shaded(colour, 0.3), 9, opacity=0.5)  # fmt: skip
        sheet.shape(ellipse(119, 124, 46, 46), hex_of(shaded(second, 0.3)))
        _pawn(sheet, 119, 158, colour, 1.1)
        name = rng.choice(("HARBOUR", "KINGDOM", "LANTERN", "ODYSSEY", "CARAVAN"))
        sheet.letters(name, 119, 56, 26, ink_on(colour), weight=0.22)
    for i in range(3):
        _pawn(sheet, 84 + 52 * i, 340 + 6 * (i % 2), (second, RAINBOW[i * 2], colour)[i], 0.95)
    _die(sheet, 232, 312, 36)


def draw_card_game(sheet: Sheet, look: Look) -> None:
    """Draw a fan of cards, or their box with some cards."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    count = 5
    boxed = look.parts.get("view", "box") == "box"
    for i in range(count):
        at = i - (count - 1) / 2
        with sheet.group(
            f"rotate({at * (12 if boxed else 14) + (4 if boxed else 0):.0f} {244 if boxed else 200} 420)"
        ):
            x = 244 if boxed else 200
            tall = 160 if boxed else 200
            top = 140 if boxed else 82
            wide = tall * 0.66
            sheet.body(rounded(x - wide / 2, top, wide, tall, 10), "#fbfaf6", "paper", flat=True)
            tone = (colour, second)[i % 2]
            sheet.shape(rounded(x - wide / 2 + 9, top + 9, wide - 18, tall - 18, 6), hex_of(tone))
            sheet.shape(ellipse(x, top + tall / 2, wide * 0.28, tall * 0.26), "#fbfaf6")
            sheet.letters(str(rng.randint(1, 9)), x, top + tall / 2 + 17, 34, tone, weight=0.22)
    if boxed:
        art = box(sheet, 40, 150, 126, 188, 34, colour)
        with sheet.group(art):
            sheet.shape(polygon([(63, 44), (110, 94), (63, 144), (16, 94)]), hex_of(second))
            sheet.letters(rng.choice(("BLUFF", "UNA", "ZOOM", "PAIRS")), 63, 102, 18, ink_on(second), weight=0.2)


def draw_cube(sheet: Sheet, look: Look) -> None:
    """Draw a puzzle cube from a corner: solved, or mixed."""
    rng = sheet.rng
    n = 2 if look.parts.get("size") == "2x2" else 3
    frame = rgb(look.colour)
    faces: tuple[Rgb, Rgb, Rgb] = ((250, 250, 248), (214, 42, 40), (24, 92, 190))
    every: tuple[Rgb, ...] = (*faces, (250, 210, 40), (40, 156, 74), (240, 124, 30))
    mixed = look.parts.get("state", "mixed") == "mixed"
    planes = (
        ((200.0, 30.0), (352.0, 112.0), (48.0, 112.0)),
        ((48.0, 112.0), (200.0, 194.0), (48.0, 280.0)),
        ((200.0, 194.0), (352.0, 112.0), (200.0, 362.0)),
    )
    for (corner, right, below), face in zip(planes, faces, strict=True):
        far = (right[0] + below[0] - corner[0], right[1] + below[1] - corner[1])
        sheet.body(polygon([corner, right, far, below]), hex_of(frame), "plastic", flat=True)
        with sheet.group(onto(corner, right, below, 30 * n, 30 * n)):
            for i in range(n * n):
                tone = rng.choice(every) if mixed else face
                sheet.body(
                    rounded(30 * (i % n) + 2, 30 * (i // n) + 2, 26, 26, 5),
                    hex_of(tone),
                    "plastic",
                    flat=True,
                    outline=0,
                )
    sheet.shade(polygon([(200, 194), (352, 112), (352, 280), (200, 362)]), 0.16, 1)
