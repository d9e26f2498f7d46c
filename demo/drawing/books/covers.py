"""Covers, one function for each genre: they paint on a rectangle from the origin."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

from demo.colours import Rgb, hex_of, is_dark, shaded
from demo.drawing.books.motifs import MOTIFS
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import ink_on, rgb
from demo.look import Look

Cover: TypeAlias = Callable[[Sheet, Look, float, float], None]

WHITE: Rgb = (250, 248, 243)
NOVELS = ("THE SALT PATH HOME", "SMALL WEATHER", "A YEAR OF RAIN", "THE LONG TABLE", "QUIET WATER", "HALF A SUMMER")
CRIMES = ("DEAD TIDE", "THE LAST ALIBI", "NINE MINUTES", "COLD HARBOUR", "NO WITNESS", "BLACK ICE ROAD")
SPACE = ("EUROPA", "THE VOID MAP", "STARFALL", "RED ORBIT", "A KIND MACHINE", "SIGNAL LOST")
MAGIC = ("CROWN OF RIME", "ASH & ANTLER", "THE OATH STONE", "DRAGONWAKE", "THORN COURT", "EMBER THRONE")
LOVE = ("LEMONS IN WINTER", "MEET ME IN MAY", "LOVE & OTHER PLANS", "THE KISS LIST")
FOOD = ("BREAD & SALT", "WEEKNIGHT VEG", "FIRE & SMOKE", "SOUP SEASON", "PASTA!", "SWEET THINGS")
PLACES = ("LISBON", "NORWAY", "JAPAN", "THE ALPS", "ICELAND", "SICILY", "SCOTLAND", "PERU")
TALES = ("LITTLE BEAR", "GOODNIGHT MOON HARE", "WHERE IS DUCK", "TOM & THE FOX", "BRAVE OWL")
HEROES = ("NOVA GIRL", "TIN CITY", "CAPTAIN X", "NIGHT OWL", "BOLT!", "IRON MOTH")
IDEAS = ("SLEEP ACTUALLY", "FEWER MEETINGS", "CALM MONEY", "GOOD HABITS", "THINK SLOW", "BIG QUESTIONS")


def title(sheet: Sheet, text: str, cx: float, top: float, width: float, ink: Rgb, *, weight: float = 0.17) -> float:
    """Write a title in lines, each as wide as fits, and return where the last one ends."""
    words = text.split()
    if len(words) > 3:
        words = [" ".join(words[:2]), *words[2:]]
    small = ("THE", "A", "OF", "IN", "IS", "&", "THE LAST", "MEET ME")
    heights = [min(width / (len(word) * 0.95), width * (0.1 if word in small else 0.2)) for word in words]
    fit = min(1.0, width * 0.42 / (sum(heights) * 1.45))  # long titles stay above the picture
    y = top
    for word, height in zip(words, heights, strict=True):
        y += height * fit
        sheet.letters(word, cx, y, height * fit, ink, weight=weight)
        y += height * fit * 0.45
    return y


def named(sheet: Sheet, look: Look, usual: Sequence[str]) -> str:
    """Return the title to write: the look's own, or one of the usual ones."""
    name = sheet.rng.choice(usual)
    return letterable(look.lettering[0]) if look.lettering else name


def letterable(text: str) -> str:
    """Return a text in capitals without accents, as the letters need it."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).upper()


def author(sheet: Sheet, look: Look, cx: float, y: float, width: float, ink: Rgb) -> None:
    """Write the author's name."""
    name = sheet.rng.choice(("INES VARRO", "T. WREN", "AYO PEMBROOK", "G. MONTRELL", "R. HALDIS", "M. OKONJO"))
    name = letterable(look.lettering[1]) if look.lettering else name
    sheet.letters(name, cx, y, min(width * 0.065, width * 0.85 / len(name)), ink, weight=0.16)


