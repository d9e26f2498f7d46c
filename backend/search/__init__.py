"""Search by text."""
