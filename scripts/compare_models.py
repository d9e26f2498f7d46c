"""How well two models find the products of one catalogue, measured alike; a part of switch_model.

With judgments: the metrics of ml.evaluate. Without: known items. A title is asked and its product looked for, three
words of a title likewise, and, where both models see pictures, the title's own picture among pictures alone. Such
questions need no person, and they tell a broken or unfit model from a sound one; they don't replace judgments.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.repository import chunks
from backend.catalogue.tables import EmbeddingRow, ProductRow
from backend.database.engine import Database
from ml.encoder.base import Encoder
from ml.evaluate.judgments import Judgments
from ml.evaluate.retrieval import recall_at
from ml.evaluate.systems import measured
from ml.types import Embeddings, ProductId
from scripts.evaluated_systems import served

Scores = Mapping[str, float]

DEPTH = 1000
TOP = 10
WORDS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model with the catalogue as it sees it."""

    encoder: Encoder
    live: LiveCatalogue


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same metrics of both models, each from 0 to 1, higher is better."""

    what: str
    before: Scores
    after: Scores

    def losses(self, tolerance: float) -> list[str]:
        """Return the metrics that fall by more than the tolerance."""
        return [name for name, score in self.before.items() if self.after[name] < score - tolerance]

    def render(self, old: str, new: str) -> str:
        """Return a table for people."""
        lines = [self.what, f"{'metric':<44}{'before':>10}{'after':>10}{'change':>10}"]
        for name, score in self.before.items():
            change = self.after[name] - score
            lines.append(f"{name:<44}{score:>10.4f}{self.after[name]:>10.4f}{change:>+10.4f}")
        return "\n".join([*lines, f"before: {old}", f"after:  {new}"])


def compare_on_judgments(judgments: Judgments, old: Candidate, new: Candidate) -> Comparison:
    """Compare by people's judgments.

    Raises:
        UsageError: the catalogue lacks judged products.
    """

    def scores(candidate: Candidate) -> Scores:
        report = measured(served(candidate.live, candidate.encoder, DEPTH), judgments)
        return {
            name: aggregate.mean
            for name, aggregate in report.aggregates.items()
            if aggregate.mean is not None and not name.startswith("judged")  # that one is about the judgments
        }

    return Comparison(f"{len(judgments)} judged queries", scores(old), scores(new))


def compare_on_known_items(
    database: Database, old: Candidate, new: Candidate, *, sample: int, seed: int
) -> Comparison | None:
    """Compare by a seeded sample of the catalogue's own products; None when no product is searchable under both."""
    titles = _titles(database, old.live, new.live)
    if not titles:
        return None
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    asked = sorted(rng.sample(sorted(titles), min(sample, len(titles))))
    words = {id_: " ".join(rng.sample(titles[id_].split(), min(WORDS, len(titles[id_].split())))) for id_ in asked}
    pictures = _pictures(database, asked, old, new)

    def scores(candidate: Candidate) -> Scores:
        queries = candidate.encoder.encode_texts([titles[id_] for id_ in asked])
        places = _places(candidate.live, queries, asked, titles)
        short = candidate.encoder.encode_texts([words[id_] for id_ in asked])
        found: dict[str, float] = {
            "title to product, mean reciprocal rank": float((1 / places).mean()),
            f"{WORDS} words of the title to product, R@{TOP}": float(
                (_places(candidate.live, short, asked, titles) <= TOP).mean()
            ),
        }
        if pictures:
            vectors = pictures[candidate.encoder.fingerprint]
            seeing = [position for position, id_ in enumerate(asked) if id_ in vectors]
            matrix = np.stack([vectors[asked[position]] for position in seeing])
            found[f"title to picture among {len(seeing)}, R@{TOP}"] = recall_at(queries[seeing], matrix, TOP)
        return found

    return Comparison(f"{len(asked)} known items of {len(titles)} (seed {seed})", scores(old), scores(new))


def _titles(database: Database, *lives: LiveCatalogue) -> dict[str, str]:
    """Return the titles of products that every catalogue can find."""
    statement = select(ProductRow.id, ProductRow.title).where(ProductRow.active, ~ProductRow.deleted)
    with database.reading() as db:
        rows = [(row[0], row[1]) for row in db.execute(statement)]
    return {id_: title for id_, title in rows if all(live.index.row_of(ProductId(id_)) is not None for live in lives)}


def _places(
    live: LiveCatalogue, queries: Embeddings, asked: Sequence[str], titles: Mapping[str, str]
) -> NDArray[np.float64]:
    """Return the place of the first product with the title of the one asked for; infinity past `DEPTH`.

    By title, since nothing tells products of one title apart.
    """
    places = np.full(len(asked), np.inf)
    for position, (id_, query) in enumerate(zip(asked, queries, strict=True)):
        title = titles[id_].casefold()
        for place, hit in enumerate(live.nearest(query, DEPTH, None), 1):
            if titles.get(hit.product_id, "").casefold() == title:
                places[position] = place
                break
    return places


def _pictures(
    database: Database, ids: Sequence[str], *candidates: Candidate
) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Return picture vectors by encoder and product, of products whose current picture every model has seen."""
    if not all(candidate.encoder.has_image_tower for candidate in candidates):
        return {}
    found: dict[str, dict[str, NDArray[np.float32]]] = {}
    for candidate in candidates:
        vectors = found[candidate.encoder.fingerprint] = {}
        for chunk in chunks(ids):
            statement = (
                select(EmbeddingRow.product_id, EmbeddingRow.vector)
                .join(ProductRow, ProductRow.id == EmbeddingRow.product_id)
                .where(
                    EmbeddingRow.fingerprint == candidate.encoder.fingerprint,
                    EmbeddingRow.part == "image",
                    EmbeddingRow.content_hash == ProductRow.image_file,
                    EmbeddingRow.product_id.in_(chunk),
                )
            )
            with database.reading() as db:
                vectors.update((id_, np.frombuffer(raw, "<f4")) for id_, raw in db.execute(statement))
    common = set.intersection(*(set(vectors) for vectors in found.values()))
    return {name: {id_: vectors[id_] for id_ in common} for name, vectors in found.items()} if common else {}
