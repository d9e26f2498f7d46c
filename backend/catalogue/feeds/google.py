"""Google Merchant product data, from XML or from tab separated text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from backend.catalogue.feeds.columns import Dialect, names, normal
from backend.catalogue.feeds.types import RecordError, printable

_IGNORED = (
    "shipping tax mobile_link ads_redirect cost_of_goods_sold auto_pricing_min_price checkout_link_template "
    "shipping_label transit_time_label min_handling_time max_handling_time excluded_destination included_destination "
    "ads_grouping ads_labels published updated pubdate guid author"
)

_LINK_COMMA = re.compile(r"\s*,\s*(?=https?://)")  # a link may hold commas of its own


def _refine(fields: dict[str, Any], attributes: dict[str, Any]) -> None:
    dates = fields.pop("sale_dates", None)
    if dates is not None and not _runs_now(dates, datetime.now(UTC)):
        fields.pop("sale_price", None)
    category = fields.get("category")
    if isinstance(category, list):
        fields["category"] = category[0]  # several product types: the first is the main one
    elif category is None:
        taxonomy = attributes.get("google_product_category")
        if isinstance(taxonomy, str) and not taxonomy.strip().isdigit():  # it may be a bare number of the taxonomy
            fields["category"] = taxonomy
    more = fields.get("more_images")
    if isinstance(more, str):
        fields["more_images"] = _LINK_COMMA.split(more)
    details = attributes.pop("product_detail", None)
    for detail in details if isinstance(details, list) else [details]:
        if isinstance(detail, dict) and {"attribute_name", "attribute_value"} <= detail.keys():
            attributes.setdefault(detail["attribute_name"], detail["attribute_value"])


def _runs_now(dates: str, now: datetime) -> bool:
    """Return whether ``start/end`` contains a moment; a time without a zone is UTC."""
    try:
        start, end = (_moment(part) for part in dates.split("/"))
    except (ValueError, AttributeError) as error:
        raise RecordError(
            f"sale_price_effective_date: not two ISO 8601 dates joined by a slash (got '{printable(dates, 60)}')"
        ) from error
    return start <= now <= end


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


GOOGLE = Dialect(
    names=names(
        id="id",
        title="title",
        description="description summary content",
        product_url="link",
        image_url="image_link",
        more_images="additional_image_link",
        availability="availability",
        price="price",
        sale_price="sale_price",
        sale_dates="sale_price_effective_date",
        brand="brand",
        category="product_type",
        colour="color colour",
        size="size",
        stock_quantity="quantity sell_on_google_quantity",
        rating="product_review_average",
        review_count="product_review_count",
    ),
    ignored=frozenset(map(normal, _IGNORED.split())),
    attribute_names={"itemgroupid": "item_group"},
    refine=_refine,
)
