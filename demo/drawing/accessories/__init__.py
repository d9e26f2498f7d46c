"""Shoes, bags, hats, jewellery and other things that one wears with clothes."""
