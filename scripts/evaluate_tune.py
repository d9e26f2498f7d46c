"""`scripts.evaluate tune`: choose the ranker's parameters by judgments, and store them with their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer

from ml.encoder.load import load_encoder
from ml.evaluate.baseline import judgments_digest
from ml.evaluate.judgments import Judgments, read_judgments
from ml.evaluate.systems import measured
from ml.evaluate.tuning import Params, PerQuery, Tuned, tune
from scripts.console import UsageError, clear_errors, load_settings, progress
from scripts.evaluated_catalogue import open_catalogue, workspace
from scripts.evaluated_tunable import HYBRID, Ranker, Tunable, tunable

FORMAT = 1
FULL, CONDENSED = "ndcg@10", "condensed_ndcg@10"


def tune_ranker(
    catalogue: Annotated[Path, typer.Option(help="A feed, as for import_catalogue.")],
    judgments: Annotated[Path, typer.Option(help="CSV with the columns query, product_id, rating.")],
    ranker: Annotated[Ranker, typer.Option(help="The first stage, or the second one on top of it.")] = HYBRID,
    out: Annotated[Path | None, typer.Option(help="Configuration file to write (JSON).")] = None,
    name: Annotated[str | None, typer.Option(help="Of the data, for the file; else the judgments' folder.")] = None,
    folds: Annotated[int, typer.Option(min=2, help="Parts of the queries, each held out once.")] = 5,
    seed: Annotated[int, typer.Option(help="Of the folds, the settings drawn and the bootstrap.")] = 0,
    trials: Annotated[
        int, typer.Option(min=1, help="Settings to draw when there are more; the best is refined.")
    ] = 400,
    full_weight: Annotated[float, typer.Option(min=0, help="Of full-catalogue nDCG@10 in the objective.")] = 0.5,
    condensed_weight: Annotated[float, typer.Option(min=0, help="Of condensed nDCG@10.")] = 0.5,
    json: Annotated[bool, typer.Option(help="Print the file instead of a table.")] = False,
) -> None:
    """Print the parameters chosen, and what they are worth on queries they weren't chosen on."""
    with clear_errors():
        weights = {FULL: full_weight, CONDENSED: condensed_weight}
        if not any(weights.values()):
            raise UsageError("--full-weight and --condensed-weight can't both be 0")
        judged = with_anything_good(read_judgments(judgments))
        if len(judged) < folds:
            raise UsageError(f"{len(judged)} queries with a rating above 0 can't be split into {folds} folds")
        settings = workspace(load_settings(), catalogue)
        opened = open_catalogue(settings, catalogue, load_encoder(settings.encoder_spec))
        opened.refuse_unknown(judged)
        chosen = tunable(opened, ranker)
        with progress("settings") as bar:
            task = bar.add_task(f"tune {chosen.name}", total=None)

            def score_of(params: Params) -> PerQuery:
                bar.advance(task)
                return score(chosen, judged, params)

            tuned = tune(score_of, chosen.space, weights=weights, folds=folds, seed=seed, trials=trials)
        stored = configuration(
            tuned, chosen.name, judged, weights, data=name or judgments.resolve().parent.name, seed=seed
        )
        content = orjson.dumps(stored, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        if out is not None:
            out.write_bytes(content)
    print(content.decode() if json else render(tuned, list(judged)))


def with_anything_good(judgments: Judgments) -> Judgments:
    """Return the queries for which nDCG means something: those with a rating above 0."""
    return {query: ratings for query, ratings in judgments.items() if any(rating > 0 for rating in ratings.values())}


def score(ranker: Tunable, judgments: Judgments, params: Params) -> PerQuery:
    """Measure one setting: both nDCG of every query, each of which has a rating above 0."""
    report = measured(ranker.system_of(params), judgments)
    return {metric: np.array(report.values(metric), np.float64) for metric in (FULL, CONDENSED)}


def configuration(
    tuned: Tuned, ranker: str, judgments: Judgments, weights: Mapping[str, float], *, data: str, seed: int
) -> dict[str, Any]:
    """Return what is stored: the parameters, and where they come from."""
    queries = list(judgments)
    return {
        "format": FORMAT,
        "ranker": ranker,
        "parameters": dict(tuned.params),
        "tuned_on": {"data": data, "judgments": judgments_digest(judgments), "queries": len(queries)},
        "objective": dict(weights),
        "cross_validated": {metric: asdict(estimate) for metric, estimate in tuned.cross_validated.items()},
        "on_all_queries": dict(tuned.metrics),
        "folds": [
            {
                "parameters": dict(fold.params),
                "held_out": dict(fold.held_out),
                "queries": [queries[position] for position in fold.queries],
            }
            for fold in tuned.folds
        ],
        "settings_measured": tuned.evaluated,
        "seed": seed,
    }


def render(tuned: Tuned, queries: list[str]) -> str:
    """Return tables for people."""
    metrics = list(tuned.cross_validated)
    lines = [f"{'held out':<12}{'queries':>8}" + "".join(f"{metric:>20}" for metric in metrics) + "  parameters"]
    for number, fold in enumerate(tuned.folds, 1):
        values = "".join(f"{fold.held_out[metric]:>20.4f}" for metric in metrics)
        lines.append(f"{f'fold {number}':<12}{len(fold.queries):>8}{values}  {_text(fold.params)}")
    lines += ["", f"{'cross-validated':<20}{'mean':>8}{'95% interval':>18}{'chosen on all':>15}"]
    on_all = {**tuned.metrics, "objective": tuned.objective}
    for metric, estimate in tuned.cross_validated.items():
        interval = f"{estimate.low:.4f} - {estimate.high:.4f}"
        lines.append(f"{metric:<20}{estimate.mean:>8.4f}{interval:>18}{on_all[metric]:>15.4f}")
    lines += ["", f"chosen on all {len(queries)} queries, of {tuned.evaluated} settings: {_text(tuned.params)}"]
    return "\n".join(lines)


def _text(params: Params) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in params.items())
