"""CSV and its relatives, friendly and hostile."""

from decimal import Decimal
from pathlib import Path

import pytest

from backend.catalogue.feeds import Accepted, FeedError, FeedFormat, Rejected
from backend.catalogue.fields import ODD_ID
from tests.backend.feeds.helpers import ids, products, read, reasons


def test_known_names_map_by_themselves(tmp_path: Path) -> None:
    text = (
        "Product ID,NAME,Price_Cents,list price cents,Color,Qty,Image,URL,product_type,fabric,note\n"
        "7,Shirt,1999,2500,red,3,7.jpg,https://shop.example/7,Clothes > Shirts,linen,\n"
    )
    [product] = products(read(tmp_path, text))
    assert product.id == "7"
    assert (product.price, product.list_price) == (Decimal("19.99"), Decimal("25.00"))
    assert (product.colour, product.stock_quantity, product.image_url) == ("red", 3, "7.jpg")
    assert (product.product_url, product.category) == ("https://shop.example/7", "Clothes > Shirts")
    assert product.attributes == {"fabric": "linen"}


def test_a_column_that_lost_becomes_an_attribute(tmp_path: Path) -> None:
    [product] = products(read(tmp_path, "id,name,title\n1,short,long\n"))
    assert (product.title, product.attributes) == ("long", {"name": "short"})


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_delimiters_are_found_out(tmp_path: Path, delimiter: str) -> None:
    text = f'id{delimiter}title\n1{delimiter}"a{delimiter}b"\n'
    [product] = products(read(tmp_path, text))
    assert product.title == " ".join(f"a{delimiter}b".split())


def test_tsv_by_name(tmp_path: Path) -> None:
    [product] = products(read(tmp_path, "id\ttitle\n1\ta,b;c\n", format=FeedFormat.TSV))
    assert product.title == "a,b;c"


def test_mapping_joins_columns(tmp_path: Path) -> None:
    text = "id,label,master,sub,kind,a+b,a,b\n1,Tee,Apparel,,Tops,both,x,y\n"
    mapping = {"title": "label", "category": "master+sub+kind", "description": "a + b", "brand": "a+b"}
    [product] = products(read(tmp_path, text, mapping=mapping))
    assert (product.title, product.category) == ("Tee", "Apparel > Tops")
    assert (product.description, product.brand) == ("x y", "both")
    assert product.attributes == {}


def test_an_explicit_mapping_wins(tmp_path: Path) -> None:
    [product] = products(read(tmp_path, "id,title,Label\n1,a,b\n", mapping={"Title": "label"}))
    assert (product.title, product.attributes) == ("b", {"title": "a"})


@pytest.mark.parametrize(
    ("text", "mapping", "message"),
    [
        (
            "id,title\n1,a\n",
            {"brand": "maker"},
            "names a column 'maker' that the file lacks; it has the columns id, title",
        ),
        ("id,title\n1,a\n", {"brand": "id+maker"}, "names a column 'maker'"),
        ("id,title\n1,a\n", {"bramd": "id"}, "there is no such field; there are active, "),
        (
            "code,label\n1,a\n",
            {},
            "no column for id and title: name it with --map id=COLUMN; it has the columns code",
        ),
        ("id,title,title\n1,a,b\n", {}, "names a column twice: title"),
        ('id,"title\n1,a\n', {}, "the header in line 1 can't be read: a quote that is never closed"),
        ("\n \n", {}, "nothing but blanks"),
        ("", {}, "is empty"),
        ('[{"id": 1}]', {}, "one JSON array"),
    ],
)
def test_whole_file_problems(tmp_path: Path, text: str, mapping: dict[str, str], message: str) -> None:
    with pytest.raises(FeedError, match=message):
        read(tmp_path, text, mapping=mapping)


def test_an_unbalanced_header_without_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="header in line 1 can't be read"):
        read(tmp_path, 'id,"title\n' + "1,a\n" * 50_000)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,b,-3", "price: Input should be greater than or equal to 0 (got '-3')"),
        ("2,b,NaN", "price: not an amount of money (got 'NaN')"),
        ("2,b,inf", "price: not an amount of money (got 'inf')"),
        ("2,b,cheap", "price: not an amount of money (got 'cheap')"),
        ("2,b,1.299", "price: 1.299 could be thousands or decimals: write 1299.00 or two decimals (got '1.299')"),
        ("2,b,9.9999", "price: Decimal input should have no more than 2 decimal places (got '9.9999')"),
        (",b,1", "id: missing"),
        ("2,,1", "title: missing"),
        (
            "2 3,b,1",
            f"id: {ODD_ID} (got '2 3')",
        ),
        ("2,b", "2 fields, the header has 3"),
        ("2,b,1,x", "4 fields, the header has 3"),
        ("2,b\0c,1", "a NUL byte in line 3"),
        ('2,"b" c,1', "text after a closing quote: a quote inside a quoted field is written twice"),
        ("1,again,1", "duplicate id '1', first on line 2"),
        ("id,title,price", "the header line again"),
        ("2,b,£5 EUR", "price: text on both sides of the amount (got '£5 EUR')"),
    ],
)
def test_a_bad_row_costs_itself(tmp_path: Path, row: str, reason: str) -> None:
    items = read(tmp_path, f"id,title,price\n1,a,1\n{row}\n9,z,$9.90\n")
    assert ids(items) == ["1", "9"]
    assert reasons(items) == [(3, reason)]


