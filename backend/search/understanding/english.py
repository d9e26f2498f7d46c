"""English, and the signs that every language shares."""

from __future__ import annotations

from backend.search.understanding.grammar import Grammar, Phrases, comparisons, phrases, single

_DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN")
_POUNDS = ("GBP", "EGP")

ENGLISH = Grammar(
    comparisons=comparisons(
        {
            (
                "most",
                "plain",
            ): "under, below, less than, lower than, cheaper than, no more than, not more than, not over, "
            "not above, up to, at most, not cost more than, do not cost more than, "
            "does not cost more than, not costing more than, cost less than, costs less than, "
            "costing less than, <, <=, ≤",
            ("most", "strong"): "maximum price, max price, price limit, price max, price up to, price under, "
            "price below, priced under, priced below, priced less than, price less than, priced up to, "
            "price at most, budget, budget of, a budget of, max budget, maximum price of",
            ("most", "weak"): "max, maximum, maximum of, not exceeding, within, fewer than",
            (
                "least",
                "plain",
            ): "over, above, more than, no less than, not less than, not under, greater than, higher than, >, >=, ≥",
            ("least", "strong"): "minimum price, min price, price from, price over, price above, priced over, "
            "priced above, priced from, price at least, minimum price of",
            ("least", "weak"): "at least, from, starting at, starting from, min, minimum, minimum of, upwards of, "
            ""
            "better than",
        }
    ),
    afterwards=Phrases(
        {
            "or less": "most",
            "or under": "most",
            "or below": "most",
            "or cheaper": "most",
            "or lower": "most",
            "and under": "most",
            "and below": "most",
            "and less": "most",
            "max": "most",
            "maximum": "most",
            "at most": "most",
            "tops": "most",
            "or more": "least",
            "or higher": "least",
            "or above": "least",
            "or over": "least",
            "or better": "least",
            "or up": "least",
            "and up": "least",
            "and above": "least",
            "and over": "least",
            "and more": "least",
            "and higher": "least",
            "minimum": "least",
            "upwards": "least",
        }
    ),
    between=Phrases({"between": frozenset({"and", "to"}), "from": frozenset({"to", "until", "till"})}),
    range_words=frozenset({"to"}),
    price_words=phrases(
        "price, priced, prices, cost, costs, costing, price is, priced at, that cost, that costs, price range, "
        "in the price range, price range of, at a price"
    ),
    currencies={
        "€": ("EUR",),
        "euro": ("EUR",),
        "euros": ("EUR",),
        "eur": ("EUR",),
        "$": _DOLLARS,
        "dollar": _DOLLARS,
        "dollars": _DOLLARS,
        "bucks": _DOLLARS,
        "usd": ("USD",),
        "us$": ("USD",),
        "cad": ("CAD",),
        "aud": ("AUD",),
        "nzd": ("NZD",),
        "£": _POUNDS,
        "pound": _POUNDS,
        "pounds": _POUNDS,
        "quid": ("GBP",),
        "gbp": ("GBP",),
        "¥": ("JPY", "CNY"),
        "yen": ("JPY",),
        "jpy": ("JPY",),
        "cny": ("CNY",),
        "yuan": ("CNY",),
        "₹": ("INR",),
        "rs": ("INR", "PKR", "LKR", "NPR"),
        "inr": ("INR",),
        "rupees": ("INR", "PKR", "LKR", "NPR"),
        "chf": ("CHF",),
        "francs": ("CHF",),
        "sek": ("SEK",),
        "nok": ("NOK",),
        "dkk": ("DKK",),
        "kr": ("SEK", "NOK", "DKK", "ISK"),
        "pln": ("PLN",),
        "zł": ("PLN",),
        "czk": ("CZK",),
        "₩": ("KRW",),
        "₺": ("TRY",),
        "₽": ("RUB",),
        "₴": ("UAH",),
        "₪": ("ILS",),
    },
    weights_too=frozenset({"pound", "pounds"}),
    units=single(
        "inch inches ft foot feet yard yards mm cm m km mile miles sqm sq square acre acres g "
        "gr gram grams kg kgs "
        "kilo kilos lb lbs pound pounds oz ounce ounces ton tons ml cl l liter liters litre "
        "litres gallon gallons qt "
        "quart cup cups gb tb mb kb gig mp megapixel megapixels pixel pixels px ppi dpi fps "
        "hz khz mhz ghz w kw watt "
        "watts kwh wh mah ah amp amps v volt volts kv lumen lumens lm lux nits db decibels "
        "rpm psi bar hp degrees "
        "degree c f k x percent pct pc pcs piece pieces pack packs count ct set sets pair "
        "pairs ply gsm tog thread tc "
        "denier spf carat carats karat ct page pages sheet sheets word words year years yr "
        "yrs yo old month months "
        "week weeks day days hour hours hr hrs minute minutes min mins second seconds sec "
        "seater seat seats person "
        "people persons player players man men women kids user users speed speeds gear gears "
        "channel channels port "
        "ports core cores bit bits season way in1 point points times th st nd rd s gen "
        "generation series edition star "
        "stars review reviews reviewer reviewers rating ratings customer customers vote votes "
        "calorie calories kcal "
        "carb carbs ingredient ingredients step steps level levels layer layers drawer "
        "drawers shelf shelves light "
        "lights bulb bulbs led leds button buttons key keys blade blades string strings color "
        "colors colour colours "
        "bottle bottles tier tiers panel panels door doors room rooms bed beds off discount percent ages aged"
    ),
    measured=single(
        "age ages aged size sizes sized fit fits fitting length width height depth diameter weight weighing weighs "
        "waist chest capacity load speed power wattage voltage volume resolution temperature temperatures temp level "
        "grade year years no number chapter supports support"
    ),
    adults=single(
        "woman women womens man men mens adult adults lady ladies senior seniors people "
        "person persons anyone those "
        "everyone skin hair"
    ),
    children=single(
        "kid kids child children childs toddler toddlers baby babies infant infants boy boys "
        "girl girls teen teens "
        "son daughter toys games"
    ),
    connectors=single(
        "with and for in that which who from or without but by on not no only please rated "
        "rating ratings has have "
        "having including plus near online under over between at"
    ),
    leads=single("with and for that which is are has have having a an of it its the at for should be where"),
    stars=single("star stars"),
    rating_before=phrases(
        "rated, rating, ratings, rating of, ratings of, a rating of, "
        "with a rating of, average rating, average rating of, user rating, customer rating, "
        "score of, review score, "
        "rating is, minimum rating, min rating, minimum rating of"
    ),
    rating_after=phrases(
        "rating, ratings, rated, customer rating, customer ratings, user rating, user "
        "ratings, review, average rating, "
        "average, rating average, review rating, customer review"
    ),
    plus=single("+ plus"),
    in_stock=phrases(
        "in stock, instock, in stock only, in stock now, only in stock, currently in stock, available now, "
        "available now only, available immediately, available right now, available today, "
        "immediately available, "
        "that are in stock, must be in stock, ready to ship, currently available"
    ),
    on_sale=phrases(
        "on sale, on sale now, on sale only, only on sale, on offer, on offer now, on special offer, discounted, "
        "at a discount, with a discount, with discount, reduced, reduced in price, reduced price, "
        "at a reduced price, at reduced price, at reduced prices, price reduced, marked down, "
        "that are on sale, which are on sale, that is on sale, that are reduced, that are discounted",
        unlike="reduced fat, reduced sugar, reduced salt, reduced sodium, reduced calorie, reduced calories, "
        "reduced carb, reduced carbs, reduced lactose, reduced gluten, reduced alcohol, reduced acid, reduced noise, "
        "reduced glare, reduced size, reduced height, reduced depth, reduced width, reduced weight, "
        "reduced friction, reduced vibration, reduced shank, reduced pressure, reduced mobility",
    ),
    negations=phrases(
        "not, no, without, without any, except, except for, excluding, exclude, but not, but no, other than, "
        "anything but, any but, not in, not from, not by, and not, and no, and without, with no, but without, "
        "that is not, that are not, which is not, which are not, nothing in, "
        "neither, in neither, isnt, arent, that isnt, that arent, which isnt, which arent"
    ),
    not_negating=single(
        "do does did dont doesnt didnt can could cannot will would should shall must may "
        "might why or if whether "
        "whats is are was were am me you i we they have has had say said yes forget say just its"
    ),
    not_negated=single(
        "only too very so just yet sure a1 my your our his her their be been have has include "
        "included including "
        "available found just even all always every everyone one another more less much many "
        "longer matter problem "
        "idea show iron bake touch frost name fear limit limits regret limits brainer "
        "nonsense worries please thanks "
        "that this those these it than to doubt cost charge filter sew slip pull tie knot drill code contract "
        "i you he she we they and or but if when as what who how why where necessarily really "
        "quite enough like "
        "then now out up down off on at for is are was were"
    ),
    refusals=single("dont doesnt didnt cannot wont"),
    denying_before=single("non"),
    denying_behind=single("free"),
    denying_endings=frozenset(),
    fillers=phrases(
        "a, an, the, any, in, of, made of, made from, made with, made in, containing, from, by, with, "
        "the color, the colour, in the color, in the colour, color, colour, brand, the brand, from the brand"
    ),
    alternatives=single("or nor"),
    pairs=single("and n"),
    about=phrases(
        "for, for the, for a, for an, for my, fits, fit, compatible with, works with, work "
        "with, like, similar to, "
        "alternative to, alternatives to, instead of, vs, versus, than, replacement for, "
        "suitable for, fitting, "
        "goes with, matching, to match, go with, inspired by, for your, for our"
    ),
    makers=phrases("by, from, made by, brand, of brand, from the brand, sold by, from brand"),
    colour_before=phrases("in, in the colour, in the color, colour, color, in colour, in color"),
    parts=single("with"),
    colours=single(
        "black white grey gray red blue green yellow pink purple violet brown beige navy teal "
        "turquoise maroon magenta "
        "crimson scarlet khaki burgundy multicolour multicolor fuchsia cyan"
    ),
    shades=single(
        "dark light pale bright deep medium soft neon pastel matt matte metallic electric "
        "dusty warm cool burnt hot "
        "off navy royal sky baby midnight forest olive mint wine rose pearl jet snow non anti multi"
    ),
    aliases={
        "gray": "grey",
        "grey": "gray",
        "multicolor": "multicolour",
        "multicolored": "multicolour",
        "multicoloured": "multicolour",
    },
)
