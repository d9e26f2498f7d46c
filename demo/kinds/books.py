"""Books."""

from __future__ import annotations

from demo.kinds.books_facts import FACTS
from demo.kinds.books_fiction import FICTION
from demo.look import Kind

BOOKS: tuple[Kind, ...] = (*FICTION, *FACTS)
