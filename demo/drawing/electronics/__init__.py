"""Drawings of electronics."""
