from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogue.feeds.money import MoneyError, parse_money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("12.99", "12.99", None),
        ("12", "12", None),
        ("12,99", "12.99", None),
        ("12.9", "12.9", None),
        (".99", "0.99", None),
        ("0.299", "0.299", None),
        ("5.", "5", None),
        ("$1,299.00", "1299.00", "USD"),
        ("1.299,00 €", "1299.00", "EUR"),
        ("12,99 EUR", "12.99", "EUR"),
        ("USD 12.99", "12.99", "USD"),
        ("usd12.99", "12.99", "USD"),
        ("15.00 USD", "15.00", "USD"),
        ("£5", "5", "GBP"),
        ("¥1,299", "1299", "JPY"),
        ("1,299", "1299", None),
        ("1,299,000", "1299000", None),
        ("1.299.000", "1299000", None),
        ("12,34,567.50", "1234567.50", None),
        ("1 299,00 zł", "1299.00", "PLN"),
        ("1\u00a0299,00\u202f€", "1299.00", "EUR"),
        ("CHF 1'299.50", "1299.50", "CHF"),
        ("1\N{RIGHT SINGLE QUOTATION MARK}299", "1299", None),
        ("12,- €", "12", "EUR"),
        ("R$ 10,50", "10.50", "BRL"),
        ("-3", "-3", None),
        ("-$3.50", "-3.50", "USD"),
        ("\N{MINUS SIGN}3", "-3", None),
    ],
)
def test_reads(text: str, amount: str, currency: str | None) -> None:
    assert parse_money(text) == (Decimal(amount), currency)


@pytest.mark.parametrize(("shop", "found"), [("AUD", "AUD"), ("EUR", "USD"), (None, "USD")])
def test_a_dollar_is_the_shops_own_where_it_has_dollars(shop: str | None, found: str) -> None:
    assert parse_money("$5", shop).currency == found


def test_crowns_need_a_decision() -> None:
    assert parse_money("99 kr", "SEK") == (Decimal(99), "SEK")
    with pytest.raises(MoneyError, match="give --currency"):
        parse_money("99 kr")


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "NaN", "inf", "-inf", "Infinity", "1e3", "free", "call us", "12.50 - 15.00", "12.99 EUR EUR"),
        *(
            "EUR 12.99 EUR",
            "From £12",
            "1,2,3",
            "1.2.3",
            "1,299.00.00",
            "1..2",
            ",",
            "$",
            "1 2",
            "(3)",
            "3-",
            "9" * 80,
        ),
        *("12.99 EURO", "\u0661\u0662", "1,29,9.00", "12\0"),
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_money(text)


def test_refuses_to_guess_what_a_dot_before_three_digits_means() -> None:
    with pytest.raises(MoneyError, match=r"1.299 could be thousands or decimals: write 1299.00 or two decimals"):
        parse_money("1.299")


@given(st.text(max_size=70) | st.text(alphabet="0123456789.,' -$€EURkr\u00a0", max_size=20))
def test_never_fails_in_another_way(text: str) -> None:
    try:
        money = parse_money(text, "USD")
    except MoneyError:
        return
    assert money.amount.is_finite()


@given(
    st.integers(min_value=0, max_value=10**12),
    st.sampled_from(["{:,.2f}", "{:,.2f} EUR", "$ {:,.2f}", "{:.2f}"]),
    st.booleans(),
)
def test_reads_back_what_a_shop_formats(cents: int, style: str, continental: bool) -> None:
    text = style.format(Decimal(cents) / 100)
    if continental:
        text = text.translate(str.maketrans(",.", ".,"))
    assert parse_money(text).amount == Decimal(cents) / 100
