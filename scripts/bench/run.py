"""The benchmark itself: scenarios under load, on ours and on the reference in turn."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from scripts.bench.asking import Asking
from scripts.bench.exact import answers_short_of_exact
from scripts.bench.goals import judged
from scripts.bench.measure import measure
from scripts.bench.options import (
    FOLDER,
    Architecture,
    Checkpoint,
    Folder,
    Precision,
    Products,
    Small,
    Users,
    shop_of,
)
from scripts.bench.peers_turns import compare_peers
from scripts.bench.report import HEAD, goals_text, line_text, ratio_text, write_report
from scripts.bench.scenarios import scenarios
from scripts.bench.servers import Contender, prepared
from scripts.console import UsageError, clear_errors

COMPARED = 40  # filtered searches that are asked again, exactly


def run(
    only: Annotated[str, typer.Option(help="Scenarios, comma-separated.")] = "",
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each server under each load.")] = 3,
    seconds: Annotated[float, typer.Option(min=0.2, help="Of each turn.")] = 4.0,
    concurrency: Annotated[str, typer.Option(help="Connections of the closed loops, such as 1,8,32.")] = "",
    reference: Annotated[bool, typer.Option(help="Measure the straightforward server beside ours.")] = True,
    reference_threads: Annotated[
        int, typer.Option(min=1, help="Of torch in that server; more are faster only where nothing else runs.")
    ] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes of our server; the reference has one.")] = 1,
    peers: Annotated[
        bool, typer.Option(help="Measure Chroma, LanceDB and pgvector; see `make bench-peers`.")
    ] = False,
    small: Small = False,
    products: Products = 50_000,
    users: Users = 1000,
    model: Architecture = "ViT-B-32",
    checkpoint: Checkpoint = None,
    precision: Precision = "int8",
    folder: Folder = FOLDER,
) -> None:
    """Measure searches, recommendations and feedback, in closed and open loops."""
    with clear_errors(), ExitStack() as stack:
        shop = shop_of(
            folder,
            small=small,
            products=products,
            users=users,
            model=model,
            checkpoint=checkpoint,
            precision=precision,
        )
        asking = Asking(shop)
        chosen = scenarios(asking, only, _connections(concurrency))
        ground = stack.enter_context(prepared(shop, with_reference=reference, reference_threads=reference_threads))
        log = folder / "bench.log" if workers > 1 else None  # by which all workers are known to be ready
        contenders = [stack.enter_context(ground.start("ours", workers=workers, log=log))]
        if reference:
            contenders.append(stack.enter_context(ground.start("reference")))
        start = [_state(contender) for contender in contenders]
        lines: list[dict[str, Any]] = []

        def done(line: dict[str, Any]) -> None:
            lines.append(line)
            print(line_text(line), flush=True)
            if (ratio := ratio_text(lines, line)) is not None:
                print(ratio, flush=True)

        print(HEAD)
        short = {}
        for scenario in chosen:
            measure(scenario, contenders, rounds=rounds, seconds=seconds, done=done)
            if scenario.name.startswith("filter"):
                short[scenario.name] = answers_short_of_exact(contenders[0], scenario.ask, COMPARED)
                print(f"    {short[scenario.name]} of {COMPARED} answers show fewer products than an exact search")
        if peers:
            compare_peers(ground, contenders[0], asking, rounds=rounds, seconds=seconds, done=done)
        end = [_state(contender) for contender in contenders]
        head = {
            "products": len(shop.ids),
            "model": Path(shop.settings.clip_pretrained or shop.settings.clip_model).stem,
            "random_weights": not small and checkpoint is None,
            "precision": shop.settings.encoder_precision,
            "answers_short_of_exact": short,
            "workers": workers,
            "reference_threads": reference_threads,
            "rounds": rounds,
            "seconds": seconds,
            "servers": {first["name"]: {"start": first, "end": last} for first, last in zip(start, end, strict=True)},
        }
        for first, last in zip(start, end, strict=True):
            print(
                f"{first['name']}: ready in {first['ready_s']} s; memory {first['rss_mb']} MiB at start, "
                f"{last['rss_mb']} at the end ({last['pss_mb']} with what is shared counted once)"
            )
        print(goals_text(judged(lines)))
        print(f"wrote {write_report(folder, head, lines)}")


def _connections(text: str) -> list[int] | None:
    try:
        found = [int(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise UsageError(f"--concurrency takes numbers such as 1,8,32, not {text}") from error
    if any(number < 1 for number in found):
        raise UsageError("--concurrency takes numbers from 1")
    return found or None


def _state(contender: Contender) -> dict[str, Any]:
    return {
        "name": contender.name,
        "ready_s": round(contender.ready_s, 2),
        "rss_mb": contender.server.memory_mb(),
        "pss_mb": contender.server.proportional_mb(),
    }
