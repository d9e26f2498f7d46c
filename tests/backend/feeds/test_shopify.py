"""Shopify exports, with the column names of both generations."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from backend.catalogue.feeds import Accepted, FeedError, FeedFormat, Rejected
from backend.catalogue.schemas import ProductIn
from tests.backend.feeds.helpers import ids, products, read, reasons

OLD = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,"
    "Option1 Linked To,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,"
    "Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,"
    "Image Src,Image Position,Image Alt Text,Gift Card,Google Shopping / Gender,Variant Image,Cost per item,"
    "Price / International,Fabric (product.metafields.custom.fabric),Status"
)
NEW = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
    "Option1 name,Option1 value,Option2 name,Option2 value,Price,Compare-at price,Cost per item,Inventory tracker,"
    "Inventory quantity,Continue selling when out of stock,Weight value (grams),Product image URL,Image position,"
    "Variant image URL,Gift card"
)
IMG = "https://img.example"


def sheet(header: str, *rows: dict[str, str]) -> str:
    columns = header.split(",")
    lines = [",".join(f'"{row.get(column, "")}"' for column in columns) for row in rows]
    assert all(row.keys() <= set(columns) for row in rows)
    return "\n".join([header, *lines]) + "\n"


def old_shirt() -> list[dict[str, str]]:
    first = {
        "Handle": "shirt",
        "Title": "Linen shirt",
        "Body (HTML)": "<p>Cool &amp; light</p>",
        "Vendor": "Aurelle",
        "Product Category": "Apparel & Accessories > Clothing > Shirts",
        "Type": "Shirts",
        "Tags": "summer, linen",
        "Published": "true",
        "Option1 Name": "Color",
        "Option1 Value": "Red",
        "Option2 Name": "Size",
        "Option2 Value": "M",
        "Variant SKU": "SH/R M",
        "Variant Grams": "200",
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": "5",
        "Variant Inventory Policy": "deny",
        "Variant Price": "29.90",
        "Variant Compare At Price": "39.90",
        "Variant Barcode": "123",
        "Image Src": f"{IMG}/2.jpg",
        "Image Position": "2",
        "Gift Card": "false",
        "Google Shopping / Gender": "unisex",
        "Cost per item": "9",
        "Price / International": "35",
        "Fabric (product.metafields.custom.fabric)": "linen",
        "Status": "active",
    }
    second = {
        "Handle": "shirt",
        "Option1 Value": "Blue",
        "Option2 Value": "L",
        "Variant SKU": "SH-B-L",
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": "-2",
        "Variant Price": "29.90",
        "Variant Compare At Price": "0.00",
        "Variant Image": f"{IMG}/blue.jpg",
        "Image Src": f"{IMG}/1.jpg",
        "Image Position": "1",
    }
    return [first, second, {"Handle": "shirt", "Image Src": f"{IMG}/3.jpg", "Image Position": "3"}]


def test_variants_become_products(tmp_path: Path) -> None:
    items = read(tmp_path, sheet(OLD, *old_shirt()))
    red, blue = products(items)
    assert [item.line for item in items] == [2, 3]
    assert (red.id, red.sku, blue.id) == ("shirt-SH-R-M", "SH/R M", "shirt-SH-B-L")
    assert (red.colour, red.size, blue.colour, blue.size) == ("Red", "M", "Blue", "L")
    assert (red.price, red.list_price, blue.list_price) == (Decimal("29.90"), Decimal("39.90"), None)
    assert (red.stock_quantity, blue.stock_quantity) == (5, 0)
    for product in (red, blue):
        assert (product.title, product.brand) == ("Linen shirt", "Aurelle")
        assert product.description == "Cool & light"
        assert product.category == "Apparel & Accessories > Clothing > Shirts"
        assert product.active
    assert (red.image_url, blue.image_url) == (f"{IMG}/1.jpg", f"{IMG}/blue.jpg")
    assert red.attributes == {
        "item_group": "shirt",
        "product_type": "Shirts",
        "tags": ["summer", "linen"],
        "barcode": "123",
        "additional_images": [f"{IMG}/2.jpg", f"{IMG}/3.jpg"],
        "weight_g": "200",
        "gender": "unisex",
        "Fabric": "linen",
    }


def new_mug(**changes: str) -> dict[str, str]:
    mug = {
        "Title": "Mug",
        "URL handle": "mug",
        "Description": "Holds tea",
        "Type": "Kitchen",
        "Product category": "Uncategorized",
        "Published on online store": "TRUE",
        "Status": "Active",
        "SKU": "MUG",
        "Option1 name": "Title",
        "Option1 value": "Default Title",
        "Price": "9.99",
        "Inventory tracker": "shopify",
        "Inventory quantity": "0",
        "Continue selling when out of stock": "DENY",
        "Product image URL": f"{IMG}/mug.jpg",
    }
    return mug | changes


def one(tmp_path: Path, **changes: str) -> ProductIn:
    [product] = products(read(tmp_path, sheet(NEW, new_mug(**changes))))
    return product


def test_a_single_variant_keeps_the_handle(tmp_path: Path) -> None:
    mug = one(tmp_path)
    assert (mug.id, mug.sku, mug.category, mug.colour) == ("mug", "MUG", "Kitchen", None)
    assert (mug.price, mug.stock_quantity, mug.image_url) == (Decimal("9.99"), 0, f"{IMG}/mug.jpg")
    assert mug.attributes == {"item_group": "mug"}


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"Status": "draft"}, "active", False),
        ({"Status": "Archived"}, "active", False),
        ({"Published on online store": "FALSE"}, "active", False),
        ({"Continue selling when out of stock": "CONTINUE"}, "stock_quantity", None),
        ({"Continue selling when out of stock": "TRUE", "Inventory quantity": "-4"}, "stock_quantity", None),
        ({"Continue selling when out of stock": "TRUE", "Inventory quantity": "4"}, "stock_quantity", 4),
        ({"Inventory tracker": ""}, "stock_quantity", None),
        ({"Compare-at price": "9.99"}, "list_price", None),
        ({"Gift card": "TRUE"}, "attributes", {"item_group": "mug", "gift_card": True}),
        (
            {"Option1 name": "Flavour", "Option1 value": "Mint"},
            "attributes",
            {"item_group": "mug", "Flavour": "Mint"},
        ),
    ],
)
def test_details(tmp_path: Path, changes: dict[str, str], field: str, value: Any) -> None:
    assert getattr(one(tmp_path, **changes), field) == value


def test_currency_comes_from_the_options(tmp_path: Path) -> None:
    [product] = products(read(tmp_path, sheet(NEW, new_mug()), currency="EUR"))
    assert product.currency == "EUR"


def test_skus_that_repeat_give_way_to_option_values(tmp_path: Path) -> None:
    rows = [
        new_mug(**{"Option1 name": "Size", "Option1 value": value, "Title": title})
        for value, title in (("Small cup", "Mug"), ("Large", ""))
    ]
    assert ids(read(tmp_path, sheet(NEW, *rows))) == ["mug-Small-cup", "mug-Large"]


def test_long_ids_are_cut_and_stay_apart(tmp_path: Path) -> None:
    rows = [
        new_mug(SKU="S" * 60 + end, Title=title, **{"URL handle": "h" * 100})
        for end, title in (("1", "Mug"), ("2", ""))
    ]
    found = ids(read(tmp_path, sheet(NEW, *rows)))
    assert len(set(found)) == 2
    assert all(len(product_id) == 128 for product_id in found)


def test_a_bad_row_doesnt_break_its_product(tmp_path: Path) -> None:
    first, second, image = old_shirt()
    lines = sheet(OLD, first, second, image).splitlines()
    lines.insert(2, "shirt,too,short")
    lines.insert(3, "," * OLD.count(",") + "active")
    items = read(tmp_path, "\n".join(lines))
    assert ids(items) == ["shirt-SH-R-M", "shirt-SH-B-L"]
    assert reasons(items) == [(3, "3 fields, the header has 31"), (4, "Handle: missing")]


def test_rows_without_a_first_row_are_rejected(tmp_path: Path) -> None:
    items = read(tmp_path, sheet(NEW, new_mug(Title=""), new_mug(**{"URL handle": "cup"})))
    assert ids(items) == ["cup"]
    assert [line for line, _ in reasons(items)] == [2]
    assert isinstance(items[0], Rejected)
    assert items[0].reason.startswith("Title: missing in the first row of this handle")


def test_a_handle_that_comes_again_is_a_duplicate(tmp_path: Path) -> None:
    items = read(tmp_path, sheet(NEW, new_mug(), new_mug(**{"URL handle": "cup"}), new_mug()))
    assert ids(items) == ["mug", "cup"]
    assert reasons(items) == [(4, "duplicate id 'mug', first on line 2")]


def test_a_mapping_overrides(tmp_path: Path) -> None:
    [item] = read(tmp_path, sheet(NEW, new_mug()), mapping={"description": "Title+SKU"})
    assert isinstance(item, Accepted)
    assert item.product.description == "Mug MUG"


def test_a_file_that_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="a Shopify export has the columns Handle"):
        read(tmp_path, "id,title\n1,a\n", format=FeedFormat.SHOPIFY)
