"""Suggestions while a shopper types: words and phrases of the live products that start with what's there."""

from __future__ import annotations
