"""A sheet to draw one product on: bodies with pattern, material, light and shadow, as SVG."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from demo.colours import COLOURS, Rgb, hex_of, shaded
from demo.drawing.letters import strokes
from demo.drawing.materials import MATERIALS, Material
from demo.drawing.patterns import tile

SIZE = 400
"""Width and height of a sheet in units; drawings leave some 20 units free on each side."""


class Sheet:
    """SVG elements in the order in which they are painted, and the definitions that they use.

    Everything random comes from `rng`, so a sheet is the same for the same seed.
    """

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._definitions: list[str] = []
        self._elements: list[str] = []
        self._grounds: dict[str, str] = {}  # what lies under a pattern, so that its tiles' seams don't show

    def svg(self, *, under: str = "", transform: str = "") -> str:
        """Return the finished drawing.

        Args:
            under: elements to paint before it, such as a backdrop.
            transform: of the drawing, not of what is under it.
        """
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}">'
            f"<defs>{''.join(self._definitions)}</defs>{under}"
            f'<g transform="{transform}">{"".join(self._elements)}</g></svg>'
        )

    def paint(
        self,
        colour: str | Rgb,
        pattern: str = "plain",
        accent: str | Rgb = "white",
        *,
        scale: float = 1,
        angle: float = 0,
    ) -> str:
        """Return a fill: a colour, or a pattern in two colours.

        Args:
            colour: main colour.
            pattern: one of `demo.look.PATTERNS`.
            accent: colour of what is on the main one.
            scale: of the pattern; small things carry smaller patterns.
            angle: by which the pattern is turned, in degrees.
        """
        ground, top = _rgb(colour), _rgb(accent)
        if pattern == "plain":
            return hex_of(ground)
        if pattern == "colour-block":
            share = self.rng.uniform(0.42, 0.58)
            return self._define(
                "linearGradient",
                f'x1="0" y1="0" x2="0" y2="1" gradientTransform="rotate({angle:.0f} .5 .5)"',
                f'<stop offset="{share:.2f}" stop-color="{hex_of(ground)}"/>'
                f'<stop offset="{share:.2f}" stop-color="{hex_of(top)}"/>',
            )
        width, height, content = tile(pattern, ground, top, self.rng)
        turned = angle + self.rng.uniform(-2, 2)
        fill = self._define(
            "pattern",
            f'width="{width:.1f}" height="{height:.1f}" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({turned:.1f}) scale({scale:.2f})"',
            content,
        )
        self._grounds[fill] = hex_of(ground)
        return fill

    def gradient(self, stops: list[tuple[float, Rgb]], *, vertical: bool = False) -> str:
        """Return a fill that runs from left to right, or from top to bottom, through colours at offsets 0 to 1."""
        end = 'x2="0" y2="1"' if vertical else 'x2="1" y2="0"'
        content = "".join(f'<stop offset="{at:.3f}" stop-color="{hex_of(colour)}"/>' for at, colour in stops)
        return self._define("linearGradient", f'x1="0" y1="0" {end}', content)

    def body(self, d: str, fill: str, material: str = "plastic", *, flat: bool = False, outline: float = 1.1) -> None:
        """Paint a solid part: its fill, then form, texture and light of its material, clipped to the outline.

        Args:
            d: outline.
            fill: from `paint` or `gradient`.
            material: one of `MATERIALS`.
            flat: lit evenly, as a board or a page, instead of bulging.
            outline: width of the dark edge line, 0 for none.
        """
        surface = MATERIALS[material]
        self.shape(d, fill)
        with self.clip(d):
            if surface.grain is not None:
                self._texture(d, surface, _lightness(self._grounds.get(fill, fill)))
            self._form(d, surface, flat=flat)
            if surface.shine:
                self._shine(surface, flat=flat)
        if outline:
            self._elements.append(
                f'<path d="{d}" fill="none" stroke="#000" stroke-opacity=".42" stroke-width="{outline}" '
                'stroke-linejoin="round"/>'
            )

    def shape(self, d: str, fill: str, *, opacity: float = 1) -> None:
        """Paint a flat part without light: prints, labels, screens, holes."""
        if fill in self._grounds:
            self._elements.append(f'<path d="{d}" fill="{self._grounds[fill]}" fill-opacity="{opacity:.2f}"/>')
        self._elements.append(f'<path d="{d}" fill="{fill}" fill-opacity="{opacity:.2f}"/>')

    def line(
        self,
        d: str,
        colour: str | Rgb,
        width: float = 2,
        *,
        opacity: float = 1,
        dashes: str = "",
        round_ends: bool = True,
    ) -> None:
        """Paint a line: seams (with `dashes`, such as ``4 3``), cords, wires, edges."""
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        cap = "round" if round_ends else "butt"
        self._elements.append(
            f'<path d="{d}" fill="none" stroke="{hex_of(_rgb(colour))}" stroke-width="{width:.1f}" '
            f'stroke-opacity="{opacity:.2f}" stroke-linecap="{cap}" stroke-linejoin="round"{dashed}/>'
        )

    def tube(self, d: str, colour: str | Rgb, width: float, *, shine: float = 0.35) -> None:
        """Paint a round bar along a line: handles, straps, legs, cables, frames."""
        rgb = _rgb(colour)
        self.line(d, shaded(rgb, -0.45), width)
        self.line(d, rgb, width * 0.86)
        self.line(d, shaded(rgb, 0.6), width * 0.26, opacity=shine)

    def shade(self, d: str, opacity: float = 0.25, blur: float = 6) -> None:
        """Darken softly: folds, the shadow of one part upon another, insides."""
        self._elements.append(f'<path d="{d}" fill="#000" fill-opacity="{opacity:.2f}" filter="{self._blur(blur)}"/>')

    def crease(self, d: str, opacity: float = 0.22, width: float = 6) -> None:
        """Paint a soft fold along a line, dark with a light ridge beside it."""
        with self.group(f"translate({width * 0.9:.1f} 0)"):
            self._soft_line(d, "#fff", width * 0.8, opacity * 0.6)
        self._soft_line(d, "#000", width, opacity)

    def light(self, d: str, opacity: float = 0.5, blur: float = 4) -> None:
        """Lighten softly: reflections, glow of lamps and screens."""
        self._elements.append(f'<path d="{d}" fill="#fff" fill-opacity="{opacity:.2f}" filter="{self._blur(blur)}"/>')

    def letters(
        self,
        text: str,
        x: float,
        y: float,
        height: float,
        colour: str | Rgb,
        *,
        weight: float = 0.14,
        spacing: float = 0.25,
    ) -> float:
        """Write capital letters and digits around the centre x, on the baseline y, and return their width."""
        d, width = strokes(text, x, y, height, spacing)
        self.line(d, colour, max(0.6, height * weight))
        return width

    @contextmanager
    def clip(self, d: str) -> Iterator[None]:
        """Paint only inside an outline."""
        name = self._define("clipPath", "", f'<path d="{d}"/>')
        self._elements.append(f'<g clip-path="{name}">')
        yield
        self._elements.append("</g>")

    @contextmanager
    def group(self, transform: str = "", *, opacity: float = 1) -> Iterator[None]:
        """Paint with an SVG transform, such as ``rotate(12 200 200)``, or translucent."""
        self._elements.append(f'<g transform="{transform}" opacity="{opacity:.2f}">')
        yield
        self._elements.append("</g>")

    def _form(self, d: str, surface: Material, *, flat: bool) -> None:
        depth = surface.depth * (0.45 if flat else 1)
        across = self._define(
            "linearGradient",
            'x1="0" y1="0" x2="1" y2=".25"',
            f'<stop offset="0" stop-color="#fff" stop-opacity="{depth * 0.28:.2f}"/>'
            f'<stop offset=".35" stop-color="#fff" stop-opacity="{depth * 0.12:.2f}"/>'
            f'<stop offset=".6" stop-color="#000" stop-opacity="{depth * 0.06:.2f}"/>'
            f'<stop offset="1" stop-color="#000" stop-opacity="{depth * 0.62:.2f}"/>',
        )
        down = self._define(
            "linearGradient",
            'x1="0" y1="0" x2="0" y2="1"',
            f'<stop offset=".55" stop-color="#000" stop-opacity="0"/>'
            f'<stop offset="1" stop-color="#000" stop-opacity="{depth * 0.38:.2f}"/>',
        )
        self._elements.append(f'<path d="{d}" fill="{across}"/><path d="{d}" fill="{down}"/>')
        if not flat:
            self._soft_line(d, "#000", 22, depth * 0.6)

    def _shine(self, surface: Material, *, flat: bool) -> None:
        edge = 0.02 if surface.sharp else 0.12
        at = self.rng.uniform(0.2, 0.3)
        peak = surface.shine * (0.5 if flat else 1)
        tail = peak * (0.55 if surface.sharp else 0.0)
        streak = self._define(
            "linearGradient",
            f'gradientUnits="userSpaceOnUse" x1="40" y1="40" x2="360" y2="{110 if flat else 70}"',
            f'<stop offset="{at - edge:.2f}" stop-color="#fff" stop-opacity="0"/>'
            f'<stop offset="{at:.2f}" stop-color="#fff" stop-opacity="{peak:.2f}"/>'
            f'<stop offset="{at + 0.07:.2f}" stop-color="#fff" stop-opacity="{tail:.2f}"/>'
            f'<stop offset="{at + 0.07 + edge:.2f}" stop-color="#fff" stop-opacity="0"/>',
        )
        self._elements.append(f'<rect width="{SIZE}" height="{SIZE}" fill="{streak}"/>')

    def _soft_line(self, d: str, colour: str, width: float, opacity: float) -> None:
        """Paint a line that fades to its sides: narrower ones upon wider, several times quicker than a blur."""
        steps = 5
        for i in range(steps, 0, -1):
            self._elements.append(
                f'<path d="{d}" fill="none" stroke="{colour}" stroke-opacity="{opacity / steps * 1.1:.3f}" '
                f'stroke-width="{width * i / steps:.1f}" stroke-linecap="round" stroke-linejoin="round"/>'
            )

    def _texture(self, d: str, surface: Material, lightness: float) -> None:
        fx, fy = surface.grain or (0.0, 0.0)
        strength = surface.strength * (1 - 0.5 * lightness)  # dark specks show most on light ground
        # Noise becomes dark specks of changing opacity; their mean is taken off, so that colours stay what they are.
        noise = self._define(
            "filter",
            'x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB"',
            f'<feTurbulence type="fractalNoise" baseFrequency="{fx} {fy}" numOctaves="1" '
            f'seed="{self.rng.randrange(1000)}"/>'
            f'<feColorMatrix values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 {strength * 2:.2f} 0 0 0 '
            f'{-strength * 0.77:.2f}"/>',
        )
        self._elements.append(f'<path d="{d}" filter="{noise}"/>')

    def _blur(self, deviation: float) -> str:
        return self._define(
            "filter",
            'x="-.3" y="-.3" width="1.6" height="1.6"',
            f'<feGaussianBlur stdDeviation="{deviation:.1f}"/>',
        )

    def _define(self, element: str, attributes: str, content: str) -> str:
        name = f"d{len(self._definitions)}"
        self._definitions.append(f'<{element} id="{name}" {attributes}>{content}</{element}>')
        return f"url(#{name})"


def _rgb(colour: str | Rgb) -> Rgb:
    return COLOURS[colour] if isinstance(colour, str) else colour


def _lightness(fill: str) -> float:
    """Return how light a plain fill is, 0 to 1; a middling value for a gradient."""
    if not fill.startswith("#"):
        return 0.5
    red, green, blue = (int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
