"""Things to make tea and coffee with."""

from __future__ import annotations

from demo.drawing.kitchen.coffee import draw_coffee_grinder, draw_coffee_maker, draw_espresso_machine
from demo.drawing.kitchen.kettles import draw_kettle, draw_teapot
from demo.look import Kind

CASES = ("black", "white", "silver", "red", "cream", "grey", "mint", "light blue", "copper", "sage", "pink", "yellow")
BRANDS = ("Tavorin", "Fjellmark", "Cristalune")
COFFEE_BRANDS = ("Brunaro", "Copravel")

BREWING = (
    Kind(
        name="kettle",
        words=("electric kettle", "tea kettle", "water kettle"),
        category="Kitchen > Appliances > Kettles",
        draw=draw_kettle,
        colours=CASES,
        materials=("steel", "plastic", "ceramic"),
        parts={"style": ("electric", "gooseneck", "hob")},
        phrases={"style=gooseneck": "gooseneck", "style=hob": "whistling hob", "style=electric": "cordless"},
        brands=COFFEE_BRANDS,
        price=(24, 99),
        adjectives=("Quick Boil", "Tea Time", "Quiet", "Classic"),
        sentences=(
            "Boils a litre before the toast is done.",
            "Pours without dribbling on the cloth.",
            "The grip stays cool, the lid stays on.",
            "The filter at the spout keeps back lime.",
            "Won't run dry without a warning.",
            "Wide enough to be descaled by hand.",
        ),
        specs={"capacity_l": ("1.0", "1.5", "1.7"), "guarantee_years": ("2", "3")},
    ),
    Kind(
        name="teapot",
        words=("tea pot",),
        category="Kitchen > Drinkware > Teapots",
        draw=draw_teapot,
        patterns=("plain", "striped", "dotted", "floral", "checked"),
        materials=("ceramic", "porcelain", "glass", "cast iron"),
        parts={"handle": ("side", "top")},
        phrases={"handle=top": "with a handle on top"},
        brands=BRANDS,
        price=(18, 69),
        adjectives=("Afternoon", "Garden", "Heritage", "Slow"),
        sentences=(
            "A teapot that pours to the last drop without dripping.",
            "Holds four cups, or two thirsty people.",
            "The strainer inside takes loose leaves and lifts out.",
            "The lid stays on when the pot is tilted.",
            "Keeps tea warm through a long conversation.",
            "Easy to rinse; tea needs no soap.",
        ),
        specs={"capacity_ml": ("800", "1000", "1200"), "strainer": ("yes",)},
    ),
    Kind(
        name="espresso machine",
        words=("espresso maker", "coffee machine", "cappuccino machine"),
        category="Kitchen > Coffee > Espresso machines",
        draw=draw_espresso_machine,
        colours=CASES,
        materials=("plastic", "steel"),
        parts={"type": ("portafilter", "automatic")},
        phrases={"type=portafilter": "portafilter", "type=automatic": "bean-to-cup"},
        brands=COFFEE_BRANDS,
        price=(119, 699),
        adjectives=("Piccolo", "Barista", "Maestro", "Mattina"),
        sentences=(
            "Espresso with a dense crema within a minute of waking up.",
            "Heats up in 40 seconds and switches itself off.",
            "Froths milk for cappuccino and flat white.",
            "The tank comes out at the side and fits under the tap.",
            "Narrow enough for the gap beside the toaster.",
            "Cleaning takes one button and a little patience.",
        ),
        specs={"pressure_bar": ("15", "19"), "power_w": ("1350", "1500"), "tank_l": ("1.2", "1.8")},
    ),
    Kind(
        name="coffee maker",
        words=("coffee brewer", "coffee pot"),
        category="Kitchen > Coffee > Coffee makers",
        draw=draw_coffee_maker,
        colours=CASES,
        materials=("steel", "glass"),
        parts={"type": ("french press", "moka", "filter", "pour-over")},
        phrases={
            "type=french press": "french press",
            "type=moka": "moka pot",
            "type=filter": "filter",
            "type=pour-over": "pour-over",
        },
        brands=COFFEE_BRANDS,
        price=(19, 129),
        adjectives=("Sunday", "Classic", "Slow", "Breakfast"),
        sentences=(
            "Coffee for a whole breakfast table.",
            "Brings out the fruit in light roasts and the chocolate in dark ones.",
            "All parts come apart for cleaning.",
            "Makes no waste but the grounds, which roses like.",
            "Pours cleanly into small cups.",
            "Needs no instructions after the first morning.",
        ),
        specs={"cups": ("4", "6", "8"), "capacity_ml": ("600", "800", "1000")},
    ),
    Kind(
        name="coffee grinder",
        words=("coffee mill", "burr grinder", "bean grinder"),
        category="Kitchen > Coffee > Coffee grinders",
        draw=draw_coffee_grinder,
        colours=("black", "silver", "white", "walnut", "red", "cream", "grey", "green", "copper", "blue"),
        materials=("metal", "wood", "plastic"),
        parts={"type": ("hand", "electric")},
        phrases={"type=hand": "hand", "type=electric": "electric"},
        brands=COFFEE_BRANDS,
        price=(25, 179),
        adjectives=("Precise", "Traveller's", "Barista", "Morning"),
        sentences=(
            "Grinds evenly, from espresso to French press.",
            "Conical burrs crush rather than cut, so that aroma stays in the bean.",
            "The setting clicks, and is easy to find again.",
            "Quiet enough for early mornings.",
            "Holds beans for two large cups or more.",
            "Comes apart for brushing out, without tools.",
        ),
        specs={"settings": ("18", "36"), "burr": ("conical steel", "ceramic")},
    ),
)
