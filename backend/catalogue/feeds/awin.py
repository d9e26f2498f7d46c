"""Product feeds of the Awin affiliate network, as publishers download them."""

from __future__ import annotations

from typing import Any

from backend.catalogue.feeds.columns import Dialect, names, normal
from backend.catalogue.feeds.prices import is_discount

_IGNORED = (
    "merchant_id category_id brand_id data_feed_id commission_group last_updated language display_price "
    "aw_thumb_url merchant_thumb_url delivery_cost delivery_time delivery_weight delivery_restrictions "
    "terms_of_contract saving savings_percent base_price base_price_amount base_price_text basket_link valid_from "
    "valid_to web_offer is_hotpick size_stock_status size_stock_amount product_short_description"
)


def _refine(fields: dict[str, Any], attributes: dict[str, Any]) -> None:
    if "list_price" in fields and not is_discount(fields.get("price"), fields["list_price"]):
        del fields["list_price"]
    reviews = fields.get("review_count")
    if isinstance(reviews, str) and not reviews.strip().isdigit():  # some shops put the reviews themselves there
        attributes["reviews"] = fields.pop("review_count")
    if isinstance(fields.get("active"), str):
        fields["active"] = normal(fields["active"]) not in {"0", "no", "false", "n"}


AWIN = Dialect(
    # The network's own link and id come first: the link is what a publisher is paid by, the id is unique over shops.
    names=names(
        id="aw_product_id merchant_product_id product_id",
        sku="merchant_product_id",
        title="product_name",
        description="description product_short_description",
        price="search_price store_price price display_price",
        list_price="rrp_price product_price_old",
        currency="currency",
        category="merchant_product_category_path merchant_category category_name",
        brand="brand_name",
        merchant="merchant_name",
        image_url="merchant_image_url large_image image_url aw_image_url",
        more_images="alternate_image",
        product_url="aw_deep_link deep_link merchant_deep_link",
        stock_quantity="stock_quantity",
        availability="in_stock stock_status",
        rating="average_rating rating",
        review_count="reviews",
        colour="colour Fashion:colour",
        size="Fashion:size size",
        active="is_for_sale",
    ),
    ignored=frozenset(map(normal, _IGNORED.split())),
    attribute_names={
        normal(f"Fashion:{name}"): name for name in ("suitable_for", "category", "material", "pattern", "swatch")
    }
    | {normal("parent_product_id"): "item_group", normal("product_GTIN"): "gtin"},
    refine=_refine,
)
