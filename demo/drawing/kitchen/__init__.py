"""Drawings of cookware, tableware and kitchen appliances."""
