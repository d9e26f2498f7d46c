"""Learns what goes with what from interactions, and blends it with content; no HTTP, SQL or Redis."""
