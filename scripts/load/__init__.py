"""Load on a server: a generator of our own, shoppers for locust, and what both ask."""
