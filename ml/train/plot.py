"""Curves of a training run as a small SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 30, 34
GAP = 64
_INK, _FAINT = "#333333", "#dddddd"


def curves_svg(curve: Sequence[Mapping[str, float]], panels: Mapping[str, Mapping[str, str]]) -> str:
    """Draw figures of every evaluation over the steps.

    Args:
        curve: rows with ``step`` and the figures, in order; each figure in at least one.
        panels: for each panel's title the figures in it, with their colours.

    Returns:
        An SVG document, the panels side by side, each from 0, or the lowest value, to the highest.
    """
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "font-family": "sans-serif",
            "font-size": "11",
        },
    )
    ElementTree.SubElement(svg, "rect", {"width": str(WIDTH), "height": str(HEIGHT), "fill": "white"})
    width = (WIDTH - LEFT - RIGHT - GAP * (len(panels) - 1)) / len(panels)
    for number, (title, figures) in enumerate(panels.items()):
        _panel(svg, curve, title=title, figures=figures, left=LEFT + number * (width + GAP), width=width)
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def _panel(
    svg: ElementTree.Element,
    curve: Sequence[Mapping[str, float]],
    *,
    title: str,
    figures: Mapping[str, str],
    left: float,
    width: float,
) -> None:
    height = HEIGHT - TOP - BOTTOM
    steps = [row["step"] for row in curve]
    values = [row[name] for name in figures for row in curve if name in row]
    low, high = min(0.0, *values), max(values)
    high = high if high > low else low + 1

    def x(step: float) -> float:
        return left + width * step / max(steps)

    def y(value: float) -> float:
        return TOP + height * (high - value) / (high - low)

    for share in (0, 0.25, 0.5, 0.75, 1):
        value = low + (high - low) * share
        line = {"x1": left, "x2": left + width, "y1": y(value), "y2": y(value)}
        ElementTree.SubElement(svg, "line", {**_numbers(line), "stroke": _FAINT})
        _text(svg, f"{value:.2f}", (left - 5, y(value) + 4), "end")
    for step in (0, max(steps)):
        _text(svg, f"{step:g}", (x(step), HEIGHT - BOTTOM + 15), "middle")
    _text(svg, "steps", (left + width / 2, HEIGHT - BOTTOM + 28), "middle")
    _text(svg, title, (left, TOP - 14), "start", _INK if len(figures) > 1 else next(iter(figures.values())))
    for number, (name, colour) in enumerate(figures.items()):
        points = " ".join(f"{x(row['step']):.1f},{y(row[name]):.1f}" for row in curve if name in row)
        ElementTree.SubElement(
            svg, "polyline", {"points": points, "fill": "none", "stroke": colour, "stroke-width": "1.8"}
        )
        if len(figures) > 1:
            _text(svg, name.replace("_", " "), (left + width, TOP + height - 8 - 14 * number), "end", colour)


def _text(svg: ElementTree.Element, text: str, at: tuple[float, float], anchor: str, colour: str = _INK) -> None:
    place = {**_numbers({"x": at[0], "y": at[1]}), "text-anchor": anchor, "fill": colour}
    ElementTree.SubElement(svg, "text", place).text = text


def _numbers(values: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{value:.1f}" for name, value in values.items()}
