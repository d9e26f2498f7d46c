"""How good a ranking is, measured against human judgments; `search.evaluate` is the entry."""
