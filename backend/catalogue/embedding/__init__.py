"""Embeds what the catalogue still lacks: after an import, a new encoder or another text template."""

from backend.catalogue.embedding.alone import Alone, measure_alone
from backend.catalogue.embedding.embedder import Embedder, count_pending, parts_of

__all__ = ["Alone", "Embedder", "count_pending", "measure_alone", "parts_of"]
