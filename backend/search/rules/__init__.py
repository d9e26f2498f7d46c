"""Merchandising rules: what a shop puts in front, behind, or away, for which searches, and when."""
