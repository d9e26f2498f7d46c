"""`scripts.evaluate search`: systems side by side on human judgments, and the gate that a release has to pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.text import Text

from ml.encoder.load import load_encoder
from ml.evaluate.baseline import (
    TOLERANCE,
    Regression,
    baseline_of,
    judgments_digest,
    load_baseline,
    regressions,
    save_baseline,
)
from ml.evaluate.comparison import OURS, Comparison, compare
from ml.evaluate.judgments import Judgments, read_judgments
from ml.evaluate.systems import System, measured
from ml.evaluate.typos import TypoLoss, typo_losses
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.evaluated_catalogue import open_catalogue, workspace
from scripts.evaluated_systems import SYSTEMS, open_systems, parse_systems

Losses = Mapping[int, Mapping[str, Mapping[str, TypoLoss]]]
"""By number of errors, then by system, then by metric."""


def search(
    catalogue: Annotated[Path, typer.Option(help="A feed, as for import_catalogue.")],
    judgments: Annotated[Path, typer.Option(help="CSV with the columns query, product_id, rating.")],
    systems: Annotated[str, typer.Option(help="Which to compare, separated by commas.")] = ",".join(SYSTEMS),
    depth: Annotated[int, typer.Option(min=100, help="How far down the ranking is looked at, for MRR.")] = 1000,
    typos: Annotated[
        list[int] | None, typer.Option(min=1, max=5, help="Ask with so many typing errors besides; repeatable.")
    ] = None,
    typo_seeds: Annotated[int, typer.Option(min=1, help="How often each query is mistyped.")] = 5,
    seed: Annotated[int, typer.Option(help="Of the typing errors (the first of them) and the bootstrap.")] = 0,
    queries_out: Annotated[Path | None, typer.Option(help="CSV to write with the metrics of each query.")] = None,
    baseline: Annotated[Path | None, typer.Option(help="Exit with 1 when ours is worse than this result.")] = None,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="How far a metric may fall, unless that is significant.")
    ] = TOLERANCE,
    save: Annotated[
        Path | None, typer.Option("--save-baseline", help="Keep the result of ours, if --baseline has no objection.")
    ] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Print nDCG@10 over the full catalogue and over judged products, judged@10, recall@100 and MRR."""
    with clear_errors():
        names = parse_systems(systems)
        if OURS not in names and (baseline or save):
            raise UsageError(f"a baseline is of the system {OURS!r}: name it in --systems")
        before = None if baseline is None else load_baseline(baseline)
        judged = read_judgments(judgments)
        settings = workspace(load_settings(), catalogue)
        opened = open_catalogue(settings, catalogue, load_encoder(settings.encoder_spec))
        opened.refuse_unknown(judged)
        contenders = open_systems(opened, names, depth)
        comparison = compare({system.name: measured(system, judged, seed=seed) for system in contenders}, seed=seed)
        losses = _losses(contenders, judged, comparison, typos or [], range(seed, seed + typo_seeds))
        if queries_out is not None:
            with queries_out.open("w", encoding="utf-8", newline="") as file:
                comparison.write_queries(file)
        found = []
        if before is not None:
            found = regressions(before, judged, comparison.reports[OURS], tolerance=tolerance, seed=seed)
        if save is not None and not found:
            save_baseline(save, baseline_of(judged, comparison.reports[OURS]))
    print(as_json(judged, comparison, losses, found) if json else _tables(comparison, losses))
    for regression in found:
        console.print(Text(f"worse than {baseline}: {regression.render(tolerance)}"), soft_wrap=True)
    if found:
        raise typer.Exit(1)


def as_json(judgments: Judgments, comparison: Comparison, losses: Losses, found: Sequence[Regression]) -> str:
    """Return everything that was measured as one JSON object."""
    return orjson.dumps(
        {
            "judgments": judgments_digest(judgments),
            **comparison.to_dict(),
            "typos": {
                str(edits): {
                    name: {metric: asdict(loss) for metric, loss in by_metric.items()}
                    for name, by_metric in by_system.items()
                }
                for edits, by_system in losses.items()
            },
            "regressions": [asdict(regression) for regression in found],
        }
    ).decode()


def _losses(
    systems: Sequence[System], judgments: Judgments, comparison: Comparison, typos: Sequence[int], seeds: range
) -> Losses:
    return {
        edits: {
            system.name: typo_losses(system, judgments, comparison.reports[system.name], edits=edits, seeds=seeds)
            for system in systems
        }
        for edits in sorted(set(typos))
    }


def _tables(comparison: Comparison, losses: Losses) -> str:
    lines = []
    for edits, by_system in losses.items():
        lines += ["", f"{f'{edits} typing errors' if edits > 1 else '1 typing error':<22}{'system':<10}{'clean':>8}"]
        lines[-1] += f"{'mistyped':>10}{'loss':>8}{'95% interval of the difference':>34}"
        for name, by_metric in by_system.items():
            for metric, loss in by_metric.items():
                interval = f"{loss.difference.low:+.4f} to {loss.difference.high:+.4f}"
                lines.append(
                    f"{metric:<22}{name:<10}{loss.clean:>8.4f}{loss.mistyped:>10.4f}{loss.loss:>8.1%}{interval:>34}"
                )
    return "\n".join([comparison.render(), *lines[1:]])
