"""The types that cross module borders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType, TypeAlias

import numpy as np
from numpy.typing import NDArray

ProductId = NewType("ProductId", str)
"""A shop's own product id: 1 to 128 characters, no white space, no slash."""

Fingerprint = NewType("Fingerprint", str)
"""Names an embedding space; vectors of two fingerprints are never compared."""

Embedding: TypeAlias = NDArray[np.float32]
"""float32, shape (d,), L2 norm 1."""

Embeddings: TypeAlias = NDArray[np.float32]
"""float32, shape (n, d), every row with L2 norm 1."""

RowMask: TypeAlias = NDArray[np.bool_]
"""bool, shape (n,): which index rows a search may return."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One product found by an index or a ranker; a higher score is better."""

    product_id: ProductId
    score: float
