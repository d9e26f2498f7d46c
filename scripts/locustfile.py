"""Shoppers for locust: each searches, pages on and looks at products.

    locust -f scripts/locustfile.py --headless -u 20 -r 20 -t 30s --host http://127.0.0.1:8000

Or `make load`, with the server running. Queries are drawn from the titles of the catalogue that is served.
"""

from __future__ import annotations

import random

from locust import FastHttpUser, between, task

_titles: list[str] = []


class Shopper(FastHttpUser):
    """One visitor."""

    wait_time = between(0.1, 0.5)

    def on_start(self) -> None:
        """Fetch some titles, once for all shoppers."""
        if not _titles:
            page = self.client.get("/api/v1/products?limit=100", name="set-up").json()
            _titles.extend(product["title"] for product in page["products"])

    @task(10)
    def search(self) -> None:
        """Search for some words of a title, and sometimes turn the page."""
        words = random.choice(_titles).split()  # noqa: S311  load, not secrets
        request = {"query": " ".join(random.sample(words, min(len(words), 3))), "limit": 20}
        page = self.client.post("/api/v1/search", json=request, name="search").json()
        if page["next_cursor"] and random.random() < 0.2:  # noqa: S311
            self.client.post("/api/v1/search", json={**request, "cursor": page["next_cursor"]}, name="next page")
        if page["items"]:
            self.client.get(f"/api/v1/products/{page['items'][0]['product']['id']}", name="product")

    @task(2)
    def browse(self) -> None:
        """Look at what is in stock and cheap."""
        filters = {"in_stock": True, "max_price": 50}
        self.client.post("/api/v1/search", json={"filters": filters}, name="browse")
