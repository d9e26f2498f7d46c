"""The lines of a run as a small SVG: from p50 to p99 of each, on a scale of powers of ten."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

WIDTH, ROW, TOP, LEFT, RIGHT = 760, 16, 40, 220, 90
COLOURS = {"ours": "#0b6e4f", "reference": "#b3541e"}
OTHER = "#4a5a8a"
_INK, _FAINT = "#333333", "#dddddd"


def plot_svg(lines: Sequence[Mapping[str, Any]]) -> str:
    """Draw a row for each line: a bar from p50 to p99 with a mark at p95, and answers a second beside it."""
    shown = [line for line in lines if line["p50_ms"] > 0]
    height = TOP + ROW * (len(shown) + 1)
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "font-family": "sans-serif",
            "font-size": "10",
        },
    )
    _shape(svg, "rect", width=WIDTH, height=height, fill="white")
    low = math.floor(math.log10(min((line["p50_ms"] for line in shown), default=1)))
    high = math.ceil(math.log10(max((line["p99_ms"] for line in shown), default=10)))
    span = max(1, high - low)

    def x(value_ms: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(value_ms) - low) / span

    for power in range(low, low + span + 1):
        place = x(10**power)
        _shape(svg, "line", x1=place, x2=place, y1=TOP - 6, y2=height - ROW, stroke=_FAINT)
        _text(svg, f"{10**power:g} ms" if power < 3 else f"{10 ** (power - 3)} s", place, TOP - 10, "middle")
    _text(svg, "a second", WIDTH - 6, TOP - 10, "end")
    for number, line in enumerate(shown):
        y, colour = TOP + ROW * number + 6, COLOURS.get(line["server"], OTHER)
        start, end = x(line["p50_ms"]), x(line["p99_ms"])
        _text(svg, f"{line['scenario']}, {line['load']}, {line['server']}", LEFT - 8, y + 4, "end", colour)
        _shape(svg, "rect", x=start, y=y - 3, width=max(1.5, end - start), height=6, fill=colour)
        _shape(svg, "line", x1=x(line["p95_ms"]), x2=x(line["p95_ms"]), y1=y - 6, y2=y + 6, stroke=_INK)
        _text(svg, f"{line['per_second']:,.0f}", WIDTH - 6, y + 4, "end", colour)
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def _shape(svg: ElementTree.Element, name: str, **values: float | str) -> None:
    written = {key: value if isinstance(value, str) else f"{value:.1f}" for key, value in values.items()}
    ElementTree.SubElement(svg, name, written)


def _text(svg: ElementTree.Element, text: str, x: float, y: float, anchor: str, colour: str = _INK) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": colour}
    ElementTree.SubElement(svg, "text", place).text = text
