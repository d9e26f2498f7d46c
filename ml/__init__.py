"""Encoding, indexing and evaluation: plain Python, no HTTP, SQL or Redis."""
