"""The book as a thing: boards, spine, pages, and its cover laid onto it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from demo.colours import hex_of, is_dark, shaded
from demo.drawing.books.covers import COVERS, Cover
from demo.drawing.outline import polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import onto, rgb
from demo.look import Look


def book(genre: str, *, square: bool = False) -> Callable[[Sheet, Look], None]:
    """Return the draw function of books of a genre.

    Args:
        genre: one of `COVERS`.
        square: whether its format is square instead of upright.
    """
    return partial(_draw, COVERS[genre], square)


def _draw(cover: Cover, square: bool, sheet: Sheet, look: Look) -> None:
    """Draw a book from the front, or turned so that its spine shows."""
    rng = sheet.rng
    width, height = (290.0, 280.0) if square else (216.0, rng.uniform(304, 322))
    hard = look.parts.get("binding") == "hardback"
    thick = rng.uniform(30, 42) if hard else rng.uniform(16, 30)
    thick *= 0.5 if square else 1
    if look.parts.get("view", "front") == "turned":
        _turned(sheet, look, cover, width * 0.92, height * 0.94, thick, hard=hard)
    else:
        _front(sheet, look, cover, width, height, thick, hard=hard)


def _front(sheet: Sheet, look: Look, cover: Cover, width: float, height: float, thick: float, *, hard: bool) -> None:
    """Draw the cover straight on, with the edge of the pages at its right and foot."""
    x, y = 200 - (width + thick * 0.4) / 2, 200 - height / 2
    colour = rgb(look.colour)
    deep = thick * 0.45
    if hard:
        sheet.body(rounded(x + deep, y + deep * 0.5, width, height, 3), hex_of(shaded(colour, -0.3)), "cardboard")
    inset = 3 if hard else 0
    sheet.body(
        polygon([(x + width, y + inset), (x + width + deep - inset, y + deep * 0.6 + inset),
                 (x + width + deep - inset, y + height + deep * 0.5 - inset), (x + 6, y + height + deep * 0.5 - inset),
                 (x + 6, y + height - 4)]),
        "#f1ead9", "paper", flat=True,
    )  # fmt: skip
    for i in range(3):
        at = deep * (i + 1) / 4
        sheet.line(
            f"M{x + width + at:.1f} {y + at:.1f}V{y + height + at * 0.5:.1f}H{x + 8:.1f}", (170, 160, 140), 0.7
        )
    with sheet.group(f"translate({x:.1f} {y:.1f})"):
        _cover(sheet, look, cover, width, height, hard=hard)


def _turned(sheet: Sheet, look: Look, cover: Cover, width: float, height: float, thick: float, *, hard: bool) -> None:
    """Draw the book standing, spine to the left, cover to the right."""
    rng = sheet.rng
    colour = rgb(look.colour)
    run, slope = width * rng.uniform(0.84, 0.92), rng.uniform(0.10, 0.15)
    spine = max(16.0, thick * 0.95)
    x, y = 200 - (run - spine) / 2, 200 - height / 2 + run * slope / 2
    a, b, _c, d = (x, y), (x + run, y - run * slope), (x + run, y + height - run * slope), (x, y + height)
    lift = spine * 0.42
    pages = [
        (a[0] + 2, a[1] + 2),
        (a[0] - spine, a[1] - lift + 3),
        (b[0] - spine, b[1] - lift + 3),
        (b[0] - 3, b[1] + 3),
    ]
    if hard:
        board = [a, (a[0] - spine, a[1] - lift), (b[0] - spine, b[1] - lift), b]
        sheet.body(polygon(board), hex_of(shaded(colour, -0.3)), "cardboard", flat=True)
        pages = [(px + (2 if i in (0, 1) else -4), py + 1) for i, (px, py) in enumerate(pages)]
    sheet.body(polygon(pages), "#f3ecdc", "paper", flat=True)
    for i in range(3):
        t = (i + 1) / 4
        sheet.line(
            f"M{a[0] - spine * t:.1f} {a[1] - lift * t + 1:.1f}L{b[0] - spine * t:.1f} {b[1] - lift * t + 1:.1f}",
            (176, 166, 146), 0.8,
        )  # fmt: skip
    back = [(a[0] - spine, a[1] - lift), a, d, (d[0] - spine, d[1] - lift)]
    sheet.body(polygon(back), hex_of(shaded(colour, -0.2)), "paper", flat=True)
    ink = rgb(look.accent)
    for t in (0.12, 0.8):
        y0 = back[0][1] + height * t
        sheet.line(f"M{back[0][0] + 2:.1f} {y0:.1f}L{a[0] - 2:.1f} {y0 + lift:.1f}", ink, 4, opacity=0.9)
    sheet.line(
        f"M{a[0] - spine / 2:.1f} {a[1] - lift / 2 + height * 0.2:.1f}v{height * 0.46:.1f}",
        (245, 240, 228) if is_dark(colour) else (40, 38, 36), spine * 0.3, dashes=f"{spine * 0.3:.0f} 4", round_ends=False,
    )  # fmt: skip
    with sheet.group(onto(a, b, d, width, height)):
        _cover(sheet, look, cover, width, height, hard=hard)


def _cover(sheet: Sheet, look: Look, cover: Cover, width: float, height: float, *, hard: bool) -> None:
    """Paint the cover on a rectangle from the origin, with the groove of boards or the bend of paper."""
    outline = rounded(0, 0, width, height, 3 if hard else 1)
    sheet.body(outline, sheet.paint(look.colour), "paper", flat=True, outline=0)
    with sheet.clip(outline):
        cover(sheet, look, width, height)
        glow = sheet.gradient([(0, (255, 255, 255)), (1, (120, 120, 120))])
        sheet.shape(outline, glow, opacity=0.10)
    if hard:
        sheet.line(f"M13 0V{height:.0f}", (0, 0, 0), 5, opacity=0.22, round_ends=False)
        sheet.line(f"M17 0V{height:.0f}", (255, 255, 255), 2, opacity=0.3, round_ends=False)
    else:
        sheet.line(f"M8 0V{height:.0f}", (0, 0, 0), 1.4, opacity=0.2, round_ends=False)
    sheet.line(outline, (0, 0, 0), 1.1, opacity=0.45)


def draw_notebook(sheet: Sheet, look: Look) -> None:
    """Draw a notebook: cover with its pattern, elastic band or wire, ribbon, and rounded corners."""
    rng = sheet.rng
    width, height = rng.uniform(204, 226), rng.uniform(298, 316)
    x, y = 200 - width / 2, 200 - height / 2
    second = rgb(look.accent)
    wire = look.parts.get("binding") == "spiral"
    with sheet.group(f"rotate({rng.uniform(-6, 6):.1f} 200 200)"):
        sheet.body(rounded(x + 7, y + 6, width, height, 12), "#efe8d8", "paper", flat=True)
        if not wire:
            ribbon = x + width * 0.66
            sheet.shape(f"M{ribbon:.0f} {y + height:.0f}h9v34l-4.5 -7l-4.5 7Z", hex_of(second))
        cover = rounded(x, y, width, height, 12)
        sheet.body(cover, sheet.paint(look.colour, look.pattern, look.accent), look.material or "leather", flat=True)
        if look.pattern == "plain" and look.parts.get("binding") != "elastic":
            sheet.line(rounded(x + width * 0.3, y + 66, width * 0.46, 44, 3), second, 2.5)
            sheet.letters("NOTES", x + width * 0.53, y + 95, 14, second)
        if wire:
            for i in range(17):
                at = y + 16 + i * (height - 32) / 16
                sheet.shape(rounded(x + 9, at - 3, 7, 6, 3), "#26262a", opacity=0.8)
                sheet.line(f"M{x + 13:.1f} {at:.1f}h-14q-8 -5 0 -8h10", (178, 180, 186), 2.6)
        else:
            sheet.line(f"M{x + 18:.0f} {y:.0f}V{y + height:.0f}", (0, 0, 0), 3, opacity=0.25)
        if look.parts.get("binding", "elastic") == "elastic":
            band = x + width * 0.86
            sheet.line(f"M{band:.0f} {y - 1:.0f}V{y + height + 4:.0f}", shaded(second, -0.35), 10, round_ends=False)
            sheet.line(f"M{band:.0f} {y - 1:.0f}V{y + height + 4:.0f}", second, 8, round_ends=False)
