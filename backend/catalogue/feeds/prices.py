"""The several ways a feed gives prices, settled into price, list price and one currency."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from backend.catalogue.feeds.money import MoneyError, parse_money
from backend.catalogue.feeds.types import RecordError, printable


def settle_prices(fields: dict[str, Any], default_currency: str | None) -> None:
    """Replace the price fields of a draft by `price`, `list_price` and `currency`.

    A sale price is the price, and the other one becomes the list price. Cents count where there is no decimal price.

    Raises:
        RecordError: an amount can't be read, or two of them name different currencies.
    """
    stated = fields.get("currency")
    currencies: dict[str, str] = {}
    if isinstance(stated, str):
        currencies["currency"] = stated.strip().upper()
    hint = currencies.get("currency", default_currency)
    for name in ("price", "list_price", "sale_price"):
        cents = fields.pop(f"{name}_cents", None)
        value = fields.get(name)
        if value is None and cents is not None:
            fields[name] = _from_cents(f"{name}_cents", cents)
        elif isinstance(value, str):
            try:
                amount, currency = parse_money(value, hint)
            except MoneyError as error:
                raise RecordError(f"{name}: {error} (got '{printable(value, 60)}')") from error
            fields[name] = str(amount)
            if currency is not None:
                currencies[name] = currency
        elif isinstance(value, bool):
            raise RecordError(f"{name}: not an amount of money (got {value})")
    if len(set(currencies.values())) > 1:
        said = ", ".join(f"{name} says {currency}" for name, currency in currencies.items())
        raise RecordError(f"currency: {said}")
    currency = next(iter(currencies.values()), default_currency)
    if currency is not None:
        fields["currency"] = currency
    sale = fields.pop("sale_price", None)
    if sale is not None:
        if "price" in fields:
            fields.setdefault("list_price", fields["price"])
        fields["price"] = sale


def _from_cents(name: str, value: Any) -> str:
    try:
        if isinstance(value, bool):
            raise ValueError
        amount = Decimal(value.strip() if isinstance(value, str) else str(value))
        if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > 10**15:
            raise ValueError
    except (ValueError, InvalidOperation) as error:
        raise RecordError(f"{name}: not a whole number of cents (got '{printable(str(value), 60)}')") from error
    return str((amount / 100).quantize(Decimal("0.01")))


def is_discount(price: Any, list_price: Any) -> bool:
    """Return whether a list price is above the price; what can't be read is left to be rejected later."""
    try:
        return parse_money(str(list_price)).amount > parse_money(str(price)).amount
    except MoneyError:
        return True
