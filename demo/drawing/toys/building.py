"""Bricks, blocks, stacking toys and tiles."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import can, can_outline, ink_on, rgb
from demo.look import Look

RAINBOW: tuple[Rgb, ...] = (
    (214, 48, 44), (240, 132, 36), (248, 208, 50), (74, 166, 80), (40, 112, 196), (124, 74, 168), (236, 120, 160),
)  # fmt: skip


def tones(sheet: Sheet, look: Look, count: int) -> list[Rgb]:
    """Return colours for like parts: mostly the look's two, or a rainbow led by them."""
    first, second = rgb(look.colour), rgb(look.accent)
    if look.parts.get("colours", "multicoloured") == "multicoloured":
        start = sheet.rng.randrange(len(RAINBOW))
        return [(first, RAINBOW[(start + i) % 7], second, RAINBOW[(start + i + 3) % 7])[i % 4] for i in range(count)]
    return [(first, second)[i % 2] for i in range(count)]


def _brick(sheet: Sheet, x: float, y: float, wide: int, colour: Rgb, unit: float = 30) -> None:
    """Draw a brick with its studs: front and right side and top, (x, y) being the front's upper left corner."""
    w, h, d = wide * unit, unit * 1.15, unit * 0.9
    sheet.body(polygon([(x + w, y), (x + w + d, y - d * 0.5), (x + w + d, y + h - d * 0.5), (x + w, y + h)]),
               hex_of(shaded(colour, -0.28)), flat=True, outline=0.8)  # fmt: skip
    sheet.body(polygon([(x, y), (x + d, y - d * 0.5), (x + w + d, y - d * 0.5), (x + w, y)]), hex_of(shaded(colour, 0.16)),
               flat=True, outline=0.8)  # fmt: skip
    sheet.body(rounded(x, y, w, h, 1.5), hex_of(colour), flat=True, outline=0.8)
    for i in range(wide):
        cx, cy = x + unit * (i + 0.5) + d * 0.5, y - d * 0.3
        sheet.shape(can_outline(cx, cy - unit * 0.2, cy, unit * 0.29, 0.42), hex_of(shaded(colour, -0.2)))
        sheet.shape(ellipse(cx, cy - unit * 0.2, unit * 0.29, unit * 0.12), hex_of(shaded(colour, 0.28)))


def draw_bricks(sheet: Sheet, look: Look) -> None:
    """Draw studded bricks: a loose wall of them, or a little house."""
    rng = sheet.rng
    if look.parts.get("build", "pile") == "house":
        wall, roof = rgb(look.colour), rgb(look.accent)
        _brick(sheet, 30, 322, 10, (92, 168, 82))
        for row in range(4):
            y = 287 - 34.5 * row
            shift = 30 if row % 2 else 0
            _brick(sheet, 66, y, 2 if shift == 0 else 3, wall)
            if row == 3:
                _brick(sheet, 126, y, 5, wall)
            else:
                _brick(sheet, 216, y, 2, wall)
        sheet.body(rounded(144, 253, 44, 70, 2), "#7a4a2a", "wood", flat=True)
        for row in range(3):
            _brick(sheet, 46 + 30 * row, 149 - 34.5 * row, 8 - 2 * row, roof)
        return
    colours = tones(sheet, look, 14)
    rng.shuffle(colours)
    index, unit = 0, rng.uniform(40, 46)
    for row, length in enumerate((6, 5, 4, 2)):
        x, left = 44 + unit * (0.5 * row + rng.uniform(0, 0.3)), length
        while left > 1:
            wide = min(left, rng.choice((2, 3)))
            _brick(sheet, x, 356 - unit * 1.15 * (row + 1), wide, colours[index % 14], unit)
            index += 1
            x += wide * unit + 1
            left -= wide


def _cube(sheet: Sheet, x: float, y: float, size: float, colour: Rgb, material: str, sign: str) -> None:
    d = size * 0.32
    sheet.body(polygon([(x + size, y), (x + size + d, y - d * 0.6), (x + size + d, y + size - d * 0.6), (x + size, y + size)]),
               hex_of(shaded(colour, -0.25)), material, flat=True)  # fmt: skip
    sheet.body(polygon([(x, y), (x + d, y - d * 0.6), (x + size + d, y - d * 0.6), (x + size, y)]),
               hex_of(shaded(colour, 0.2)), material, flat=True)  # fmt: skip
    sheet.body(rounded(x, y, size, size, 3), hex_of(colour), material, flat=True)
    if sign:
        sheet.line(rounded(x + 6, y + 6, size - 12, size - 12, 3), ink_on(colour), 2, opacity=0.8)
        sheet.letters(sign, x + size / 2, y + size * 0.72, size * 0.44, ink_on(colour), weight=0.2)


def draw_blocks(sheet: Sheet, look: Look) -> None:
    """Draw wooden blocks: cubes with letters, an arch, a roof and a column."""
    rng = sheet.rng
    colours = tones(sheet, look, 8)
    wood = look.material or "wood"
    letters = rng.sample("ABCDEFGHKLMNRST", 5) if look.parts.get("print", "letters") == "letters" else [""] * 5
    size = rng.uniform(76, 84)
    for i in range(3):
        _cube(sheet, 40 + i * (size + 22), 356 - size, size, colours[i], wood, letters[i])
    _cube(sheet, 74, 352 - 2 * size, size, colours[3], wood, letters[3])
    x, y = 190.0, 352 - 2 * size
    arch = f"M{x:.0f} {y + size:.0f}V{y + 16:.0f}H{x + 128:.0f}V{y + size:.0f}H{x + 96:.0f}A32 34 0 0 0 {x + 32:.0f} {y + size:.0f}Z"
    sheet.body(polygon([(x + 128, y + 16), (x + 146, y + 4), (x + 146, y + size - 12), (x + 128, y + size)]),
               hex_of(shaded(colours[4], -0.28)), wood, flat=True)  # fmt: skip
    sheet.body(
        polygon([(x, y + 16), (x + 18, y + 4), (x + 146, y + 4), (x + 128, y + 16)]),
        hex_of(shaded(colours[4], 0.2)),
        wood,
        flat=True,
    )
    sheet.body(arch, hex_of(colours[4]), wood, flat=True)
    can(sheet, 112, y - 62, y - 12, 28, colours[5], wood, tilt=0.3)
    sheet.body(polygon([(212, y + 8), (262, y - 62), (312, y + 8)]), hex_of(colours[6]), wood, flat=True)
    sheet.body(
        polygon([(262, y - 62), (278, y - 68), (328, y), (312, y + 8)]),
        hex_of(shaded(colours[6], -0.25)),
        wood,
        flat=True,
    )


