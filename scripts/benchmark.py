"""Measure search latency over HTTP: words in, 20 product cards out.

    python -m scripts.benchmark --catalogue products.jsonl.gz
    python -m scripts.benchmark --catalogue products.jsonl.gz --model ViT-B-32=var/benchmark/ViT-B-32.safetensors

One server per model runs beside the others, on 127.0.0.1; one client asks one unique query at a time, and the
servers take turns round by round, so that a busy moment of the machine hits all of them alike. Without --catalogue
the demo catalogue is used.
"""

from __future__ import annotations

import http.client
import random
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
import typer

from backend.catalogue.records import ProductFilter
from backend.catalogue.repository import CatalogueRepository
from backend.config import Settings
from ml.encoder.load import load_encoder
from scripts.console import UsageError, clear_errors, load_settings
from scripts.demo_catalogue import write_catalogue
from scripts.evaluated_catalogue import load_catalogue, workspace
from scripts.pipeline import open_database
from scripts.serving import running_server

app = typer.Typer(add_completion=False)


@dataclass(slots=True)
class Contender:
    """One model and what was measured of it, in milliseconds."""

    name: str
    settings: Settings
    http_ms: list[float] = field(default_factory=list)
    stages_ms: dict[str, list[float]] = field(default_factory=dict)


@app.command(help=__doc__)
def main(
    catalogue: Annotated[Path | None, typer.Option(help="A feed, as for import_catalogue.")] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="CLIP_MODEL=CLIP_PRETRAINED, measured beside the default; repeatable.")
    ] = None,
    queries: Annotated[int, typer.Option(min=20, help="Unique queries for each model.")] = 1000,
    rounds: Annotated[int, typer.Option(min=1, help="How often the servers take turns.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the queries.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        base = load_settings()
        feed = catalogue or demo_feed()
        contenders = [
            _contender(base, feed, name)
            for name in (f"{base.clip_model}={base.clip_pretrained or ''}", *(model or []))
        ]
        for contender in contenders:
            load_catalogue(contender.settings, feed, load_encoder(contender.settings.encoder_spec))
        asked = unique_queries(contenders[0].settings, queries, seed)
        with ExitStack() as stack:
            ports = [stack.enter_context(running_server(contender.settings)).port for contender in contenders]
            for part in np.array_split(np.array(asked, dtype=object), rounds):
                for contender, port in zip(contenders, ports, strict=True):
                    _measure(contender, port, list(part))
        report = {contender.name: _figures(contender) for contender in contenders}
    print(orjson.dumps(report).decode() if json else _table(report))


def unique_queries(settings: Settings, count: int, seed: int) -> list[str]:
    """Return distinct queries of two to six words, drawn from the titles of the catalogue."""
    with open_database(settings) as database, database.reading() as db:
        titles = [row.title for row in CatalogueRepository(db).page(ProductFilter(), "", 100_000)]
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    found: dict[str, None] = {}
    for _ in range(count * 100):
        words = rng.choice(titles).lower().split()
        start = rng.randrange(len(words))
        found[" ".join(words[start : start + rng.randrange(2, 7)])] = None
        if len(found) == count:
            return list(found)
    raise UsageError(f"the catalogue's titles give only {len(found)} distinct queries; ask for fewer with --queries")


def _contender(base: Settings, feed: Path, name: str) -> Contender:
    model, _, pretrained = name.partition("=")
    own = workspace(base, feed).model_copy(update={"clip_model": model, "clip_pretrained": pretrained or None})
    folder = own.faiss_index_path.parent
    return Contender(
        Path(model).name, own.model_copy(update={"faiss_index_path": folder / f"index-{Path(model).name}"})
    )


def demo_feed() -> Path:
    """Write the demo catalogue as a feed, without its pictures."""
    return write_catalogue(Path("var/benchmark/demo"), pictures=False)


def _measure(contender: Contender, port: int, queries: Sequence[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for query in queries:
        body = orjson.dumps({"query": query, "limit": 20})
        start = time.perf_counter()
        connection.request("POST", "/api/v1/search", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        contender.http_ms.append((time.perf_counter() - start) * 1000)
        page = orjson.loads(content)
        if answer.status != 200:
            raise UsageError(f"{contender.name} answered {answer.status} with {content[:200]!r} to {query!r}")
        for stage, value in page["timings_ms"].items():
            contender.stages_ms.setdefault(stage, []).append(value)
    connection.close()


def _figures(contender: Contender) -> dict[str, float]:
    p50, p95, p99 = np.percentile(contender.http_ms, [50, 95, 99])
    return {
        "queries": len(contender.http_ms),
        "http_p50_ms": round(float(p50), 2),
        "http_p95_ms": round(float(p95), 2),
        "http_p99_ms": round(float(p99), 2),
        **{f"{stage}_p50_ms": round(float(np.median(values)), 2) for stage, values in contender.stages_ms.items()},
    }


def _table(report: dict[str, dict[str, float]]) -> str:
    names = list(next(iter(report.values())))
    lines = [" " * 24 + "".join(f"{name:>16}" for name in names)]
    lines += [f"{model:<24}" + "".join(f"{values[name]:>16}" for name in names) for model, values in report.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    app()
