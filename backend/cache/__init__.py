"""Answers that are kept: in each process, and in Redis for all of them."""
