"""Building, vehicles, pretend and garden play."""

from __future__ import annotations

from demo.drawing.toys.baby import draw_bubbles, draw_play_kitchen
from demo.drawing.toys.building import draw_bricks, draw_magnetic_tiles
from demo.drawing.toys.vehicles import draw_rc_car, draw_ride_on, draw_toy_car, draw_train
from demo.kinds.toys_common import AGE, BRIGHT, MIX, MIXED, WOODEN
from demo.look import Kind

PLAY = (
    Kind(
        name="building bricks", words=("building blocks", "brick set", "toy bricks"),
        category="Toys > Building > Building bricks",
        draw=draw_bricks, colours=BRIGHT, parts={"build": ("pile", "house"), **MIX},
        phrases={"build=house": "with a house to build", **MIXED},
        brands=("Brixano", "Studbury"), price=(15, 79), adjectives=("Creative", "Big", "Starter", "City"),
        sentences=(
            "Fit the bricks already in the house.", "Click together firmly and come apart without teeth.",
            "With idea cards for the first afternoon.",
            "No two builds are the same.", "Come in a tub that doubles as a table.", "Colours don't fade in the sun.",
        ),
        specs={"age": ("4+", "6+"), "pieces": ("250", "500", "1000"), "made_of": ("ABS",)}, people=("kids",),
    ),
    Kind(
        name="magnetic tiles", words=("magnetic building tiles", "magnet tiles"),
        category="Toys > Building > Magnetic tiles",
        draw=draw_magnetic_tiles, colours=BRIGHT, parts=MIX, phrases=MIXED, brands=("Brixano", "Studbury"),
        price=(25, 89),
        adjectives=("Clear", "Rainbow", "Window", "Castle"),
        sentences=(
            "Click together into castles that glow on a window sill.", "Magnets are riveted and sealed in.",
            "Fold flat patterns up into cubes.",
            "Work with other brands of tiles.", "Quiet when they fall, nearly.", "Pack away into a thin stack.",
        ),
        specs={"age": ("3+",), "pieces": ("42", "84"), "made_of": ("ABS",)}, people=("kids",),
    ),
    Kind(
        name="toy car", words=("toy vehicle", "play car"), category="Toys > Vehicles > Toy cars", draw=draw_toy_car,
        colours=BRIGHT, materials=("wood", "plastic", "metal"), parts={"body": ("car", "racing car", "van", "truck")},
        phrases={"body=racing car": "racing", "body=van": "with a van body", "body=truck": "with a loading bed"},
        brands=("Wobblekin", "Studbury"),
        price=(6, 29), adjectives=("Speedy", "First", "Chunky", "Little"),
        sentences=(
            "Rolls straight on carpets, too.", "Made to be dropped from high chairs.",
            "Axles are steel and don't bend.", "Fits a toddler's hand.",
            "No batteries and no noise but your own.", "Goes with ramps and garages.",
        ),
        specs={**AGE, "length_cm": ("12", "18")}, people=("kids",),
    ),
    Kind(
        name="remote control car", words=("rc car", "radio controlled car"),
        category="Toys > Vehicles > Remote control", draw=draw_rc_car,
        colours=BRIGHT, parts={"control": ("shown", "hidden")}, phrases={"control=shown": "with a controller"},
        brands=("Voltessa", "Studbury"),
        price=(29, 119), adjectives=("Off-Road", "Rock", "Desert", "Turbo"),
        sentences=(
            "Climbs over stones, sand and sofas.", "Two batteries give an hour of driving.",
            "All four wheels are driven and sprung.",
            "The controller reaches fifty metres.", "Survives falls from the sofa.",
            "Spare gears are sold for years.",
        ),
        specs={"scale": ("1:14", "1:18"), "age": ("6+", "8+"), "battery_min": ("30", "60")}, people=("kids",),
    ),
    Kind(
        name="train set", words=("toy train", "wooden railway"), category="Toys > Building > Train sets",
        draw=draw_train, colours=BRIGHT,
        materials=("wood", "plastic"), parts={"track": ("track", "none"), **MIX},
        phrases={"track=track": "with track", **MIXED}, brands=WOODEN,
        price=(19, 79), adjectives=("Starter", "Country", "Express", "Harbour"),
        sentences=(
            "Magnetic couplings work in both directions.", "Fits other wooden railways.",
            "Grows with bridges, stations and points.",
            "The engine runs on imagination alone.", "Small enough to set up under a table.",
            "Wagons carry what you load on them.",
        ),
        specs={**AGE, "pieces": ("20", "50")}, people=("kids",),
    ),
    Kind(
        name="ride-on toy", words=("ride-on", "push toy", "toddler vehicle"),
        category="Toys > Toddler > Push and ride", draw=draw_ride_on,
        colours=BRIGHT, parts={"form": ("car", "balance bike", "wagon"), "colours": ("multicoloured",)},
        phrases={"form=car": "with a steering wheel", "form=balance bike": "balance bike",
            "form=wagon": "with a push bar"}, brands=("Wobblekin", "Goalbury"),
        price=(29, 99), adjectives=("First", "Little", "Garden", "Sturdy"),
        sentences=(
            "For riders from eighteen months.", "Quiet tyres are kind to floors.",
            "Low enough that feet reach the ground.", "Doesn't tip in tight turns.",
            "Carries up to twenty-five kilograms.", "Put together in ten minutes.",
        ),
        specs={"age": ("10 months+", "18 months+"), "max_load_kg": ("20", "25")}, people=("kids",),
    ),
    Kind(
        name="play kitchen", words=("toy kitchen", "children's kitchen"),
        category="Toys > Pretend play > Play kitchens", draw=draw_play_kitchen,
        colours=("white", "sage", "mint", "pink", "light blue", "grey", "cream", "red", "teal", "yellow", "navy",
            "green"), materials=("wood",),
        brands=("Wobblekin", "Little Umbel"), price=(69, 179), adjectives=("Corner", "Country", "Little Chef's",
            "Big"),
        sentences=(
            "Knobs click and the sink lifts out.", "Pots and spoons are included.",
            "Stands firmly on three small screws.", "High enough for six-year-olds.",
            "The oven door closes softly.", "Two children can cook side by side.",
        ),
        specs={"age": ("3+",), "height_cm": ("90", "98")}, people=("kids",),
    ),
    Kind(
        name="bubble toy", words=("bubble wand", "soap bubbles", "garden toy"),
        category="Toys > Outdoor > Garden play", draw=draw_bubbles, colours=BRIGHT,
        parts={"form": ("round", "heart")}, phrases={"form=heart": "with a heart-shaped wand"}, brands=("Goalbury",
            "Little Umbel"), price=(3, 19),
        adjectives=("Giant", "Garden", "Party", "Summer"),
        sentences=(
            "Makes bubbles that last until the fence.", "For garden parties and rainy-day physics.",
            "The solution doesn't stain clothes.",
            "Refills are a spoon of soap and water.", "Dogs love it as much as children do.",
            "Works best in calm, damp air.",
        ),
        specs={"age": ("3+", "5+"), "pieces": ("2", "4")}, people=("kids",),
    ),
)  # fmt: skip
