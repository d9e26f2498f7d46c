"""Games, puzzles, and toys to learn and make things with."""

from __future__ import annotations

from demo.drawing.toys.games import draw_board_game, draw_card_game, draw_cube, draw_jigsaw
from demo.drawing.toys.learning import (
    draw_clay,
    draw_craft_kit,
    draw_paint_set,
    draw_robot,
    draw_science_kit,
    draw_telescope,
)
from demo.kinds.toys_common import BRIGHT
from demo.look import Kind

GAMES = (
    Kind(
        name="jigsaw puzzle", words=("puzzle", "jigsaw"), category="Toys > Puzzles > Jigsaws", draw=draw_jigsaw,
        colours=BRIGHT,
        materials=("cardboard",), parts={"view": ("box", "pieces")}, brands=("Meeplestone", "Foldmark"), price=(9,
            29),
        adjectives=("Alpine", "Village", "Panorama", "Winter"),
        sentences=(
            "Full of small stories to find.", "Thick pieces without glare.", "Cut so that false fits are rare.",
            "Keeps a family at one table.",
            "Printed on recycled board.", "The poster inside shows the picture at full size.",
        ),
        specs={"pieces": ("500", "1000", "2000"), "age": ("8+", "12+")},
    ),
    Kind(
        name="board game", words=("family game", "strategy game"), category="Toys > Games > Board games",
        draw=draw_board_game, colours=BRIGHT,
        materials=("cardboard",), parts={"view": ("box", "board")}, phrases={"view=board": "with a folding board"},
        brands=("Meeplestone", "Dicebury"), price=(15, 59),
        adjectives=("Harbour", "Cooperative", "Family", "Kingdom"),
        sentences=(
            "Explained in five minutes and different every time.", "Nobody drops out before the end.",
            "Trade, bluff and build for an evening.",
            "Works with two, shines with four.", "Short enough for a second round.",
            "Wooden pieces and a sturdy board.",
        ),
        specs={"players": ("2-4", "2-5"), "minutes": ("20", "45", "90"), "age": ("6+", "8+", "10+")},
    ),
    Kind(
        name="card game", words=("playing cards", "party card game"), category="Toys > Games > Card games",
        draw=draw_card_game, colours=BRIGHT,
        materials=("paper",), parts={"view": ("box", "fan")}, brands=("Meeplestone", "Dicebury"), price=(6, 19),
        adjectives=("Bluffing", "Quick", "Travel", "Party"),
        sentences=(
            "Rules take two minutes, laughing takes longer.", "Fits in a pocket for trains and campsites.",
            "Plays well with three to eight people.",
            "Cards are coated and wipe clean.", "Good between dinner and pudding.",
            "A little luck keeps grandparents in the game.",
        ),
        specs={"players": ("2-6", "3-8"), "minutes": ("15", "20"), "age": ("6+", "8+")},
    ),
    Kind(
        name="puzzle cube", words=("brain teaser cube", "speed cube", "magic cube"),
        category="Toys > Puzzles > Brain teasers", draw=draw_cube,
        colours=("black", "white", "grey", "pink", "light blue"), parts={"state": ("mixed", "solved"),
            "size": ("3x3", "2x2")},
        phrases={"size=3x3": "3x3", "size=2x2": "2x2"}, brands=("Meeplestone", "Curiosa Lab"), price=(6, 24),
        adjectives=("Speed", "Magnetic", "Smooth", "Classic"),
        sentences=(
            "Turns fast and corrects sloppy corners.", "With a guide to solving it in seven steps.",
            "Magnets hold each layer in place.",
            "Tension can be set with a screw.", "Colours don't peel.", "Fits a school bag and a waiting room.",
        ),
        specs={"age": ("6+",), "edge_mm": ("50", "56")},
    ),
    Kind(
        name="robot kit", words=("toy robot", "coding robot", "programmable robot"),
        category="Toys > Learning > Robots and coding", draw=draw_robot,
        colours=BRIGHT, parts={"base": ("wheels", "legs")}, phrases={"base=wheels": "on wheels",
            "base=legs": "with legs"}, brands=("Curiosa Lab", "Voltessa"),
        price=(39, 129), adjectives=("Friendly", "Programmable", "Clever", "Dancing"),
        sentences=(
            "Children program it with cards first and with blocks later.", "Follows lines, avoids walls and dances.",
            "Needs no screen for the first steps.",
            "Four hours on one charge.", "Every part can be bought again.",
            "Twenty challenges go from easy to tricky.",
        ),
        specs={"age": ("6+", "8+"), "battery_h": ("3", "4"), "charging": ("USB-C",)}, people=("kids",),
    ),
    Kind(
        name="craft kit", words=("craft box", "art set"), category="Toys > Creative > Craft kits",
        draw=draw_craft_kit, colours=BRIGHT, materials=("cardboard",),
        parts={"contents": ("beads", "pencils")}, phrases={"contents=beads": "with beads and yarn",
            "contents=pencils": "with pencils and paints"},
        brands=("Curiosa Lab", "Little Umbel"), price=(9, 35), adjectives=("Rainy-Day", "Big", "Creative", "Starter"),
        sentences=(
            "Everything for five projects is in the box.", "Pictures explain each step.",
            "Needs no oven and no glue gun.", "Keeps hands busy for a whole holiday.",
            "Makes presents for grandparents.", "What is left over is useful, too.",
        ),
        specs={"age": ("4+", "6+"), "projects": ("5", "8")}, people=("kids",),
    ),
    Kind(
        name="modelling clay", words=("play dough", "plasticine"), category="Toys > Creative > Modelling",
        draw=draw_clay, colours=BRIGHT,
        parts={"colours": ("multicoloured", "two-tone"), "lids": ("coloured", "white")},
        phrases={"colours=multicoloured": "multicoloured", "colours=two-tone": "two-tone",
            "lids=white": "in white tubs"},
        brands=("Little Umbel", "Curiosa Lab"), price=(6, 22), adjectives=("Natural", "Soft", "Big", "Bright"),
        sentences=(
            "Doesn't dry out overnight.", "Made from wheat flour and plant colours.",
            "Soft enough for two-year-olds.", "Comes off tables and carpets.",
            "Colours mix without turning grey at once.", "A cutter starts the first biscuits.",
        ),
        specs={"age": ("2+",), "tubs": ("5", "6"), "vegan": ("yes",)}, people=("kids",),
    ),
    Kind(
        name="science kit", words=("experiment kit", "chemistry set"), category="Toys > Learning > Science kits",
        draw=draw_science_kit, colours=BRIGHT,
        materials=("cardboard",), parts={"subject": ("volcano", "crystals", "planets")},
        phrases={"subject=volcano": "volcano", "subject=crystals": "crystal-growing", "subject=planets": "space"},
        brands=("Curiosa Lab",), price=(15, 45),
        adjectives=("Young Explorer's", "Big", "First", "Kitchen"),
        sentences=(
            "Twenty safe experiments for wet afternoons.",
            "Explains the chemistry in words that eight-year-olds understand.", "Goggles and gloves are included.",
            "Most refills are in the kitchen.", "Erupts, fizzes and glows.",
            "The booklet asks questions before it answers.",
        ),
        specs={"age": ("6+", "8+"), "experiments": ("12", "20")}, people=("kids",),
    ),
    Kind(
        name="children's telescope", words=("telescope", "starter telescope"),
        category="Toys > Learning > Science kits", draw=draw_telescope,
        colours=("white", "black", "blue", "red", "navy", "orange", "silver", "purple", "green"),
        materials=("plastic",), brands=("Curiosa Lab",), price=(39, 129),
        adjectives=("Starter", "Moonlight", "Young Astronomer's", "Backyard"),
        sentences=(
            "Shows moon craters and Saturn's rings.", "Sets up without tools.",
            "A star map for each season is included.", "The tripod stands on grass and gravel.",
            "A holder takes a phone for photographs.", "Good for birds by day.",
        ),
        specs={"aperture_mm": ("50", "70"), "age": ("8+",)}, people=("kids",),
    ),
    Kind(
        name="watercolour set", words=("paint set", "paint box", "watercolours"),
        category="Toys > Creative > Craft kits", draw=draw_paint_set,
        colours=("black", "white", "silver", "red", "blue", "yellow", "green", "purple", "pink", "orange"),
        materials=("metal",),
        brands=("Curiosa Lab", "Little Umbel"), price=(8, 32), adjectives=("Beginner's", "Travel", "Bright",
            "Studio"),
        sentences=(
            "Pans are bright, non-toxic and easy to refill.", "The tin is made for painting outdoors.",
            "The lid is the mixing palette.",
            "Colours wash out of sleeves.", "A brush with a fine point is included.",
            "Enough for a summer of postcards.",
        ),
        specs={"pans": ("14", "24"), "age": ("4+", "6+")},
    ),
)  # fmt: skip
