"""What a product looks like, and the kinds of product that can be drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from demo.colours import BASIC
from demo.drawing.sheet import Sheet

PATTERNS = (
    "plain", "striped", "pinstriped", "checked", "dotted", "floral", "chevron", "camouflage", "colour-block",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What one picture shows. Two looks that differ only in `seed` are two photos of like products.

    Attributes:
        kind: name of the kind.
        colour: main colour, a name of `COLOURS`.
        accent: second colour (of stripes, trims, logos), a name of `COLOURS`.
        pattern: one of `PATTERNS`.
        material: one of the kind's materials.
        parts: the choice made for each of the kind's parts, such as ``{"sleeves": "long"}``.
        seed: of small differences: proportions, tilt, creases, ornaments.
        lettering: title and author on a book's cover; without it, the cover shows some of its genre.
    """

    kind: str
    colour: str
    accent: str = "white"
    pattern: str = "plain"
    material: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    lettering: tuple[str, str] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of product: how it is drawn, how it varies and how shoppers and shops speak of it.

    Attributes:
        name: what it is called, in the singular: ``t-shirt``.
        words: other names for the same thing, each usable in its place: ``tee``.
        category: path in the shop: ``Clothing > Tops > T-shirts``.
        draw: puts a look on a sheet of 400 x 400 units.
        colours: main colours that it is sold in.
        patterns: that it is sold in.
        materials: that it is made of, in words of `demo.drawing.materials`; the first is the usual one.
        parts: what varies visibly, and its values: ``{"sleeves": ("short", "long")}``; the first is the usual one.
        phrases: how to say a part's value, by ``part=value``: ``{"sleeves=long": "long-sleeved"}``; those that end in
            a noun follow the kind (``with a hood``), the others precede it. A value without a phrase goes unsaid.
        brands: invented makers.
        price: lowest and highest usual price.
        adjectives: for names of composed products: ``Everyday``, ``Heritage``.
        sentences: about any product of this kind, true whatever its look; each stands alone.
        specs: facts that pictures don't show, and their values: ``{"fit": ("regular", "slim")}``.
        sizes: that it is sold in, or none.
        people: whom it is made for (``women``, ``men``, ``kids``), or none.
    """

    name: str
    category: str
    draw: Callable[[Sheet, Look], None]
    words: tuple[str, ...] = ()
    colours: tuple[str, ...] = tuple(BASIC)
    patterns: tuple[str, ...] = ("plain",)
    materials: tuple[str, ...] = ("plastic",)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    brands: tuple[str, ...] = ()
    price: tuple[float, float] = (10.0, 50.0)
    adjectives: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    specs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sizes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
