"""Drawings of sports gear."""
