"""Prices: which numbers are amounts of money, and what is said about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from backend.search.understanding import confidence
from backend.search.understanding.grammar import Comparison
from backend.search.understanding.interpretation import PriceRange
from backend.search.understanding.tokens import HYPHENS
from backend.search.understanding.view import View

MAX_CENTS = 10**12 - 1  # of a price in the catalogue
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,'\u2019])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]{1,2})?")
_DECIMAL = re.compile(r"[0-9]{1,10}(?:[.,][0-9]{1,2})?")
_BREAKS = frozenset(",;.!?)]")
_CHARACTERS = 16


class Amount(NamedTuple):
    """Cents; the ISO codes that the word or sign beside the number may stand for, none without one; what follows."""

    cents: int
    currencies: tuple[str, ...]
    end: int


def cents(text: str) -> int | None:
    """Return the cents that a number says, or None when it is no amount.

    A comma or dot before exactly three digits groups thousands, before one or two it is the decimal sign.
    """
    if len(text) > _CHARACTERS:
        return None
    if _DECIMAL.fullmatch(text):
        number = text.replace(",", ".")
    elif _GROUPED.fullmatch(text) and not text.startswith("0"):
        whole, sign, decimals = text, "", ""
        if text[-2] in ".," or text[-3] in ".,":
            whole, sign, decimals = text.rpartition("." if text.rfind(".") > text.rfind(",") else ",")
        number = re.sub("[^0-9]", "", whole) + (f".{decimals}" if sign else "")
    else:
        return None
    amount = int(Decimal(number) * 100)
    return amount if amount <= MAX_CENTS else None


def read_prices(view: View) -> None:
    """Note every price; those in a foreign currency are noted without effect."""
    position = 0
    while position < len(view.tokens):
        if position in view.closed or not view.starts_clean(position):
            position += 1
            continue
        position = _read(view, position) or position + 1


def amount_at(view: View, at: int) -> Amount | None:
    """Return the amount that begins at a token: "$50", "50 euros", "1 299 €", "50"."""
    before = _currency(view, at)
    number = at + 1 if before else at
    if number >= len(view.tokens) or view.tokens[number].kind != "number" or number in view.closed:
        return None
    if before and view.tokens[at].kind == "word" and view.tokens[number].joined:
        return None  # "rs50": a model
    text, end = view.tokens[number].text, number + 1
    after = () if before else _currency(view, end)
    if not before and not after and len(text) <= 3 and _is_group(view, end) and _currency(view, end + 1):
        text, end, after = text + view.tokens[end].text, end + 1, _currency(view, end + 1)
    value = cents(text)
    if value is None:
        return None
    if after:
        end += 1
    elif view.text(end) in HYPHENS | {"."} and view.tokens[end].joined and end + 1 == len(view.tokens):
        end += 1  # "50,-" and a full stop
    return Amount(value, before or after, end)


def is_bare_amount(view: View, end: int, start: int) -> bool:
    """Whether a number without a currency stands alone: nothing behind it says what it counts.

    Args:
        view: the query.
        end: behind the number.
        start: of the comparison before it.
    """
    if end >= len(view.tokens):
        return True
    token, grammar = view.tokens[end], view.grammar
    if token.kind == "mark":
        # "-nike" behind a number begins an exclusion
        excluding = token.text in HYPHENS and not token.joined and not view.ends_clean(end + 1)
        return token.text in _BREAKS or excluding
    if token.joined or token.text in grammar.units:
        return False
    said = token.text in grammar.connectors or any(
        phrases.at(view.tokens, end) is not None for phrases in (grammar.in_stock, grammar.comparisons)
    )
    return said or end in view.closed or (end in view.names and view.nothing_before(start))


def _read(view: View, at: int) -> int | None:
    """Note the price that begins at a token, and return the position behind it."""
    start, begin = at, at
    lead = view.grammar.price_words.at(view.tokens, at)
    strong = lead is not None
    if lead is not None and not view.grammar.comparisons.at(view.tokens, at):
        begin = lead[1]
        if view.text(begin) == ":":
            begin += 1
    found = (
        _between(view, begin, start, strong=strong)
        or _compared(view, begin, start, strong=strong)
        or _spanned(view, begin, strong=strong)
        or _qualified(view, begin)
    )
    if found is None or not view.is_open(start, found[1]):
        return None
    price, end, currencies = found
    if currencies and view.shop is not None and view.shop not in currencies:
        view.add(start, end, "price", price, "none")
    else:
        view.add(view.with_leads(start), end, "price", price, "filter")
    return end


_Found = tuple[PriceRange, int, tuple[str, ...]]


def _compared(view: View, at: int, start: int, *, strong: bool) -> _Found | None:
    """Read "under 50", "maximum price: 300", "max 100 eur"."""
    match = view.grammar.comparisons.at(view.tokens, at)
    if match is None:
        return None
    comparison, position = match
    if view.text(position) in {":", "="}:
        position += 1
    amount = amount_at(view, position)
    if amount is None or not view.starts_clean(position):
        return None
    strong = strong or comparison.strength == "strong"
    if not amount.currencies and not _bare(view, comparison, amount, start, strong=strong):
        return None
    if amount.currencies and not view.ends_clean(amount.end):
        return None
    return _range(comparison.bound, amount), amount.end, amount.currencies


def _bare(view: View, comparison: Comparison, amount: Amount, start: int, *, strong: bool) -> bool:
    if view.text(amount.end) in view.grammar.units or not is_bare_amount(view, amount.end, start):
        return False
    if strong:
        return True
    if comparison.strength == "weak" or amount.cents < confidence.SMALLEST_BARE:
        return False
    before = view.text(start - 1)
    if before in view.grammar.measured:
        return False
    if before in view.grammar.children and amount.cents <= confidence.OLDEST_CHILD:
        return False
    return not (before in view.grammar.adults and comparison.bound == "least" and amount.cents <= confidence.OLDEST)


def _between(view: View, at: int, start: int, *, strong: bool) -> _Found | None:
    """Read "between 20 and 40 euro", "from $20 to $40"."""
    match = view.grammar.between.at(view.tokens, at)
    if match is None:
        return None
    joining, position = match
    low = amount_at(view, position)
    if low is None or not (view.text(low.end) in joining or view.text(low.end) in HYPHENS):
        return None
    found = _ends(view, low, low.end + 1, bare=strong or _may_be_price(view, start), strong=strong)
    if found is None or found[2] or strong or not view.grammar.comparisons.at(view.tokens, at):
        return found
    # Openings that also compare ("from") are weaker than "between".
    return found if (found[0].most or 0) >= confidence.WIDTH * low.cents else None


def _spanned(view: View, at: int, *, strong: bool) -> _Found | None:
    """Read "20-40 €", "$20 to $40", "price 20-40"."""
    low = amount_at(view, at)
    if low is None or not (view.text(low.end) in HYPHENS or view.text(low.end) in view.grammar.range_words):
        return None
    return _ends(view, low, low.end + 1, bare=strong, strong=strong)


def _ends(view: View, low: Amount, at: int, *, bare: bool, strong: bool) -> _Found | None:
    high = amount_at(view, at)
    if high is None or low.cents > high.cents or not view.is_open(at, high.end):
        return None
    currencies = _both(low.currencies, high.currencies)
    if currencies is None:
        return None
    if currencies:
        return (_span(low, high), high.end, currencies) if view.ends_clean(high.end) else None
    smallest = 0 if strong else confidence.SMALLEST_RANGE
    if not bare or high.cents < smallest or not is_bare_amount(view, high.end, at - 1):
        return None
    return _span(low, high), high.end, ()


def _qualified(view: View, at: int) -> _Found | None:
    """Read "50 euro or less", "$50 max"."""
    amount = amount_at(view, at)
    if amount is None or not amount.currencies:
        return None
    if view.text(amount.end) == "+" and view.tokens[amount.end].joined:
        return _range("least", amount), amount.end + 1, amount.currencies
    match = view.afterwards_at(amount.end)
    if match is None or not view.ends_clean(match[1]):
        return None
    return _range(match[0], amount), match[1], amount.currencies


def _may_be_price(view: View, start: int) -> bool:
    before = view.text(start - 1)
    return before not in view.grammar.measured | view.grammar.adults | view.grammar.children


def _range(bound: str, amount: Amount) -> PriceRange:
    return PriceRange(most=amount.cents) if bound == "most" else PriceRange(least=amount.cents)


def _span(low: Amount, high: Amount) -> PriceRange:
    return PriceRange(least=low.cents, most=high.cents)


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what two amounts' currencies have in common; None when they contradict each other."""
    if not first or not second:
        return first or second
    return tuple(code for code in first if code in second) or None


def _currency(view: View, at: int) -> tuple[str, ...]:
    word = view.text(at)
    codes: Sequence[str] = view.grammar.currencies.get(word, ())
    if word in view.grammar.weights_too:
        return tuple(codes) if view.shop in codes else ()
    return tuple(codes)


def _is_group(view: View, at: int) -> bool:
    """Whether a token is three digits behind a space: the second half of "1 299"."""
    if at >= len(view.tokens) or at in view.closed or view.tokens[at].kind != "number":
        return False
    return re.fullmatch(r"[0-9]{3}(?:[.,][0-9]{1,2})?", view.tokens[at].text) is not None
