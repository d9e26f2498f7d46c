"""What is pictured on covers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.books.characters import CHARACTERS
from demo.drawing.books.scenes import SCENES
from demo.drawing.outline import ellipse, polygon, polyline, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import ink_on

Motif: TypeAlias = Callable[[Sheet, float, float, Rgb, Rgb], None]


def heart(cx: float, cy: float, r: float) -> str:
    """Return a heart's outline."""
    return (
        f"M{cx:.1f} {cy + r:.1f}C{cx - r * 2:.1f} {cy - r * 0.3:.1f} {cx - r:.1f} {cy - r * 1.5:.1f} {cx:.1f} "
        f"{cy - r * 0.5:.1f}C{cx + r:.1f} {cy - r * 1.5:.1f} {cx + r * 2:.1f} {cy - r * 0.3:.1f} {cx:.1f} {cy + r:.1f}Z"
    )


def _shapes(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    rng = sheet.rng
    for i in range(6):
        x, y, r = rng.uniform(0.1, 0.9) * w, rng.uniform(0.45, 0.9) * h, rng.uniform(0.12, 0.24) * w
        tone = second if i % 2 == 0 else shaded(colour, rng.choice((-0.35, 0.4)))
        d = ellipse(x, y, r, r) if i % 3 else f"M{x - r:.0f} {y:.0f}a{r:.0f} {r:.0f} 0 0 1 {2 * r:.0f} 0Z"
        sheet.shape(d, hex_of(tone), opacity=0.9)


def _person(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    """A woman seen from behind, with a hat, before a sun."""
    x = w / 2
    sheet.shape(ellipse(x, h * 0.6, w * 0.36, w * 0.36), hex_of(second))
    dark = hex_of(shaded(colour, -0.6))
    sheet.shape(f"M{x - 40:.0f} {h:.0f}C{x - 52:.0f} {h * 0.78:.0f} {x - 30:.0f} {h * 0.7:.0f} {x - 12:.0f} {h * 0.68:.0f}"
                f"H{x + 12:.0f}C{x + 30:.0f} {h * 0.7:.0f} {x + 52:.0f} {h * 0.78:.0f} {x + 40:.0f} {h:.0f}Z",
                dark)  # fmt: skip
    sheet.shape(ellipse(x, h * 0.62, 19, 23), dark)
    sheet.shape(ellipse(x, h * 0.575, 40, 8), dark)
    sheet.shape(
        f"M{x - 20:.0f} {h * 0.575:.0f}V{h * 0.53:.0f}Q{x:.0f} {h * 0.5:.0f} {x + 20:.0f} {h * 0.53:.0f}V{h * 0.575:.0f}Z",
        dark,
    )


def _flowers(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    rng = sheet.rng
    for i in range(9):
        x, y, r = w * (0.1 + 0.8 * (i % 3) / 2), h * (0.52 + 0.14 * (i // 3)), rng.uniform(13, 20)
        x += rng.uniform(-10, 10)
        sheet.line(f"M{x:.0f} {y:.0f}Q{x + 8:.0f} {h * 0.9:.0f} {w / 2:.0f} {h:.0f}", (70, 120, 76), 3)
        for k in range(6):
            a = k * math.pi / 3
            sheet.shape(
                ellipse(x + r * 0.7 * math.cos(a), y + r * 0.7 * math.sin(a), r * 0.5, r * 0.5), hex_of(second)
            )
        sheet.shape(ellipse(x, y, r * 0.4, r * 0.4), "#f6cf4a")


def _heart(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(heart(w / 2, h * 0.64, w * 0.26), hex_of(second))
    for _ in range(8):
        x, y = sheet.rng.uniform(0.08, 0.92) * w, sheet.rng.uniform(0.42, 0.9) * h
        sheet.shape(heart(x, y, sheet.rng.uniform(5, 10)), hex_of(shaded(second, 0.35)))


def _couple(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(ellipse(w / 2, h * 0.62, w * 0.34, w * 0.34), hex_of(second))
    for side, tone in ((-1, (38, 40, 60)), (1, (150, 40, 60))):
        x = w / 2 + side * 24
        sheet.shape(ellipse(x - side * 6, h * 0.58, 14, 17), "#f0c8a4" if side > 0 else "#c98f66")
        sheet.shape(f"M{x - 15:.0f} {h * 0.575:.0f}q13 -34 30 -2q-12 -8 -30 2Z", "#3a2418" if side < 0 else "#8a4a22")
        sheet.shape(f"M{x - 24:.0f} {h * 0.9:.0f}V{h * 0.7:.0f}Q{x:.0f} {h * 0.6:.0f} {x + 24:.0f} {h * 0.7:.0f}V{h * 0.9:.0f}Z",
                    hex_of(tone))  # fmt: skip


def _bulb(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x, y, r = w / 2, h * 0.6, w * 0.19
    for i in range(8):
        a = math.pi * (1 + (i - 0.0) / 7)
        sheet.line(f"M{x + r * 1.3 * math.cos(a):.0f} {y + r * 1.3 * math.sin(a):.0f}L{x + r * 1.65 * math.cos(a):.0f} "
                   f"{y + r * 1.65 * math.sin(a):.0f}", second, 5)  # fmt: skip
    sheet.shape(f"M{x - r:.0f} {y:.0f}A{r:.0f} {r:.0f} 0 1 1 {x + r:.0f} {y:.0f}Q{x + r:.0f} {y + r * 0.6:.0f} {x + r * 0.45:.0f} "
                f"{y + r * 1.2:.0f}H{x - r * 0.45:.0f}Q{x - r:.0f} {y + r * 0.6:.0f} {x - r:.0f} {y:.0f}Z", hex_of(second))  # fmt: skip
    ink = ink_on(colour)
    for i in range(3):
        sheet.line(f"M{x - r * 0.4:.0f} {y + r * 1.36 + 9 * i:.0f}h{r * 0.8:.0f}", ink, 5)


def _leaf(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x = w / 2
    sheet.line(f"M{x:.0f} {h * 0.88:.0f}V{h * 0.5:.0f}", second, 5)
    for i in range(4):
        y = h * (0.82 - 0.08 * i)
        for side in (1, -1):
            sheet.shape(
                f"M{x:.0f} {y:.0f}q{side * 16} -34 {side * 52} -30q{-side * 8} 32 {-side * 52} 30Z", hex_of(second)
            )


def _graph(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    for i in range(4):
        tall = h * (0.1 + 0.085 * i)
        sheet.shape(rounded(w * (0.16 + 0.18 * i), h * 0.86 - tall, w * 0.13, tall, 2), hex_of(second))
    sheet.line(
        polyline([(w * 0.14, h * 0.7), (w * 0.4, h * 0.6), (w * 0.6, h * 0.63), (w * 0.86, h * 0.44)]),
        ink_on(colour),
        5,
    )


def _mathematics(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.line(
        f"M{w * 0.12:.0f} {h * 0.74:.0f}H{w * 0.9:.0f}M{w * 0.2:.0f} {h * 0.34:.0f}V{h * 0.78:.0f}",
        (255, 255, 255),
        3,
    )
    sheet.line(
        f"M{w * 0.14:.0f} {h * 0.38:.0f}C{w * 0.36:.0f} {h * 0.96:.0f} {w * 0.5:.0f} {h * 0.2:.0f} {w * 0.9:.0f} {h * 0.6:.0f}",
        second,
        6,
    )
    sheet.line(polygon([(w * 0.58, h * 0.74), (w * 0.86, h * 0.74), (w * 0.86, h * 0.56)]), (255, 255, 255), 3)


def _physics(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x, y = w / 2, h * 0.55
    for turn in (0, 60, 120):
        with sheet.group(f"rotate({turn + 15} {x:.0f} {y:.0f})"):
            sheet.line(ellipse(x, y, w * 0.36, w * 0.13), (255, 255, 255), 4)
            sheet.shape(ellipse(x + w * 0.36, y, 7, 7), hex_of(second))
    sheet.shape(ellipse(x, y, 15, 15), hex_of(second))


def _biology(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    left, right = [], []
    for i in range(25):
        x, a = w * (0.08 + 0.84 * i / 24), i * 0.52
        left.append((x, h * 0.55 + 46 * math.sin(a)))
        right.append((x, h * 0.55 - 46 * math.sin(a)))
        if i % 2:
            sheet.line(polyline([left[-1], right[-1]]), (255, 255, 255), 3, opacity=0.8)
    sheet.line(polyline(left), second, 7)
    sheet.line(polyline(right), (255, 255, 255), 7)


def _chemistry(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x, y = w / 2, h * 0.36
    flask = f"M{x - 14:.0f} {y:.0f}V{y + 40:.0f}L{x - 56:.0f} {y + 118:.0f}Q{x - 56:.0f} {y + 130:.0f} {x - 44:.0f} {y + 130:.0f}H{x + 44:.0f}Q{x + 56:.0f} {y + 130:.0f} {x + 56:.0f} {y + 118:.0f}L{x + 14:.0f} {y + 40:.0f}V{y:.0f}Z"
    sheet.shape(flask, "#ffffff", opacity=0.35)
    with sheet.clip(flask):
        sheet.shape(rounded(x - 60, y + 74, 120, 60, 0), hex_of(second))
    sheet.line(flask, (255, 255, 255), 4)
    for dx, dy, r in ((-14, 92, 6), (12, 104, 8), (4, 82, 4)):
        sheet.shape(ellipse(x + dx, y + dy, r, r), "#ffffff", opacity=0.7)


def _programming(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(rounded(w * 0.1, h * 0.36, w * 0.8, h * 0.38, 8), "#1b1e28")
    for i in range(3):
        sheet.shape(ellipse(w * 0.16 + 12 * i, h * 0.385, 4, 4), ("#ff5f56", "#ffbd2e", "#27c93f")[i])
    for i in range(6):
        x = w * (0.17 + (0, 0.07, 0.14, 0.14, 0.07, 0)[i])
        y = h * (0.45 + 0.045 * i)
        tone = second if i % 2 == 0 else (120, 220, 170)
        sheet.line(f"M{x:.0f} {y:.0f}h{w * sheet.rng.uniform(0.15, 0.3):.0f}m10 0h{w * 0.14:.0f}", tone, 6)


MOTIFS: dict[str, Motif] = {
    "shapes": _shapes, "person": _person, "flowers": _flowers, "heart": _heart, "couple": _couple,
    "light bulb": _bulb, "leaf": _leaf, "chart": _graph, "mathematics": _mathematics, "physics": _physics,
    "biology": _biology, "chemistry": _chemistry, "programming": _programming, **SCENES, **CHARACTERS,
}  # fmt: skip
