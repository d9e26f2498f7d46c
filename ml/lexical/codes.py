"""SKUs and model numbers as terms of their own."""

from __future__ import annotations

from ml.lexical.analyzer import Analyzer
from ml.lexical.documents import Document
from ml.lexical.fold import code_of, is_code
from ml.lexical.view import MODEL_CODE, SKU_CODE

MAX_CODE = 64  # characters; longer ones can't be looked up


def codes_of(document: Document, analyzer: Analyzer) -> set[str]:
    """Return the terms under which a product's SKUs and model numbers are looked up."""
    skus = {code_of(text) for text in (document.sku, *document.sku.split())}
    words = (*analyzer.surfaces(document.title), *analyzer.surfaces(document.attributes))
    models = {code_of(word) for word in words if is_code(word)}
    return {SKU_CODE + sku for sku in skus if 0 < len(sku) <= MAX_CODE} | {MODEL_CODE + model for model in models}