def draw_stacking_toy(sheet: Sheet, look: Look) -> None:
    """Draw rings on a peg, or a rainbow of nested arches, or a tower of cups."""
    rng = sheet.rng
    form = look.parts.get("form", "rings")
    material = look.material or "wood"
    colours = tones(sheet, look, 8)
    if form == "arches":
        for i in range(6):
            r = 160 - 24 * i
            inner = r - 22
            sheet.body(f"M{200 - r} 318A{r} {r} 0 0 1 {200 + r} 318H{200 + inner}A{inner} {inner} 0 0 0 {200 - inner} 318Z",
                       hex_of(colours[i]), material)  # fmt: skip
        return
    if form == "cups":
        foot = 354
        for i in range(6):
            half = 84 - 11 * i
            tall = 62 - 5 * i
            d = f"M{200 - half * 0.82:.0f} {foot - tall:.0f}H{200 + half * 0.82:.0f}L{200 + half:.0f} {foot:.0f}Q200 {foot + 8:.0f} {200 - half:.0f} {foot:.0f}Z"
            sheet.body(d, hex_of(colours[i]), "plastic")
            sheet.body(
                rounded(200 - half - 3, foot - 10, 2 * half + 6, 12, 5),
                hex_of(shaded(colours[i], -0.1)),
                "plastic",
                outline=0.7,
            )
            foot -= tall
        return
    base = (226, 196, 150) if material == "wood" else rgb(look.accent)
    can(sheet, 200, 332, 352, 108, base, material, tilt=0.16)
    sheet.tube("M200 60V330", base, 16)
    y = 326
    for i in range(6):
        rx = 104 - 12 * i + rng.uniform(-2, 2)
        sheet.body(rounded(200 - rx, y - 42, 2 * rx, 42, 21), hex_of(colours[i]), material)
        y -= 41
    sheet.body(ellipse(200, y - 16, 27, 26), hex_of(colours[6]), material)


def draw_shape_sorter(sheet: Sheet, look: Look) -> None:
    """Draw a cube with shaped holes and the shapes before it."""
    colours = tones(sheet, look, 6)
    body = rgb(look.colour)
    x, y, size, d = 66.0, 118.0, 206.0, 74.0
    side = [(x + size, y), (x + size + d, y - d * 0.55), (x + size + d, y + size - d * 0.55), (x + size, y + size)]
    sheet.body(polygon(side), hex_of(shaded(body, -0.25)), "foam", flat=True)
    sheet.body(polygon([(x, y), (x + d, y - d * 0.55), (x + size + d, y - d * 0.55), (x + size, y)]),
               hex_of(rgb(look.accent)), "foam", flat=True)  # fmt: skip
    sheet.body(rounded(x, y, size, size, 4), hex_of(body), "foam", flat=True)
    for hole in (ellipse(124, 172, 27, 27), rounded(188, 146, 52, 52, 2), polygon([(124, 224), (152, 276), (96, 276)]),
                 polygon([(214, 222), (240, 250), (214, 278), (188, 250)])):  # fmt: skip
        sheet.shape(hole, "#2c2320", opacity=0.85)
    sheet.shape(ellipse(190, 98, 26, 9), "#2c2320", opacity=0.8)
    can(sheet, 300, 320, 350, 26, colours[1], "wood", tilt=0.35)
    _cube(sheet, 222, 312, 42, colours[3], "wood", "")
    sheet.body(polygon([(56, 352), (84, 302), (112, 352)]), hex_of(colours[2]), "wood")


def draw_magnetic_tiles(sheet: Sheet, look: Look) -> None:
    """Draw see-through tiles put together to a castle."""
    colours = tones(sheet, look, 12)

    def tile(points: list[tuple[float, float]], colour: Rgb) -> None:
        sheet.shape(polygon(points), hex_of(colour), opacity=0.62)
        sheet.line(polygon(points), shaded(colour, -0.2), 6, opacity=0.9)
        cx, cy = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
        sheet.line(
            polygon([(cx + (px - cx) * 0.76, cy + (py - cy) * 0.76) for px, py in points]),
            (255, 255, 255),
            2,
            opacity=0.7,
        )

    i = 0
    for row, count in ((0, 4), (1, 4), (2, 2)):
        for k in range(count):
            x = 52 + 74 * (k if row < 2 else k * 3)
            y = 354 - 74 * (row + 1)
            tile([(x, y), (x + 72, y), (x + 72, y + 72), (x, y + 72)], colours[i % 12])
            i += 1
    for k in (0, 3):
        x = 52 + 74 * k
        tile([(x, 130), (x + 72, 130), (x + 36, 62)], colours[(i + k) % 12])
    for k in (1, 2):
        x = 52 + 74 * k
        tile([(x, 204), (x + 72, 204), (x + 36, 142)], colours[(i + k) % 12])
