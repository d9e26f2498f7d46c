"""BM25F over dictionaries, as the textbook has it: what the index must agree with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from ml.lexical.analyzer import Analyzer
from ml.lexical.documents import FIELDS, Document
from ml.lexical.query import Query, Weights

ANALYZER = Analyzer("english")
WEIGHTS = Weights()


def scores(documents: Mapping[int, Document], query: Query) -> dict[int, float]:
    """Return the score of each matching row, in plain arithmetic."""
    counts = {row: [Counter(ANALYZER.terms(text)) for text in document.texts] for row, document in documents.items()}
    rows = list(counts)
    average = [sum(counts[row][f].total() for row in rows) / max(len(rows), 1) for f in range(len(FIELDS))]

    def having(term: str) -> list[int]:
        return [row for row in rows if any(term in field for field in counts[row])]

    def idf(term: str) -> float:
        found = len(having(term))
        return math.log(1 + (len(rows) - found + 0.5) / (found + 0.5))

    def saturated(row: int, term: str) -> float:
        tf = 0.0
        for f, name in enumerate(FIELDS):
            if n := counts[row][f][term]:
                b = WEIGHTS.b[name]
                tf += WEIGHTS.fields[name] * n / (1 - b + b * counts[row][f].total() / average[f])
        return tf * (WEIGHTS.k1 + 1) / (WEIGHTS.k1 + tf)

    total: dict[int, float] = {}
    for term in query.terms:
        best: dict[int, float] = {}
        own = term.alternatives[0][0]
        for text, weight in term.alternatives:
            members = text.split()
            value = max(idf(member) for member in members)
            value = min(value, idf(own)) if having(own) else value
            for row in set.intersection(*(set(having(member)) for member in members)):
                part = weight * value * min(saturated(row, member) for member in members)
                best[row] = max(best.get(row, 0.0), part)
        for row, part in best.items():
            total[row] = total.get(row, 0.0) + part
    return total
