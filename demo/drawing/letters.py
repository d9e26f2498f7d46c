"""Capital letters and digits as strokes, so that covers and labels look the same on every machine."""

from __future__ import annotations

# Each letter on a grid 4 wide and 6 high, y downwards: lines of points, joined by blanks, separated by "/".
_GRID: dict[str, str] = {
    "A": "06 20 46/14 34", "B": "06 00 30 41 42 33 03/33 44 45 36 06", "C": "41 30 10 01 05 16 36 45",
    "D": "00 06 26 44 42 20 00", "E": "40 00 06 46/03 33", "F": "40 00 06/03 33",
    "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06/40 46/03 43", "I": "20 26", "J": "40 45 36 16 05", "K": "00 06/40 03 46", "L": "00 06 46",
    "M": "06 00 23 40 46", "N": "06 00 46 40", "O": "10 30 41 45 36 16 05 01 10", "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10/24 46", "R": "06 00 30 41 42 33 03/23 46",
    "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40/20 26", "U": "00 05 16 36 45 40", "V": "00 26 40", "W": "00 16 22 36 40", "X": "00 46/40 06",
    "Y": "00 23 40/23 26", "Z": "00 40 06 46", "0": "10 30 41 45 36 16 05 01 10/41 05", "1": "11 20 26/16 36",
    "2": "01 10 30 41 42 06 46", "3": "01 10 30 41 42 33 13/33 44 45 36 16 05", "4": "36 30 04 44",
    "5": "40 00 03 33 44 45 36 06", "6": "41 30 10 01 05 16 36 45 44 33 03", "7": "00 40 16",
    "8": "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33", "9": "43 13 02 01 10 30 41 45 36 16 05",
    "&": "46 11 10 20 21 03 05 16 26 44", "-": "13 33", "'": "20 21", ".": "25 26",
    "+": "13 33/22 24", "!": "20 24/26 26",
}  # fmt: skip
WIDTH, HEIGHT = 4, 6


def strokes(text: str, x: float, y: float, height: float, spacing: float = 0.25) -> tuple[str, float]:
    """Return the path data of a line of text, and its width.

    Args:
        text: written in capitals; characters without a letter form, and blanks, leave a gap.
        x: centre.
        y: baseline.
        height: of a capital.
        spacing: between letters, as a share of their height.
    """
    unit = height / HEIGHT
    advance = WIDTH * unit + spacing * height
    width = max(0.0, len(text) * advance - spacing * height)
    left = x - width / 2
    parts = []
    for i, letter in enumerate(text.upper()):
        for stroke in _GRID[letter].split("/") if letter in _GRID else ():
            points = [
                f"{left + i * advance + int(at[0]) * unit:.1f} {y - height + int(at[1]) * unit:.1f}"
                for at in stroke.split()
            ]
            parts.append("M" + "L".join(points))
    return "".join(parts), width
