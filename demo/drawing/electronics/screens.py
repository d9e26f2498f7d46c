"""What screens show: wallpapers, landscapes, desktops, icons, pages; and surfaces to put them on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from demo.colours import COLOURS, Rgb, hex_of, is_dark, shaded
from demo.drawing.outline import Point, ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

DARK: Rgb = (26, 27, 30)
METAL: Rgb = (188, 191, 196)
_HUES: tuple[Rgb, ...] = (
    (34, 92, 200),
    (120, 60, 190),
    (230, 96, 110),
    (250, 160, 60),
    (20, 150, 160),
    (60, 170, 110),
    (240, 100, 170),
)


def rgb(look: Look) -> Rgb:
    """Return the main colour."""
    return COLOURS[look.colour]


def fill_of(sheet: Sheet, look: Look, scale: float = 1) -> str:
    """Return the fill of the main parts."""
    return sheet.paint(look.colour, look.pattern, look.accent, scale=scale)


def seam(colour: Rgb, amount: float = 0.4) -> Rgb:
    """Return a colour for joints and edges that shows on this one."""
    return shaded(colour, amount * 0.8 if is_dark(colour) else -amount)


def circle(x: float, y: float, r: float) -> str:
    """Return a circle's outline."""
    return ellipse(x, y, r, r)


@contextmanager
def plane(sheet: Sheet, origin: Point, across: Point, down: Point) -> Iterator[None]:
    """Paint on a tilted surface: x runs along `across`, y along `down`, from `origin`."""
    (ax, ay), (dx, dy), (x, y) = across, down, origin
    with sheet.group(f"matrix({ax:.3f} {ay:.3f} {dx:.3f} {dy:.3f} {x:.1f} {y:.1f})"):
        yield


@contextmanager
def leaning(sheet: Sheet, *, most: float = 4) -> Iterator[None]:
    """Paint turned by a few degrees, as hand-held photos are."""
    with sheet.group(f"rotate({sheet.rng.uniform(-most, most):.1f} 200 200)"):
        yield


@contextmanager
def seen(sheet: Sheet, view: str, *, skew: float = 9) -> Iterator[None]:
    """Paint as seen from the front, or from one side (`angled`)."""
    if view != "angled":
        yield
        return
    side = sheet.rng.choice((-1, 1))
    with sheet.group(
        f"translate(200 200) skewY({side * skew * sheet.rng.uniform(0.8, 1.2):.1f}) scale(.88 .97) translate(-200 -200)"
    ):
        yield


def screen(sheet: Sheet, x: float, y: float, width: float, height: float, radius: float, content: str = "") -> None:
    """Paint a lit screen; content is ``wallpaper``, ``landscape``, ``desktop``, ``icons`` or chosen by chance."""
    d = rounded(x, y, width, height, radius)
    content = content or sheet.rng.choice(("wallpaper", "landscape", "desktop"))
    with sheet.clip(d):
        {"wallpaper": _wallpaper, "landscape": _landscape, "desktop": _desktop, "icons": _icons}[content](
            sheet, x, y, width, height
        )
        sheet.shape(
            polygon([(x, y), (x + width * 0.45, y), (x + width * 0.12, y + height), (x, y + height)]),
            "#fff",
            opacity=0.07,
        )


