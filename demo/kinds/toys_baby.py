"""Soft toys, dolls, and toys for babies and toddlers."""

from __future__ import annotations

from demo.drawing.toys.baby import draw_bath_boats, draw_bath_duck, draw_play_mat, draw_rattle, draw_xylophone
from demo.drawing.toys.building import draw_blocks, draw_shape_sorter, draw_stacking_toy
from demo.drawing.toys.soft import draw_doll, draw_soft_toy
from demo.kinds.toys_common import AGE, BRIGHT, FUR, MIX, MIXED, WOODEN
from demo.look import Kind

BABY = (
    Kind(
        name="teddy bear", words=("teddy", "stuffed bear"), category="Toys > Soft toys > Teddy bears",
        draw=draw_soft_toy,
        colours=FUR, materials=("plush", "wool"), parts={"bow": ("bow", "scarf", "none")},
        phrases={"bow=bow": "with a bow", "bow=scarf": "with a scarf"}, brands=WOODEN, price=(12, 45),
        adjectives=("Cuddly", "Classic", "Sleepy", "Little"),
        sentences=(
            "Soft enough to sleep on.", "Happy in the washing machine.", "Embroidered eyes are safe from birth.",
            "Sits by itself on a shelf.",
            "Filled with fibre from recycled bottles.", "A present for a birth that is kept for life.",
        ),
        specs={"age": ("0+",), "washable": ("yes",), "height_cm": ("25", "35", "45")}, people=("kids",),
    ),
    Kind(
        name="soft toy", words=("plush toy", "stuffed animal", "cuddly toy"), category="Toys > Soft toys > Animals",
        draw=draw_soft_toy,
        colours=FUR, materials=("plush", "fleece"),
        parts={"animal": ("rabbit", "fox", "elephant", "dog", "octopus"), "bow": ("none", "bow", "scarf")},
        phrases={"animal=rabbit": "rabbit", "animal=fox": "fox", "animal=elephant": "elephant", "animal=dog": "dog",
                 "animal=octopus": "octopus", "bow=bow": "with a bow", "bow=scarf": "with a scarf"},
        brands=WOODEN, price=(10, 39), adjectives=("Cuddly", "Floppy", "Sleepy", "Tiny", "Giant"),
        sentences=(
            "A comforter for bedtime and travel.", "Machine washable at thirty degrees.",
            "Little fingers find plenty to hold.",
            "Seams are double stitched for pulling and dragging.", "No beads and no buttons that come off.",
            "Dries overnight on the radiator.",
        ),
        specs={"age": ("0+",), "washable": ("yes",), "height_cm": ("20", "30", "40")}, people=("kids",),
    ),
    Kind(
        name="doll", words=("rag doll", "cloth doll"), category="Toys > Pretend play > Dolls", draw=draw_doll,
        colours=BRIGHT, patterns=("plain", "striped", "checked", "dotted", "floral"), materials=("cotton",),
        parts={"hair": ("brown", "blonde", "red", "black"), "style": ("plaits", "loose")},
        phrases={"hair=brown": "with brown hair", "hair=blonde": "with blonde hair", "hair=red": "with red hair",
                 "hair=black": "with black hair", "style=plaits": "with plaits"},
        brands=WOODEN, price=(14, 49), adjectives=("Soft", "First", "Garden", "Sunday"),
        sentences=(
            "The clothes come off with easy fasteners.", "Soft from head to shoes, so she may come to bed.",
            "Hair to braid again and again.",
            "Light enough to be carried by one arm.", "The face is embroidered, not printed.",
            "Washes in a pillow case.",
        ),
        specs={"age": ("1+", "3+"), "height_cm": ("30", "35", "40")}, people=("kids",),
    ),
    Kind(
        name="wooden blocks", words=("toy blocks", "alphabet blocks", "wooden building blocks"),
        category="Toys > Toddler > Wooden toys",
        draw=draw_blocks, colours=BRIGHT, materials=("wood",), parts={"print": ("letters", "plain"), **MIX},
        phrases={"print=letters": "with letters", **MIXED}, brands=WOODEN, price=(14, 45), adjectives=("First",
            "Nursery", "Classic", "Big"),
        sentences=(
            "Cut from beech and sanded round.", "Towers that fall quietly enough.",
            "Paints are water-based and safe to chew.",
            "Teach balance long before letters.", "Come in a cotton bag.",
            "Strong enough for a second and third child.",
        ),
        specs={**AGE, "pieces": ("24", "40", "60")}, people=("kids",),
    ),
    Kind(
        name="stacking toy", words=("stacking rings", "rainbow stacker", "stacker"),
        category="Toys > Toddler > Wooden toys",
        draw=draw_stacking_toy, colours=BRIGHT, materials=("wood", "plastic"), parts={"form": ("rings", "arches",
            "cups"), **MIX},
        phrases={"form=rings": "with rings", "form=arches": "with arches", "form=cups": "with cups", **MIXED},
        brands=WOODEN, price=(9, 39),
        adjectives=("First", "Rainbow", "Nesting", "Little"),
        sentences=(
            "Big before small, or the other way round.", "Trains hands and eyes from the first birthday.",
            "Rounded edges are kind to gums.",
            "Becomes bridges, tunnels and hats.", "A lovely first-birthday gift.",
            "Nothing to break and nothing to charge.",
        ),
        specs={**AGE, "pieces": ("6", "7")}, people=("kids",),
    ),
    Kind(
        name="shape sorter", words=("shape sorting cube", "sorting box"), category="Toys > Toddler > Wooden toys",
        draw=draw_shape_sorter,
        colours=BRIGHT, materials=("wood",), parts=MIX, phrases=MIXED, brands=WOODEN, price=(12, 32),
        adjectives=("First", "Chunky", "Little", "Clever"),
        sentences=(
            "Shapes to post, sort and tip out again.", "Keeps toddlers busy for longer than its price suggests.",
            "Each shape fits one hole only.",
            "The lid opens for small hands.", "Made of solid beech.", "Builds patience, most days.",
        ),
        specs={**AGE, "pieces": ("9", "13")}, people=("kids",),
    ),
    Kind(
        name="xylophone", words=("toy xylophone", "glockenspiel"), category="Toys > Toddler > Musical toys",
        draw=draw_xylophone, colours=BRIGHT,
        materials=("wood", "metal"), parts=MIX, phrases=MIXED, brands=WOODEN, price=(12, 34), adjectives=("First",
            "Rainbow", "Little", "Cheerful"),
        sentences=(
            "Tuned well enough for parents.", "Eight notes from C to C.", "Song cards show which bar comes next.",
            "Mallets are sized for small hands.",
            "Bars are screwed on and stay in tune.", "Loud enough for fun.",
        ),
        specs={**AGE, "tones": ("8",)}, people=("kids",),
    ),
    Kind(
        name="baby rattle", words=("rattle", "teether", "teething ring"),
        category="Toys > Baby > Rattles and teethers", draw=draw_rattle,
        colours=(*FUR[:12], "yellow", "green", "blue"),
        materials=("wood", "plastic", "rubber"), parts={"form": ("handle", "ring"), **MIX},
        phrases={"form=handle": "with a handle", "form=ring": "with a ring of beads", **MIXED},
        brands=("Little Umbel",), price=(6, 19),
        adjectives=("Gentle", "First", "Soft", "Little"),
        sentences=(
            "Easy to grip from three months.", "Soothes sore gums, best from the fridge.",
            "A quiet sound that doesn't startle.", "Made in one piece for chewing.",
            "Rinse it with warm water.", "Fits into a card envelope for a new arrival.",
        ),
        specs={"age": ("0+", "3 months+"), "safety": ("EN 71",)}, people=("kids",),
    ),
    Kind(
        name="baby play mat", words=("play mat", "play gym", "activity mat"), category="Toys > Baby > Play mats",
        draw=draw_play_mat,
        colours=("beige", "cream", "white", "grey", "green", "mint", "pink", "light blue", "yellow", "lilac", "navy",
            "coral", "teal", "orange"),
        patterns=("plain", "striped", "checked", "dotted", "floral", "chevron"), materials=("cotton",),
        parts={"shape": ("round", "square"), "gym": ("arches", "poles"), "colours": ("multicoloured",)},
        phrases={"shape=round": "round", "shape=square": "square", "gym=arches": "with soft arches",
            "gym=poles": "with a wooden gym"},
        brands=("Little Umbel", "Wobblekin"), price=(29, 89), adjectives=("Padded", "Forest", "Starlight", "Cosy"),
        sentences=(
            "Toys hang where babies can bat at them.", "The cover is machine washable.", "Folds flat behind a sofa.",
            "Padded enough for tiled floors.",
            "Toys move to the pram with a loop.", "A thoughtful baby-shower present.",
        ),
        specs={"age": ("0+",), "washable": ("yes",), "diameter_cm": ("90", "100")}, people=("kids",),
    ),
    Kind(
        name="bath duck", words=("rubber duck", "bath toy"), category="Toys > Toddler > Bath toys",
        draw=draw_bath_duck,
        colours=("yellow", "pink", "light blue", "white", "black", "orange", "green", "purple", "red", "mint"),
        materials=("rubber",),
        parts={"hat": ("none", "cap", "scarf")}, phrases={"hat=cap": "with a cap", "hat=scarf": "with a scarf"},
        brands=("Little Umbel",), price=(4, 14),
        adjectives=("Floating", "Classic", "Big", "Little"),
        sentences=(
            "The base is closed, so no mould grows inside.", "Floats upright in waves.",
            "Natural rubber without plasticisers.", "Squeaks if you ask it to.",
            "Made for tubs, puddles and window sills.", "Goes in the dishwasher.",
        ),
        specs={"age": ("0+", "1+"), "height_cm": ("8", "12")}, people=("kids",),
    ),
    Kind(
        name="bath boats", words=("toy boats", "bath toy boats"), category="Toys > Toddler > Bath toys",
        draw=draw_bath_boats, colours=BRIGHT,
        parts=MIX, phrases=MIXED, brands=("Little Umbel",), price=(9, 22), adjectives=("Floating", "Harbour",
            "Stacking", "Little"),
        sentences=(
            "Pour, stack and race across the tub.", "Closed hulls mean no mould inside.", "Go in the dishwasher.",
            "Made of recycled plastic.",
            "Sail in paddling pools, too.", "Fit into one another for storage.",
        ),
        specs={**AGE, "pieces": ("2", "6")}, people=("kids",),
    ),
)  # fmt: skip
