"""`scripts.evaluate recommend`: what would a shopper choose next? Recommenders side by side on held-out choices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
import typer
from numpy.typing import NDArray

from backend.recommend.rules import RecommendRules
from ml.encoder.load import load_encoder
from ml.evaluate.interaction_files import (
    BadInteractions,
    read_events,
    read_lists,
    read_sequences,
    read_training,
)
from ml.evaluate.next_item import OURS, Choices, Items, Served, gains_by_share, measure
from ml.evaluate.next_item_report import report
from ml.evaluate.splits import Split, split_events, split_sequences
from ml.lexical.analyzer import Analyzer
from ml.recommend.alike import compare
from ml.recommend.learn import LEAST_CHOICES, Learned
from ml.recommend.signals import SIGNALS
from ml.recommend.weights import BlendWeights, LearnedOn, load_weights
from ml.recommend.words import WordVectors
from ml.types import ProductId
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.evaluated_catalogue import EvaluatedCatalogue, open_catalogue, workspace

SHIPPED = "shipped weights"
Lists = Mapping[str, Mapping[str, Sequence[ProductId]]]


def recommend(
    items: Annotated[Path, typer.Option(help="The catalogue: a feed, as for import_catalogue.")],
    events: Annotated[
        Path | None, typer.Option(help="CSV: split, user_id, history_item_ids (oldest first), target_item_id.")
    ] = None,
    sequences: Annotated[
        Path | None, typer.Option(help="CSV: user_id, item_ids (oldest first); the last is asked for.")
    ] = None,
    train: Annotated[
        list[Path] | None, typer.Option(help="More to learn from, in either form; test rows in it are left out.")
    ] = None,
    lists: Annotated[
        Path | None, typer.Option(help="JSON lines: user_id, and lists of other systems; only these users are asked.")
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Use these weights instead of learning them.")] = None,
    save_weights: Annotated[Path | None, typer.Option(help="Keep the weights that were learned.")] = None,
    seed: Annotated[int, typer.Option(help="Of folds, samples and the bootstrap.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Print HR@10, nDCG@10 and MRR of the next product over the whole catalogue, and what each signal adds."""
    with clear_errors():
        published = {} if lists is None else read_lists(lists)
        split = _split(events, sequences, train or [], published, seed)
        shipped = load_weights()
        chosen = None if weights is None else load_weights(weights)
        catalogue = _open(items)
        products = evaluated_items(catalogue, split, published)
        start = chosen or shipped
        choices = Choices.of(products, split, start, seed)
        learned: dict[str, Learned] = {}
        if chosen is None and len(choices.choices) >= LEAST_CHOICES:
            learned = _ablations(choices)
        elif chosen is None:
            console.print(f"fewer than {LEAST_CHOICES} choices to learn weights from: these are the shipped ones")
        blends = {name: result.weights.astype(np.float32) for name, result in learned.items()}
        blends = {OURS: start.vector, **blends}
        if OURS in learned or chosen is not None:
            blends[SHIPPED] = shipped.vector
        ways = {OURS: start.model_copy(update={"signals": _named(blends[OURS])})}
        if SHIPPED in blends:
            ways[SHIPPED] = shipped
        shares = {name: gains_by_share(products, split, way) for name, way in ways.items()}
        measured = measure(products, split, start.settings, blends, published, served_lists=_as_served(ways, shares))
        if save_weights is not None and learned:
            _blend_weights(learned[OURS], shipped, items).save(save_weights)
        protocol = (*split.protocol, _unknown(split, products))
        result = report(measured, protocol, {name: _named(vector) for name, vector in blends.items()}, shares, seed)
    print(orjson.dumps(result.to_dict()).decode() if json else result.render())


def evaluated_items(catalogue: EvaluatedCatalogue, split: Split, lists: Lists) -> Items:
    """Bring together what is known of the catalogue's products.

    Raises:
        UsageError: the catalogue lacks products that were chosen or listed.
    """
    known = {product.id for product in catalogue.products}
    cases = [*split.test, *chain.from_iterable(part.cases for part in split.tuning)]
    _refuse_unknown(known, (id_ for case in cases for id_ in (*case.history, case.target)), "choices")
    _refuse_unknown(known, (id_ for by_user in lists.values() for ids in by_user.values() for id_ in ids), "lists")
    texts = [" ".join(filter(None, (product.title, product.brand))) for product in catalogue.products]
    analyzer = Analyzer(catalogue.settings.search_language)
    return Items(
        [product.id for product in catalogue.products],
        catalogue.vectors,
        WordVectors.of(texts, analyzer),
        compare(catalogue.vectors, texts, analyzer),
    )


def _open(items: Path) -> EvaluatedCatalogue:
    settings = workspace(load_settings(), items)
    return open_catalogue(settings, items, load_encoder(settings.encoder_spec))


def _split(events: Path | None, sequences: Path | None, train: Iterable[Path], lists: Lists, seed: int) -> Split:
    if (events is None) == (sequences is None):
        raise UsageError("give either --events or --sequences")
    training = [read_training(path) for path in train]
    asked = set.intersection(*map(set, lists.values())) if lists else None
    if sequences is not None:
        return split_sequences(read_sequences(sequences), training, seed, asked)
    if events is None or asked is not None:
        raise UsageError("--lists has one list a user, so it goes with --sequences")
    return split_events(read_events(events), training, seed)


def _refuse_unknown(known: Collection[ProductId], wanted: Iterable[ProductId], where: str) -> None:
    missing = {product_id for product_id in wanted if product_id not in known}
    if missing:
        raise BadInteractions(f"the catalogue lacks {len(missing)} products of the {where}, such as {min(missing)}")


def _unknown(split: Split, items: Items) -> str:
    """Say how much of what may be learned is of products that there aren't."""
    known = set(items.ids)
    learned = [product_id for pieces in split.known.values() for piece in pieces for product_id in piece]
    return f"products that the catalogue lacks: {sum(id_ not in known for id_ in learned)} of these choices"


def _ablations(choices: Choices) -> dict[str, Learned]:
    """Learn ours, each signal left out in turn, and content alone."""
    found = {OURS: choices.learn()}
    for name in SIGNALS:
        found[f"without {name}"] = choices.learn([name])
    found["content alone"] = choices.learn(["together", "popular"])
    found["interactions alone"] = choices.learn(["taste", "closest", "words"])
    return found


def _as_served(ways: Mapping[str, BlendWeights], shares: Mapping[str, Mapping[float, float]]) -> dict[str, Served]:
    """Return the ways of making a list that are measured: the default share, and the best on the tuning choices."""
    default = RecommendRules().collaborative["feed"]
    found: dict[str, Served] = {}
    for name, way in ways.items():
        wanted = {default, *(max(gains, key=lambda share: gains[share]) for gains in [shares[name]] if gains)}
        found |= {f"{name}, served {share:g}": Served(way.vector, share) for share in sorted(wanted)}
    return found


def _named(vector: NDArray[np.float32]) -> dict[str, float]:
    return {name: float(weight) for name, weight in zip(SIGNALS, vector, strict=True)}


def _blend_weights(learned: Learned, shipped: BlendWeights, items: Path) -> BlendWeights:
    return BlendWeights(
        signals={name: round(weight, 4) for name, weight in _named(learned.weights.astype(np.float32)).items()},
        settings=shipped.settings,
        learned_on=LearnedOn(data=items.resolve().parent.name, choices=learned.choices, loss=round(learned.loss, 4)),
    )