def _wallpaper(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    rng = sheet.rng
    first, second, third = rng.sample(_HUES, 3)
    sheet.shape(
        f"M{x} {y}h{width}v{height}h{-width}Z", sheet.gradient([(0, shaded(first, -0.5)), (1, first)], vertical=True)
    )
    for colour, at in ((second, 0.35), (third, 0.62)):
        points = [(x + width * i / 3, y + height * (at + rng.uniform(-0.16, 0.16))) for i in range(-1, 5)]
        wave = (
            smooth(points, closed=False)
            + f"L{x + width * 1.4:.1f} {y + height + 9:.1f}L{x - width * 0.4:.1f} {y + height + 9:.1f}Z"
        )
        sheet.shape(wave, sheet.gradient([(0, colour), (1, shaded(colour, -0.4))]), opacity=0.85)


def _landscape(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    rng = sheet.rng
    sky = rng.choice(((120, 180, 240), (250, 170, 120), (90, 110, 190)))
    hill = rng.choice(((50, 110, 80), (70, 80, 120), (120, 90, 70)))
    sheet.shape(
        f"M{x} {y}h{width}v{height}h{-width}Z", sheet.gradient([(0, sky), (0.8, shaded(sky, 0.6))], vertical=True)
    )
    sheet.shape(
        circle(x + width * rng.uniform(0.2, 0.8), y + height * rng.uniform(0.2, 0.4), min(width, height) * 0.1),
        "#fff4d0",
        opacity=0.9,
    )
    for depth, at in ((0.35, 0.5), (0.0, 0.66), (-0.35, 0.82)):
        ridge = [
            (x + width * i / 5, y + height * (at + rng.uniform(-0.14, 0.1) * (1 if depth > -0.3 else 0.4)))
            for i in range(6)
        ]
        sheet.shape(polygon([*ridge, (x + width, y + height), (x, y + height)]), hex_of(shaded(hill, depth)))


def _desktop(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    rng = sheet.rng
    tint = rng.choice(_HUES)
    sheet.shape(f"M{x} {y}h{width}v{height}h{-width}Z", "#f4f6f9")
    sheet.shape(f"M{x} {y}h{width * 0.22}v{height}h{-width * 0.22}Z", hex_of(shaded(tint, -0.35)))
    for i in range(5):
        sheet.shape(
            rounded(x + width * 0.04, y + height * (0.16 + i * 0.13), width * 0.13, height * 0.045, 3),
            "#fff",
            opacity=0.35,
        )
    sheet.shape(f"M{x} {y}h{width}v{height * 0.08}h{-width}Z", hex_of(shaded(tint, -0.55)))
    for i in range(3):
        left = x + width * (0.27 + i * 0.24)
        sheet.shape(
            rounded(left, y + height * 0.16, width * 0.2, height * 0.2, 4), hex_of(shaded(rng.choice(_HUES), 0.35))
        )
    for i in range(8):
        bar = height * rng.uniform(0.1, 0.4)
        sheet.shape(
            f"M{x + width * (0.29 + i * 0.085):.1f} {y + height * 0.9:.1f}h{width * 0.05:.1f}v{-bar:.1f}h{-width * 0.05:.1f}Z",
            hex_of(tint),
        )


def _icons(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    rng = sheet.rng
    _wallpaper(sheet, x, y, width, height)
    columns = 4 if width < height else 7
    size = width / (columns * 1.5 + 0.5)
    gap = (width - size * columns) / (columns + 1)
    rows = max(2, int(height * 0.6 / (size + gap)))
    sheet.letters(
        f"{rng.randint(8, 20)} {rng.randint(10, 59)}",
        x + width / 2,
        y + height * 0.2,
        min(width, height) * 0.1,
        "white",
    )
    for row in range(rows):
        for column in range(columns):
            if row == rows - 1 or rng.random() < 0.8:
                top = y + height - (rows - row) * (size + gap)
                sheet.shape(
                    rounded(x + gap + column * (size + gap), top, size, size, size * 0.25),
                    hex_of(shaded(rng.choice(_HUES), 0.15)),
                )


def page(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """Paint a page of text on electronic paper."""
    rng = sheet.rng
    sheet.shape(rounded(x, y, width, height, 3), "#e4e3dd")
    step = height / 17
    for i in range(15):
        if i == 0:
            sheet.shape(
                f"M{x + width * 0.28:.1f} {y + step * 1.1:.1f}h{width * 0.44:.1f}v{step * 0.5:.1f}h{-width * 0.44:.1f}Z",
                "#444",
            )
        elif i > 1:
            end = rng.uniform(0.3, 0.7) if rng.random() < 0.18 else 0.8
            sheet.shape(
                f"M{x + width * 0.1:.1f} {y + step * (i + 1.1):.1f}h{width * end:.1f}v{step * 0.34:.1f}h{-width * end:.1f}Z",
                "#6a6a68",
            )


def lens(sheet: Sheet, x: float, y: float, r: float, ring: Rgb = DARK) -> None:
    """Paint a camera lens seen from the front."""
    sheet.body(circle(x, y, r), hex_of(ring), "metal")
    sheet.shape(circle(x, y, r * 0.84), hex_of(shaded(ring, -0.4)))
    sheet.line(circle(x, y, r * 0.74), shaded(ring, 0.35), max(0.8, r * 0.04))
    sheet.shape(circle(x, y, r * 0.62), sheet.gradient([(0, (50, 40, 90)), (0.5, (14, 16, 30)), (1, (20, 60, 90))]))
    sheet.line(circle(x, y, r * 0.4), (120, 110, 190), max(0.6, r * 0.03), opacity=0.7)
    sheet.shape(circle(x, y, r * 0.26), "#05060c")
    sheet.shape(ellipse(x - r * 0.25, y - r * 0.27, r * 0.17, r * 0.11), "#fff", opacity=0.75)
    sheet.shape(circle(x + r * 0.22, y + r * 0.24, r * 0.07), "#b9a4ff", opacity=0.7)