def test_several_reasons_stand_in_one_line(tmp_path: Path) -> None:
    [item] = read(tmp_path, "id,title,price,rating\n1,a,-3,9\n")
    assert isinstance(item, Rejected)
    assert item.reason == (
        "price: Input should be greater than or equal to 0 (got '-3'); "
        "rating: Input should be less than or equal to 5 (got '9')"
    )
    assert item.raw == "1,a,-3,9"


def test_a_long_title_is_shown_cut(tmp_path: Path) -> None:
    [item] = read(tmp_path, f"id,title\n1,{'x' * 10_000}\n")
    assert isinstance(item, Rejected)
    assert item.reason == f"title: String should have at most 1000 characters (got '{'x' * 60}…')"
    assert len(item.raw) <= 301


def test_raw_is_printable(tmp_path: Path) -> None:
    [item] = read(tmp_path, "id,title,price\n1,\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}red,-1\n")
    assert isinstance(item, Rejected)
    assert item.raw.isprintable()


def test_lines_are_physical(tmp_path: Path) -> None:
    items = read(tmp_path, 'id,title\r\n1,"two\r\nlines"\r\n\r\n2,b\r\n')
    assert [(item.line, item.product.title) for item in items if isinstance(item, Accepted)] == [
        (2, "two lines"),
        (5, "b"),
    ]


def test_blank_rows_and_trailing_blanks_are_passed_over(tmp_path: Path) -> None:
    items = read(tmp_path, "id,title,,\n1,a,,,,\n , ,,\n,,,\n2,b,,\n")
    assert ids(items) == ["1", "2"]
    assert reasons(items) == []


def test_old_spreadsheet_line_ends(tmp_path: Path) -> None:
    assert ids(read(tmp_path, "id,title\r1,a\r2,b\r")) == ["1", "2"]


def test_html_is_reduced_to_text(tmp_path: Path) -> None:
    text = 'id,title,description\n1,a,"<p>Soft &amp; <b>warm</b></p><script>alert(1)</script>"\n'
    [product] = products(read(tmp_path, text))
    assert product.description == "Soft & warm"


@pytest.mark.parametrize(
    ("word", "quantity", "stock", "attributes"),
    [
        ("in stock", "", None, {}),
        ("In_Stock", "4", 4, {}),
        ("https://schema.org/OutOfStock", "4", 0, {}),
        ("sold out", "", 0, {}),
        ("0", "", 0, {}),
        ("preorder", "0", None, {"availability": "preorder"}),
        ("back-order", "", None, {"availability": "backorder"}),
    ],
)
def test_availability_becomes_stock(
    tmp_path: Path, word: str, quantity: str, stock: int | None, attributes: dict[str, str]
) -> None:
    [product] = products(read(tmp_path, f"id,title,availability,stock\n1,a,{word},{quantity}\n"))
    assert (product.stock_quantity, product.attributes) == (stock, attributes)


def test_an_unknown_availability_is_rejected(tmp_path: Path) -> None:
    items = read(tmp_path, "id,title,availability\n1,a,maybe\n")
    assert reasons(items) == [
        (2, "availability: not one of in stock, out of stock, preorder, backorder (got 'maybe')")
    ]


def test_currency_and_merchant_defaults(tmp_path: Path) -> None:
    text = "id,title,price,currency,seller\n1,a,5,,\n2,b,5,usd,Shop B\n3,c,5 GBP,,\n4,d,5 GBP,USD,\n"
    items = read(tmp_path, text, currency="EUR", merchant="Shop A")
    found = [(item.product.currency, item.product.merchant) for item in items if isinstance(item, Accepted)]
    assert found == [("EUR", "Shop A"), ("USD", "Shop B"), ("GBP", "Shop A")]
    assert reasons(items) == [(5, "currency: currency says USD, price says GBP")]


def test_a_sale_price_is_the_price(tmp_path: Path) -> None:
    [product] = products(read(tmp_path, "id,title,price,sale_price\n1,a,20,15\n"))
    assert (product.price, product.list_price) == (Decimal(15), Decimal(20))


@pytest.mark.parametrize("cents", ["12.5", "x", "NaN", "1e40"])
def test_cents_are_whole(tmp_path: Path, cents: str) -> None:
    items = read(tmp_path, f"id,title,price_cents\n1,a,{cents}\n")
    assert reasons(items) == [(2, f"price_cents: not a whole number of cents (got '{cents}')")]
