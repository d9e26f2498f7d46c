"""Clothes, seen from the front."""
