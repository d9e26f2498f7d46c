"""Ranking: words and meaning on one scale, and which products are results at all."""
