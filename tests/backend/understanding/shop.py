"""A small invented shop whose words have more than one meaning."""

from __future__ import annotations

from backend.search.understanding import ENDINGS, NEGATIONS, CountedLexicon, Entry, Interpretation, Note, PriceRange

COLOURS = ("red", "blue", "black", "white", "light blue", "grey", "orange")


def entries() -> list[Entry]:
    made: list[Entry] = []

    def add(title: str, brand: str, colours: tuple[str | None, ...], category: str, merchant: str = "Corner") -> None:
        for colour in colours:
            made.append(Entry(f"{title}, {colour}" if colour else title, brand, colour, merchant, category))

    for brand in ("adidas", "Nike", "Under Armour", "The North Face"):
        add(f"{brand} Running Shoes", brand, COLOURS, "Clothing > Shoes > Running shoes")
        add(f"{brand} Rain Jacket", brand, COLOURS, "Clothing > Jackets")
    add("Summer Dress", "Levi's", COLOURS, "Clothing > Dresses", "Maison Corbel")
    add("Leather Boots", "Levi's", COLOURS, "Clothing > Shoes > Boots", "Maison Corbel")
    add("No Show Socks", "Levi's", COLOURS, "Clothing > Socks")
    add("Apple MacBook Laptop", "Apple", ("grey",) * 3, "Electronics > Laptops")
    add("Case for Apple iPhone 11", "OtterBox", COLOURS * 3, "Electronics > Phone cases")
    add("Samsung Galaxy Phone", "Samsung", ("black",) * 20, "Electronics > Phones")
    add("Case for Samsung Galaxy", "OtterBox", ("black",) * 10, "Electronics > Phone cases")
    add("Over Ear Headphones", "Sonorel", ("black", "white"), "Electronics > Headphones")
    add("Under Desk Treadmill", "Strideva", ("black", None), "Sports > Treadmills")
    add("Orange Juice 1 l", "Grovely", (None,) * 8, "Food > Juices")
    add("Apple Juice 1 l", "Grovely", (None,) * 8, "Food > Juices")
    add("Sugar Cubes", "Grovely", (None,) * 4, "Food > Sugar")
    add("No Bake Cheesecake Mix", "Grovely", (None,) * 4, "Food > Baking")
    add("Green Tea", "Leafy", (None,) * 6, "Food > Tea")
    add("Tea Towel", "Linnhold", ("green", "blue"), "Kitchen > Towels")
    add("Shampoo", "Not Your Mother's", (None,) * 3, "Beauty > Shampoo")
    add("Lemonade", "7 Up", (None,) * 3, "Food > Drinks")
    add("Cushion Dove Grey", "Linnhold", ("grey",) * 10, "Home > Cushions")
    add("Dove Soap", "Dove", ("white",) * 5, "Beauty > Soap")
    add("Perfume No 5", "Chance", (None,) * 3, "Beauty > Perfume")
    add("Kitchen Knife", "Hakuren", (None,) * 5, "Kitchen > Knives")
    return made


LEXICON = CountedLexicon.of(entries(), NEGATIONS, ENDINGS)
SALE_LEXICON = CountedLexicon.of([*entries(), Entry("Rain Hat", on_sale=True)], NEGATIONS, ENDINGS)


def told(found: Interpretation) -> str:
    """Write an interpretation on one line: the text, then what was understood, in the order of the words."""
    return " | ".join([found.text, *(_told(note) for note in found.notes)])


def _told(note: Note) -> str:
    sign = {"filter": "=", "preference": "~", "none": "?"}[note.effect]
    value = note.value
    if isinstance(value, PriceRange):
        said = f"{_euros(value.least)}..{_euros(value.most)}"
    elif isinstance(value, tuple):
        said = "/".join(v.rpartition(" > ")[2] for v in value)
    else:
        said = str(value)
    return f"{'not ' if note.excluded else ''}{note.field}{sign}{said}"


def _euros(cents: int | None) -> str:
    return "" if cents is None else f"{cents / 100:g}"
