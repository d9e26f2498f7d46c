"""When a word becomes a filter: the rules and every number that decides, in one place (docs/decisions/0012).

A wrong filter hides what the shopper wanted, a wrong preference costs a place or two; so a filter has to be sure, and
what is neither is left alone.
"""

from __future__ import annotations

from typing import Literal

from backend.search.understanding.lexicon import Known, Share

Verdict = Literal["filter", "preference", "alone"]

SURE = 0.9  # share of the products a name is about that carry it, from which on it filters
PLAUSIBLE = 0.3  # the same, from which on it is preferred
EXCLUDED = 0.5  # the same for "not red": a wrong exclusion hides less than a wrong filter
COVERED = 0.9  # share of the products matching the other words that have a colour at all
CONTRARY = 0.5  # a longer phrase in titles whose products carry the value less often than this means something else

SMALLEST_BARE = 500  # cents: a smaller amount without a currency may be an age, a rating or a number of things
SMALLEST_RANGE = 2000  # cents: the same for the upper end of "from 3 to 6"
WIDTH = 1.5  # upper by lower end of "from 20 to 40", or else it may be a range of sizes: "from 40 to 42"
OLDEST = 9900  # cents: "women over 50" is an age up to here
OLDEST_CHILD = 1800  # cents: "kids under 5" is an age up to here
BEST_RATING = 5.0


def sureness(known: Known) -> float:
    """Return the share of products carrying the value among those that carry it or have the name in the title.

    "adidas" in titles of adidas products is 1; "apple" in a shop with one apple laptop and twenty cases "for Apple"
    is under 0.05.
    """
    about = known.carrying + known.titled - known.both
    return known.carrying / about if about else 0.0


def verdict(known: Known, phrases: list[Share]) -> Verdict:
    """Judge a brand, colour, merchant or category word; for a colour, `covers` has a say too.

    Args:
        known: what the word names.
        phrases: titles with the word and its neighbours, and how many of these products carry the value.
    """
    share = sureness(known)
    if share < PLAUSIBLE or any(p.products and p.having < CONTRARY * p.products for p in phrases):
        return "alone"
    return "preference" if known.field == "category" or share < SURE else "filter"


def covers(rest: Share) -> bool:
    """Whether enough of the products that match the other words have a colour for a colour to filter them."""
    return rest.products > 0 and rest.having >= COVERED * rest.products


def excludes(known: Known, *, signed: bool) -> bool:
    """Whether a negated name is a filter; otherwise its words are only held against a product.

    With a minus sign it always is. Without one, a category is seldom meant: "juice, no sugar" is about what's in it.
    """
    return signed or (known.field != "category" and sureness(known) >= EXCLUDED)
