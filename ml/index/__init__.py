"""Nearest-embedding search; `base.VectorIndex` is the interface."""
