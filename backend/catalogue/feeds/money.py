"""Amounts of money as feeds write them: ``1,299.00``, ``1.299,00 €``, ``USD 12.99``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

MAX_LENGTH = 64

_DOLLARS = frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD", "FJD", "JMD"})
_CROWNS = frozenset({"SEK", "NOK", "DKK", "ISK"})
_YEN = frozenset({"JPY", "CNY"})
_POUNDS = frozenset({"GBP", "EGP", "GIP", "FKP"})

# A symbol with several currencies: the shop's own decides, else the first; None asks for a decision.
_SHARED: dict[str, tuple[frozenset[str], str | None]] = {
    "$": (_DOLLARS, "USD"),
    "¥": (_YEN, "JPY"),
    "£": (_POUNDS, "GBP"),
    "kr": (_CROWNS, None),
    "kr.": (_CROWNS, None),
}
_SYMBOLS = {
    "€": "EUR",
    "₹": "INR",
    "rs": "INR",
    "rs.": "INR",
    "₽": "RUB",
    "₺": "TRY",
    "₩": "KRW",
    "₴": "UAH",
    "₪": "ILS",
    "₫": "VND",
    "₱": "PHP",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "us$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "mx$": "MXN",
    "r$": "BRL",
}

_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_AMOUNT = re.compile(r"(?P<before>[^0-9.,]*)(?P<number>[.,]?[0-9][0-9.,' ]*)(?P<after>[^0-9.,]*)")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")  # also lakh and crore
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})


class MoneyError(ValueError):
    """The text is not one amount of money; the message says why."""


class Money(NamedTuple):
    """An amount, and its currency when the text says one."""

    amount: Decimal
    currency: str | None


def parse_money(text: str, currency: str | None = None) -> Money:
    """Read an amount in any of the common notations.

    Rules for what could mean two things: with both separators the last one is the decimal sign; a comma before
    exactly three digits groups thousands (``1,299`` is 1299); a single dot before exactly three digits is refused,
    unless the number starts with 0; ``$``, ``£`` and ``¥`` mean `currency` where that fits, else USD, GBP and JPY.

    Args:
        text: up to 64 characters.
        currency: the currency the shop sells in, to settle symbols that several currencies share.

    Raises:
        MoneyError: it is not an amount, or what it means can't be told.
    """
    if _PLAIN.fullmatch(text):
        return Money(Decimal(text), None)
    if len(text) > MAX_LENGTH:
        raise MoneyError("not an amount of money")
    match = _AMOUNT.fullmatch(_SPACES.sub(" ", text).strip().translate(_MINUS))
    if match is None:
        raise MoneyError("not an amount of money")
    before, number, after = (part.strip() for part in match.group("before", "number", "after"))
    negative = before.startswith("-") or before.endswith("-")
    before = before.strip("- ")
    if after.startswith("-"):  # "12,-" is how shops write whole euros
        if not number.endswith((".", ",")):
            raise MoneyError("not an amount of money")
        after = after.lstrip("- ")
    if before and after:
        raise MoneyError("text on both sides of the amount")
    amount = _number(number.rstrip(".,") if number.endswith((".", ",")) else number)
    return Money(-amount if negative else amount, _currency(before or after, currency))


def _number(text: str) -> Decimal:
    grouped_by_space = text.replace("'", ",").replace(" ", ",")
    if grouped_by_space != text:
        # "1 299,00", "1'299.00": the decimal sign is whatever dot or comma comes after the last group
        whole, sign, decimals = _split_decimals(text)
        return _join(whole.replace("'", ",").replace(" ", ","), decimals if sign else "")
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        whole, _, decimals = _split_decimals(text)
        return _join(whole.replace(".", ","), decimals)
    if dots + commas > 1:
        return _join(text.replace(".", ","), "")
    whole, sign, decimals = _split_decimals(text)
    if len(decimals) == 3 and whole not in {"", "0"} and len(whole) <= 3:
        if sign == ".":
            raise MoneyError(f"{text} could be thousands or decimals: write {whole}{decimals}.00 or two decimals")
        return Decimal(whole + decimals)
    return _join(whole, decimals)


def _split_decimals(text: str) -> tuple[str, str, str]:
    position = max(text.rfind("."), text.rfind(","))
    return (text, "", "") if position < 0 else (text[:position], text[position], text[position + 1 :])


def _join(whole: str, decimals: str) -> Decimal:
    if not (whole == "" or whole.isdigit() or _GROUPS.fullmatch(whole)) or not (decimals == "" or decimals.isdigit()):
        raise MoneyError("digits grouped in a way that isn't thousands")
    digits = whole.replace(",", "") or "0"
    return Decimal(f"{digits}.{decimals}" if decimals else digits)


def _currency(word: str, shop: str | None) -> str | None:
    if not word:
        return None
    lower = word.lower()
    if lower in _SHARED:
        members, usual = _SHARED[lower]
        found = shop if shop in members else usual
        if found is None:
            raise MoneyError(f"{word!r} is the sign of several currencies: give --currency")
        return found
    if lower in _SYMBOLS:
        return _SYMBOLS[lower]
    if len(word) == 3 and word.isascii() and word.isalpha():
        return word.upper()
    raise MoneyError(f"{word[:20]!r} is not a currency")
