"""`scripts.evaluate log`: what a shop's own log says about its recommendations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.interaction.log import EventLog
from backend.recommend.logged import Slots, drawn_slots, logged_choices
from backend.recommend.material import read_acts, read_texts, read_vectors
from backend.recommend.rules import RecommendRules
from backend.recommend.training import HALF_LIFE_S
from ml.errors import EstimateRefused
from ml.evaluate.counterfactual import LEAST_EFFECTIVE, snips
from ml.evaluate.ranks import METRICS
from ml.evaluate.replayed import Replayed, replay
from ml.lexical.analyzer import Analyzer
from ml.profile.rules import ProfileRules
from ml.recommend.alike import compare
from ml.recommend.interactions import Interactions
from ml.recommend.model import CollaborativeModel, TrainingSettings, train
from ml.recommend.recommender import Recommender
from ml.recommend.served import served
from ml.recommend.signals import History, Signals
from ml.recommend.transitions import TransitionSettings
from ml.recommend.weights import BlendWeights, load_weights
from ml.types import Embeddings, ProductId
from scripts.console import UsageError, clear_errors, load_settings
from scripts.pipeline import open_database
from scripts.state_space import active_space

DAY_S = 86_400.0

Score = Callable[[Sequence[ProductId]], NDArray[np.float32]]


def log(
    days: Annotated[float, typer.Option(min=0.01, help="Newest days of the log that are asked about.")] = 7,
    least: Annotated[
        float,
        typer.Option(min=0.01, max=1, help="Weight of the weakest act that counts as a choice: 0.3, a click."),
    ] = 0.3,
    effective: Annotated[
        float, typer.Option(min=1, help="Effective samples below which an estimate is refused.")
    ] = LEAST_EFFECTIVE,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Replay the newest days of the log by context, and estimate what the drawn place of lists would earn undrawn.

    Replayed: every choice of these days is asked for with what its actor had done before, over the whole catalogue.
    The model learns from what was before these days alone. Choices of products that the actor had acted on within
    half an hour are left out: whatever lists them again would win. "ours" ranks by the plain sum of the signals, "as
    served" weighs them as a list for the feed does, before what makes it varied and leaves things out. The shoppers
    saw what the shop showed them, so figures compare recommenders with each other on this log.

    Estimated: at the place of a list whose product is drawn, self-normalised inverse propensity scoring tells how
    often shoppers would act on the product if the best one always stood there. It needs feedback that cites the
    `recommendation_id`, and is refused where the effective sample is too small.
    """
    with clear_errors():
        settings = load_settings()
        with open_database(settings) as database:
            space, _ = active_space(database, settings)
            with database.reading() as db:
                report = _report(db, settings, space.vectors, days, least, effective, seed)
    print(orjson.dumps(report).decode() if json else _table(report))


def _report(
    db: Session, settings: Settings, space: VectorSpace, days: float, least: float, effective: float, seed: int
) -> dict[str, Any]:
    rules = ProfileRules.read(settings.interaction_rules_path)
    choices = logged_choices(db, rules)
    if not choices:
        raise UsageError("the log of interactions is empty")
    since_s = choices[-1].time_s - days * DAY_S
    ids, vectors = read_vectors(db, space)
    if not ids:
        raise UsageError("no product can be found: there is nothing to recommend")
    row_of = {id_: row for row, id_ in enumerate(ids)}
    before = (act for act in read_acts(db, rules, EventLog(db).last_seq()) if act.time_s < since_s)
    acts = Interactions.collect(before, row_of)
    alike = compare(vectors, read_texts(db, ids), Analyzer(settings.search_language))
    model = train(ids, alike, acts, TrainingSettings(transitions=TransitionSettings(half_life_s=HALF_LIFE_S)))
    weights = load_weights(settings.recommender_weights_path)
    share = RecommendRules.read(settings.recommend_rules_path).collaborative["feed"]
    replayed: dict[str, Mapping[str, Replayed]] = {}
    refused = None
    try:
        for name, score in _systems(model, vectors, weights, share).items():
            replayed[name] = replay(
                choices, _in_any_context(score), row_of, since_s=since_s, least_strength=least, seed=seed
            )
    except EstimateRefused as error:
        refused = str(error)
    slots = drawn_slots(db, rules, int(since_s * 1e6), least)
    return {
        "days": days,
        "acts_learned_from": len(acts),
        "replayed": {name: {context: asdict(one) for context, one in by.items()} for name, by in replayed.items()},
        "replay_refused": refused,
        "drawn_places": {context: _undrawn(one, effective) for context, one in slots.items()},
    }