def _novel(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    style = look.parts.get("cover", "landscape")
    ink = ink_on(colour)
    if style == "typographic":
        for i in range(3):
            sheet.line(f"M{w * 0.12:.0f} {h * 0.76 + 9 * i:.0f}H{w * 0.88:.0f}", second, 4)
        words = named(sheet, look, NOVELS)
        title(sheet, words, w / 2, h * 0.13, w * 1.02, second if second != colour else ink, weight=0.22)
    else:
        MOTIFS[style](sheet, w, h, colour, second)
        title(sheet, named(sheet, look, NOVELS), w / 2, h * 0.08, w * 0.8, ink, weight=0.13)
    author(sheet, look, w / 2, h * 0.95, w, WHITE if style == "landscape" else ink)


def _crime(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    MOTIFS[look.parts.get("cover", "running figure")](sheet, w, h, colour, second)
    night = sheet.gradient([(0, (12, 12, 16)), (1, shaded(colour, -0.55))], vertical=True)
    sheet.shape(rounded(0, 0, w, h * 0.46, 0), night, opacity=0.72)
    end = title(sheet, named(sheet, look, CRIMES), w / 2, h * 0.1, w * 1.05, WHITE, weight=0.24)
    sheet.shape(rounded(w * 0.2, end, w * 0.6, 5, 0), hex_of(second))
    author(sheet, look, w / 2, h * 0.065, w, WHITE)


def _space(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    sky = sheet.gradient([(0, (10, 12, 28)), (0.55, shaded(colour, -0.35)), (1, colour)], vertical=True)
    sheet.shape(rounded(0, 0, w, h, 0), sky)
    for _ in range(46):
        x, y, r = sheet.rng.uniform(0, w), sheet.rng.uniform(0, h * 0.8), sheet.rng.uniform(0.6, 2)
        sheet.shape(ellipse(x, y, r, r), "#ffffff", opacity=sheet.rng.uniform(0.4, 1))
    MOTIFS[look.parts.get("cover", "planet")](sheet, w, h, colour, second)
    title(sheet, named(sheet, look, SPACE), w / 2, h * 0.07, w * 0.95, WHITE, weight=0.12)
    author(sheet, look, w / 2, h * 0.96, w, WHITE)


def _fantasy(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    mist = sheet.gradient([(0, shaded(colour, -0.5)), (0.5, colour), (1, shaded(colour, -0.62))], vertical=True)
    sheet.shape(rounded(0, 0, w, h, 0), mist)
    MOTIFS[look.parts.get("cover", "castle")](sheet, w, h, colour, second)
    frame = second if second != colour else (214, 178, 96)
    sheet.line(rounded(11, 11, w - 22, h - 22, 12), frame, 2.5)
    sheet.line(rounded(17, 17, w - 34, h - 34, 8), frame, 1)
    for x, y in ((11, 11), (w - 11, 11), (11, h - 11), (w - 11, h - 11)):
        sheet.shape(polygon([(x - 8, y), (x, y - 8), (x + 8, y), (x, y + 8)]), hex_of(frame))
    title(sheet, named(sheet, look, MAGIC), w / 2, h * 0.09, w * 0.84, (246, 226, 172), weight=0.16)
    author(sheet, look, w / 2, h * 0.92, w * 0.9, (246, 226, 172))


def _romance(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    MOTIFS[look.parts.get("cover", "heart")](sheet, w, h, colour, second)
    title(sheet, named(sheet, look, LOVE), w / 2, h * 0.07, w * 0.82, ink_on(colour), weight=0.15)
    author(sheet, look, w / 2, h * 0.955, w, ink_on(colour))


def _cookbook(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    MOTIFS[look.parts.get("cover", "bowl")](sheet, w, h, colour, second)
    title(sheet, named(sheet, look, FOOD), w / 2, h * 0.06, w * 0.86, ink_on(colour), weight=0.18)
    author(sheet, look, w / 2, h * 0.955, w, ink_on(colour))


def _travel(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    MOTIFS[look.parts.get("cover", "mountains")](sheet, w, h, (120, 186, 228), second)
    sheet.shape(rounded(0, 0, w, h * 0.27, 0), hex_of(colour))
    sheet.shape(rounded(0, h * 0.9, w, h * 0.1, 0), hex_of(colour))
    place = named(sheet, look, PLACES)
    ink = ink_on(colour)
    sheet.letters(place, w / 2, h * 0.19, min(34, w / len(place)), ink, weight=0.2)
    sheet.letters("TRAVEL GUIDE", w / 2, h * 0.245, 10, ink)
    x, y = w * 0.8, h * 0.8
    sheet.shape(ellipse(x, y, 23, 23), hex_of(second))
    sheet.shape(f"M{x:.0f} {y + 15:.0f}C{x - 17:.0f} {y - 4:.0f} {x - 10:.0f} {y - 15:.0f} {x:.0f} {y - 15:.0f}"
                f"C{x + 10:.0f} {y - 15:.0f} {x + 17:.0f} {y - 4:.0f} {x:.0f} {y + 15:.0f}Z",
                hex_of(ink_on(second)))  # fmt: skip
    author(sheet, look, w * 0.42, h * 0.96, w, ink)


def _picture(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    sheet.shape(ellipse(w * 0.82, h * 0.2, w * 0.1, w * 0.1), "#ffd84d")
    sheet.shape(ellipse(w * 0.25, h * 1.1, w * 0.6, h * 0.36), "#8cc767")
    sheet.shape(ellipse(w * 0.8, h * 1.14, w * 0.6, h * 0.36), "#6fb35a")
    MOTIFS[look.parts.get("cover", "bear")](sheet, w, h, colour, second)
    title(sheet, named(sheet, look, TALES), w * 0.44, h * 0.06, w * 0.62, ink_on(colour), weight=0.26)


def _textbook(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    subject = look.parts.get("subject", "mathematics")
    sheet.shape(rounded(0, h * 0.3, w, h * 0.5, 0), hex_of(shaded(colour, -0.3 if not is_dark(colour) else 0.16)))
    MOTIFS[subject](sheet, w, h, colour, second)
    ink = ink_on(colour)
    word = {"mathematics": "MATHS", "programming": "CODE"}.get(subject, subject.upper())
    sheet.letters(word, w / 2, h * 0.18, min(30, w * 0.84 / len(word)), ink, weight=0.2)
    sheet.letters("STUDENT BOOK", w / 2, h * 0.25, 9, ink)
    sheet.shape(rounded(0, h * 0.8, w, 8, 0), hex_of(second))
    sheet.letters(str(sheet.rng.randint(1, 9)), w * 0.87, h * 0.945, 30, ink, weight=0.2)


def _comic(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    MOTIFS[look.parts.get("cover", "hero")](sheet, w, h, colour, second)
    name = named(sheet, look, HEROES)
    size = min(46, w * 0.94 / len(name))
    for shift, ink, weight in ((3, (20, 20, 24), 0.46), (0, (20, 20, 24), 0.46), (0, (255, 222, 60), 0.24)):
        sheet.letters(name, w / 2 + shift, h * 0.05 + size + shift, size, ink, weight=weight)
    sheet.shape(rounded(w * 0.05, h * 0.24, 34, 40, 2), "#ffffff")
    sheet.letters(str(sheet.rng.randint(1, 99)), w * 0.05 + 17, h * 0.24 + 28, 15, (20, 20, 24))


def _ideas(sheet: Sheet, look: Look, w: float, h: float) -> None:
    colour, second = rgb(look.colour), rgb(look.accent)
    MOTIFS[look.parts.get("cover", "light bulb")](sheet, w, h, colour, second)
    title(sheet, named(sheet, look, IDEAS), w / 2, h * 0.07, w * 0.95, ink_on(colour), weight=0.22)
    author(sheet, look, w / 2, h * 0.95, w, ink_on(colour))


COVERS: dict[str, Cover] = {
    "novel": _novel, "crime": _crime, "science fiction": _space, "fantasy": _fantasy, "romance": _romance,
    "cooking": _cookbook, "travel": _travel, "picture": _picture, "textbook": _textbook, "comic": _comic,
    "ideas": _ideas,
}  # fmt: skip
