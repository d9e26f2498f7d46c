"""Draws products as vector graphics: shapes, patterns, materials, light and shadow."""