def _systems(model: CollaborativeModel, vectors: Embeddings, weights: BlendWeights, share: float) -> dict[str, Score]:
    """Return the recommenders that are compared: each scores all products for a history, newest first.

    Args:
        model: what was learned.
        vectors: float32, shape (n, d), of its rows.
        weights: of the signals.
        share: of the collaborative part of a list that is served.
    """
    recommender, signals = Recommender(model, weights), Signals(model, weights.settings)

    def last_item(history: Sequence[ProductId]) -> NDArray[np.float32]:
        known = History.of(history, model).newest(1)
        return vectors @ vectors[known.rows[0]] if len(known.rows) else np.zeros(model.count, np.float32)

    def ours(history: Sequence[ProductId]) -> NDArray[np.float32]:
        known = History.of(history, model)
        return recommender.score_all(known, signals.taste(known, vectors) if len(known.rows) else None)

    def as_served(history: Sequence[ProductId]) -> NDArray[np.float32]:
        known = History.of(history, model)
        if not len(known.rows):
            return model.popularity
        values = signals.of_all(known, signals.taste(known, vectors))
        return served(values, model.popularity, weights.vector, share).astype(np.float32)

    return {
        "popularity": lambda _: model.popularity,
        "last item": last_item,
        "ours": ours,
        "as served": as_served,
    }


def _in_any_context(score: Score) -> Callable[[Sequence[ProductId], str], NDArray[np.float32]]:
    return lambda history, _: score(history)


def _undrawn(slots: Slots, effective: float) -> dict[str, Any]:
    """Estimate what a place earns if the best product always stands there."""
    found: dict[str, Any] = {"lists": len(slots.rewards), "logged": float(slots.rewards.mean())}
    try:
        estimate = snips(slots.rewards, slots.propensities, slots.best.astype(float), least_effective=effective)
        return {**found, "without_exploration": asdict(estimate), "refused": None}
    except EstimateRefused as error:
        return {**found, "without_exploration": None, "refused": str(error)}


def _table(report: Mapping[str, Any]) -> str:
    lines = [f"the newest {report['days']:g} days; learned from {report['acts_learned_from']} acts before them", ""]
    if report["replay_refused"]:
        lines.append(f"nothing to replay: {report['replay_refused']}")
    for name, by_context in report["replayed"].items():
        lines.append(
            f"{name:<14}{'choices':>9}{'actors':>8}{'repeats':>9}" + "".join(f"{metric:>26}" for metric in METRICS)
        )
        for context, one in by_context.items():
            cells = [f"{f['mean']:.4f} ({f['low']:.4f} to {f['high']:.4f})" for f in one["figures"].values()]
            counts = f"  {context:<12}{one['choices']:>9}{one['actors']:>8}{one['repeated']:>9}"
            lines.append(counts + "".join(f"{cell:>26}" for cell in cells))
    lines += ["", "places whose product is drawn: share of lists whose shopper acted on it"]
    for context, place in report["drawn_places"].items():
        estimate = place["without_exploration"]
        said = (
            place["refused"]
            if estimate is None
            else f"the best always there {estimate['value']:.4f} ({estimate['low']:.4f} to {estimate['high']:.4f}), "
            f"{estimate['effective']:.0f} effective samples"
        )
        lines.append(f"  {context:<12}{place['lists']:>9} lists  as drawn {place['logged']:.4f}  {said}")
    if not report["drawn_places"]:
        lines.append("  none was served in these days")
    return "\n".join(lines)
