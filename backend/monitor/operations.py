"""Which operation of the product a route is part of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPERATIONS: Final[Mapping[tuple[str, str], str]] = {
    ("POST", "/api/v1/search"): "search",
    ("POST", "/api/v1/search/image"): "search.image",
    ("GET", "/api/v1/products/{product_id}/similar"): "similar",
    ("GET", "/api/v1/suggest"): "suggest",
    ("POST", "/api/v1/recommend"): "recommend",
    ("POST", "/api/v1/recommend/cart"): "recommend.cart",
    ("GET", "/api/v1/products/{product_id}/bought-together"): "recommend.together",
    ("GET", "/api/v1/users/{user_id}/recently-viewed"): "recently_viewed",
    ("GET", "/api/v1/sessions/{session_id}/recently-viewed"): "recently_viewed",
    ("POST", "/api/v1/feedback"): "feedback",
    ("POST", "/api/v1/feedback/batch"): "feedback.batch",
    ("GET", "/api/v1/users/{user_id}/state"): "state",
    ("GET", "/api/v1/sessions/{session_id}/state"): "state",
    ("GET", "/api/v1/products"): "products.read",
    ("GET", "/api/v1/products/{product_id}"): "products.read",
    ("GET", "/api/v1/categories"): "products.read",
    ("PUT", "/api/v1/products/{product_id}"): "products.write",
    ("PATCH", "/api/v1/products/{product_id}"): "products.write",
    ("DELETE", "/api/v1/products/{product_id}"): "products.write",
    ("POST", "/api/v1/products/bulk"): "products.bulk",
    ("GET", "/api/v1/rules"): "rules",
    ("POST", "/api/v1/rules"): "rules",
    ("PUT", "/api/v1/rules/{rule_id}"): "rules",
    ("DELETE", "/api/v1/rules/{rule_id}"): "rules",
    ("GET", "/api/v1/experiments"): "experiments",
    ("GET", "/api/v1/experiments/{name}"): "experiments",
    ("GET", "/api/v1/users/{user_id}/export"): "user_data",
    ("GET", "/api/v1/users/{user_id}/export/recommendations"): "user_data",
    ("DELETE", "/api/v1/users/{user_id}"): "user_data",
    ("GET", "/media/{folder}/{name}"): "media",
}
OTHER = "other"
MONITORING = "monitoring"  # probes, metrics, and what explains the server
UNROUTED = "(none)"  # the template of a path that leads nowhere
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "OTHER"

# A shopper waits for these: they make up the verdict and the error budget. The others may rightly take longer.
INTERACTIVE = frozenset(
    {"search", "search.image", "similar", "suggest", "recommend", "recommend.cart", "recommend.together"}
    | {"recently_viewed", "feedback", "state", "products.read", "products.write"}
)
_ROUTE_OF = {operation: route for route, operation in reversed(list(OPERATIONS.items()))}


def operation_of(method: str, template: str) -> str:
    """Return the operation that a route is part of."""
    if (known := OPERATIONS.get((method, template))) is not None:
        return known
    if method == OTHER_METHOD and not template.startswith(("/", UNROUTED)):
        return template
    return OTHER if template == UNROUTED or template.startswith("/api/") else MONITORING


def route_of(operation: str) -> tuple[str, str]:
    """Return method and template of an operation that was answered before it came to a route."""
    return _ROUTE_OF.get(operation, (OTHER_METHOD, operation))
