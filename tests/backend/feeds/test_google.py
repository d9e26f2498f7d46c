"""Google Merchant feeds as RSS, Atom and text."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from backend.catalogue.feeds import Accepted, FeedError, FeedFormat
from backend.catalogue.schemas import ProductIn
from tests.backend.feeds.helpers import ids, products, read, reasons, until_failure

ITEM = """
<title>Plain title</title>
<link>https://shop.example/p/1</link>
<description><![CDATA[<p>Soft &amp; warm</p>]]></description>
<g:id>TV_1</g:id>
<g:title>LG 22" &amp; more</g:title>
<g:image_link>https://img.example/1.jpg</g:image_link>
<g:additional_image_link>https://img.example/2.jpg</g:additional_image_link>
<g:additional_image_link>https://img.example/3.jpg</g:additional_image_link>
<g:availability>in_stock</g:availability>
<g:price>159.00 USD</g:price>
<g:brand>LG</g:brand>
<g:gtin>8808992787426</g:gtin>
<g:mpn>22LB4510/US</g:mpn>
<g:condition>new</g:condition>
<g:google_product_category>404</g:google_product_category>
<g:product_type>TVs &gt; LED</g:product_type>
<g:product_type>Sale</g:product_type>
<g:item_group_id>TV</g:item_group_id>
<g:color>black</g:color>
<g:material>plastic</g:material>
<g:shipping><g:country>US</g:country><g:price>14.95 USD</g:price></g:shipping>
<g:cost_of_goods_sold>90 USD</g:cost_of_goods_sold>
<g:product_detail><g:section_name>Screen</g:section_name><g:attribute_name>Diagonal</g:attribute_name>
<g:attribute_value>22 in</g:attribute_value></g:product_detail>
"""


def rss(*items: str, prolog: str = '<?xml version="1.0"?>') -> str:
    body = "".join(f"<item>{item}</item>\n" for item in items)
    return (
        f'{prolog}\n<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>'
        f"<title>Shop</title><link>https://shop.example</link><description>All</description>\n{body}</channel></rss>"
    )


def simple(number: int, more: str = "") -> str:
    return f"<g:id>{number}</g:id><title>Product {number}</title>{more}"


def check(product: ProductIn) -> None:
    assert (product.id, product.title) == ("TV_1", 'LG 22" & more')
    assert (product.price, product.list_price, product.currency) == (Decimal("159.00"), None, "USD")
    assert (product.category, product.brand, product.colour) == ("TVs > LED", "LG", "black")
    assert product.stock_quantity is None
    assert product.product_url == "https://shop.example/p/1"
    assert product.image_url == "https://img.example/1.jpg"
    assert product.attributes["additional_images"] == ["https://img.example/2.jpg", "https://img.example/3.jpg"]
    assert product.attributes["item_group"] == "TV"


def test_rss(tmp_path: Path) -> None:
    [item] = read(tmp_path, rss(ITEM))
    assert isinstance(item, Accepted)
    check(item.product)
    assert item.line == 3
    assert item.product.description == "Soft & warm"
    assert item.product.attributes == {
        "additional_images": ["https://img.example/2.jpg", "https://img.example/3.jpg"],
        "item_group": "TV",
        "gtin": "8808992787426",
        "mpn": "22LB4510/US",
        "condition": "new",
        "google_product_category": "404",
        "material": "plastic",
        "Diagonal": "22 in",
    }


def test_atom(tmp_path: Path) -> None:
    item = ITEM.replace("<link>https://shop.example/p/1</link>", '<link href="https://shop.example/p/1"/>')
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
        f"<title>Shop</title><id>tag:shop</id><entry><id>urn:1</id>{item}</entry></feed>"
    )
    [product] = products(read(tmp_path, feed))
    check(product)


def test_tab_separated(tmp_path: Path) -> None:
    text = (
        "id\ttitle\tlink\timage link\tadditional_image_link\tavailability\tprice\tbrand\t"
        "color\tproduct type\titem group id\n"
        'TV_1\t"LG 22"" & more"\thttps://shop.example/p/1\thttps://img.example/1.jpg\t'
        "https://img.example/2.jpg,https://img.example/3.jpg\tin stock\t159.00 USD\tLG\tblack\tTVs > LED\tTV\n"
    )
    [product] = products(read(tmp_path, text))
    check(product)


@pytest.mark.parametrize(
    ("days", "price", "list_price"), [((-1, 1), "9.50", "12.00"), ((1, 2), "12.00", None), ((-3, -2), "12.00", None)]
)
def test_a_sale_price_counts_while_the_sale_runs(
    tmp_path: Path, days: tuple[int, int], price: str, list_price: str | None
) -> None:
    now = datetime.now(UTC)
    start, end = ((now + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M%z") for day in days)
    more = (
        f"<g:price>12.00 EUR</g:price><g:sale_price>9.50 EUR</g:sale_price>"
        f"<g:sale_price_effective_date>{start}/{end}</g:sale_price_effective_date>"
    )
    [product] = products(read(tmp_path, rss(simple(1, more))))
    assert product.price == Decimal(price)
    assert product.list_price == (Decimal(list_price) if list_price else None)


def test_unreadable_sale_dates_are_rejected(tmp_path: Path) -> None:
    more = "<g:sale_price_effective_date>soon</g:sale_price_effective_date>"
    items = read(tmp_path, rss(simple(1, more), simple(2)))
    assert ids(items) == ["2"]
    assert reasons(items) == [(3, "sale_price_effective_date: not two ISO 8601 dates joined by a slash (got 'soon')")]


def test_a_worded_taxonomy_stands_in_for_the_category(tmp_path: Path) -> None:
    more = "<g:google_product_category>Apparel &gt; Shoes</g:google_product_category>"
    [product] = products(read(tmp_path, rss(simple(1, more))))
    assert product.category == "Apparel > Shoes"


def test_bad_items_cost_themselves(tmp_path: Path) -> None:
    huge = "<g:material>" + "x" * (2 << 20) + "</g:material>"
    many = "<g:extra/>" * 300_000
    items = read(
        tmp_path, rss(simple(1), simple(2, "<g:price>free</g:price>"), simple(3, huge), simple(4, many), simple(5))
    )
    assert ids(items) == ["1", "5"]
    assert reasons(items) == [
        (4, "price: not an amount of money (got 'free')"),
        (5, "an item over 1 MB"),
        (6, "an item over 1 MB"),
    ]


def test_unescaped_markup_in_a_description(tmp_path: Path) -> None:
    [product] = products(read(tmp_path, rss(simple(1, "<description>Soft <b>and</b> <i>warm</i></description>"))))
    assert product.description == "Soft and warm"


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        (rss(simple(1), prolog=BOMB), "document type or entities"),
        (rss(simple(1), prolog='<!DOCTYPE rss SYSTEM "file:///etc/passwd">'), "document type or entities"),
        (rss(simple(1, "&nbsp;")), "bad XML: undefined entity"),
        ("<html><body>Not found</body></html>", "the XML root is <html>, not an RSS or Atom feed"),
        ('<?xml version="1.0" encoding="klingon"?>' + rss(simple(1), prolog=""), "encoding"),
        (rss("<a>" * 60 + "</a>" * 60), "nested more than 50 deep"),
    ],
)
def test_xml_that_isnt_read(tmp_path: Path, feed: str, message: str) -> None:
    with pytest.raises(FeedError, match=message):
        read(tmp_path, feed)


def test_items_before_the_damage_are_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(rss(simple(1), simple(2), "<g:id>3</g:title>"))
    items, message = until_failure(path)
    assert ids(items) == ["1", "2"]
    assert message.startswith("bad XML: mismatched tag: line 5")
    assert message.endswith("(after line 4)")


def test_an_endless_tag_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="an XML tag over 8 MB"):
        read(tmp_path, rss(simple(1)).partition("</channel>")[0] + '<a b="' + "x" * (12 << 20))


def test_a_named_format_is_checked(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="this is XML, not csv: leave the format out"):
        read(tmp_path, rss(simple(1)), format=FeedFormat.CSV)
    assert ids(read(tmp_path, rss(simple(1)), format=FeedFormat.GOOGLE)) == ["1"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "cp1252"])
def test_the_declared_encoding_is_used(tmp_path: Path, encoding: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    feed = rss(simple(1, "<g:brand>Café</g:brand>"), prolog=prolog).encode(encoding)
    [product] = products(read(tmp_path, feed))
    assert product.brand == "Café"
