"""Product lines of the demo shop: what its data files say of them, and how each of their variants looks."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.accents import fitting_accent
from demo.colours import COLOURS
from demo.kinds import KINDS
from demo.look import Kind, Look

FOLDER = Path(__file__).parent / "lines"
AUDIENCES = ("women", "men", "kids", "girls", "boys")
_BINDINGS = {"Paperback": "paperback", "Hardcover": "hardback"}


@dataclass(frozen=True)
class Item:
    """One product line.

    Attributes:
        category: path in the shop; where its second level is an audience, the kind's own path is used instead.
        size_name: anything but ``size``, such as ``pack`` or ``format``, becomes an attribute.
        size_step: how much dearer each size is than the one before, as a share.
        title: template of the title; fields are `brand`, `name` and the specs.
        group: the line that this one is an edition of, when it isn't its own.
        audience: whom it is made for, or nobody in particular.
        look: fields of `Look` that all variants share; what isn't named is the kind's usual.
        paints: fields of `Look` by colour name, where the name isn't one of `COLOURS` or means more than a colour.
    """

    category: str
    brand: str
    name: str
    price: float
    text: str
    specs: Mapping[str, Any]
    look: Mapping[str, Any]
    paints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    colours: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    size_name: str = "size"
    size_step: float = 0.0
    title: str = "{brand} {name}"
    group: str = ""
    audience: str = ""

    @property
    def label(self) -> str:
        """Its title, before a colour or size."""
        return self.title.format(brand=self.brand, name=self.name, **self.specs)

    @property
    def item_group(self) -> str:
        """What all variants and editions of a product share."""
        return slug(f"{self.brand} {self.group or self.name}")

    @property
    def kind(self) -> Kind:
        """The kind that it is drawn as."""
        return KINDS[self.look["kind"]]

    @property
    def lettering(self) -> tuple[str, str] | None:
        """What a book's cover says: its title up to the colon, or behind the name of its series, and its author."""
        author = self.specs.get("author")
        return None if author is None else (self.name.split(": ")[-1 if "series" in self.specs else 0], str(author))

    @property
    def level(self) -> str:
        """Its category path; an audience is an attribute of the product, not a level of the shop."""
        return self.kind.category if self._named_audience else self.category

    @property
    def shopper(self) -> str:
        """Whom it is made for, or an empty string."""
        return self.audience or self._named_audience

    @property
    def _named_audience(self) -> str:
        second = self.category.split(" > ")[1].lower()
        return second if second in AUDIENCES else ""

    def variant_look(self, colour: str | None, size: str | None) -> Look:
        """Return how one variant looks: all of a line share proportions, ornaments and view.

        Raises:
            ValueError: the colour can't be painted.
        """
        kind = self.kind
        rng = random.Random(f"look of {self.brand} {self.name}")
        given = {**self.look, **self._paint(colour)}
        parts = {part: rng.choice(values) if part == "view" else values[0] for part, values in kind.parts.items()}
        if given["colour"] not in COLOURS:
            raise ValueError(f"{self.brand} {self.name}: no paint for the colour {given['colour']!r}")
        bound = {"binding": _BINDINGS[size]} if self.size_name == "format" and size in _BINDINGS else {}
        pattern = given.get("pattern", "plain")
        seed = rng.randrange(2**31)
        return Look(
            kind=kind.name,
            colour=given["colour"],
            accent=given.get("accent") or fitting_accent(given["colour"], pattern, kind.colours, rng),
            pattern=pattern,
            material=given.get("material", kind.materials[0]),
            parts=parts | given.get("parts", {}) | bound,
            seed=seed,
            lettering=self.lettering,
        )

    def _paint(self, colour: str | None) -> Mapping[str, str]:
        """Return the fields of a colour name; of two colours joined by ``and`` the second is the accent."""
        if colour is None:
            return {}
        if colour in self.paints:
            return self.paints[colour]
        first, _, second = colour.partition(" and ")
        return {"colour": first, "accent": second} if second in COLOURS else {"colour": colour}


def load_items() -> list[Item]:
    """Read all hand-written lines; keys at the top of a file are defaults for its entries."""
    items: list[Item] = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = content.pop("item")
        items += [Item(**{**content, **entry}) for entry in entries]
    return items


def slug(text: str) -> str:
    """Return lower-case words joined by dashes."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))
