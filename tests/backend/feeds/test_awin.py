"""Awin downloads."""

from decimal import Decimal
from pathlib import Path

import pytest

from backend.catalogue.feeds import FeedFormat
from backend.catalogue.schemas import ProductIn
from tests.backend.feeds.helpers import products, read

ROW = {
    "aw_deep_link": "https://network.example/click?p=1",
    "product_name": "Runner",
    "aw_product_id": "101",
    "merchant_product_id": "SKU-40",
    "merchant_image_url": "https://img.example/a.jpg",
    "aw_image_url": "https://proxy.example/a.jpg",
    "description": "A shoe",
    "merchant_category": "Shoes > Running",
    "category_name": "Sports",
    "search_price": "199.90",
    "store_price": "",
    "rrp_price": "399.90",
    "currency": "GBP",
    "brand_name": "Aurelle",
    "merchant_name": "Shop",
    "merchant_id": "17697",
    "merchant_deep_link": "https://shop.example/1",
    "in_stock": "1",
    "stock_quantity": "7",
    "average_rating": "4.5",
    "reviews": "12",
    "colour": "black",
    "Fashion:size": "40",
    "Fashion:suitable_for": "Female",
    "parent_product_id": "G1",
    "is_for_sale": "1",
    "last_updated": "",
}


def one(tmp_path: Path, delimiter: str = ",", **changes: str) -> ProductIn:
    row = ROW | changes
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in (row.keys(), row.values()))
    [product] = products(read(tmp_path, text))
    return product


@pytest.mark.parametrize("delimiter", [",", "|", ";", "\t"])
def test_columns(tmp_path: Path, delimiter: str) -> None:
    product = one(tmp_path, delimiter)
    assert (product.id, product.sku, product.title) == ("101", "SKU-40", "Runner")
    assert (product.price, product.list_price, product.currency) == (Decimal("199.90"), Decimal("399.90"), "GBP")
    assert (product.category, product.brand, product.merchant) == ("Shoes > Running", "Aurelle", "Shop")
    assert product.image_url == "https://img.example/a.jpg"
    assert product.product_url == "https://network.example/click?p=1"
    assert (product.stock_quantity, product.rating, product.review_count) == (7, 4.5, 12)
    assert (product.colour, product.size, product.active) == ("black", "40", True)
    assert product.attributes == {"suitable_for": "Female", "item_group": "G1"}


def test_second_choices(tmp_path: Path) -> None:
    product = one(
        tmp_path,
        search_price="",
        store_price="10",
        rrp_price="10",
        merchant_image_url="",
        aw_product_id="",
        in_stock="no",
    )
    assert (product.id, product.price, product.list_price) == ("SKU-40", Decimal(10), None)
    assert product.image_url == "https://proxy.example/a.jpg"
    assert product.stock_quantity == 0


def test_reviews_in_words_and_products_off_sale(tmp_path: Path) -> None:
    product = one(tmp_path, reviews="Lovely", is_for_sale="0")
    assert (product.review_count, product.active) == (None, False)
    assert product.attributes["reviews"] == "Lovely"


def test_the_format_can_be_named(tmp_path: Path) -> None:
    text = "product_id,product_name,price\n1,a,5\n"
    [product] = products(read(tmp_path, text, format=FeedFormat.AWIN))
    assert (product.id, product.price) == ("1", Decimal(5))
