"""Switch the model of a server under load, there and back, and check every single answer.

    python -m scripts.prove_switch
    python -m scripts.prove_switch --second ViT-B-32 --second-pretrained var/benchmark/ViT-B-32.safetensors

Starts a server of its own with two workers on the demo catalogue, or on --catalogue FILE, below --folder.
Shoppers search all the time while switch_model goes from the configured model to the second one and back. Then each
model, alone, answers the same queries in this process; an answer of the server counts as right only if it has exactly
the products and scores of the model that it names. Exit code 1 when a request failed or an answer is mixed.

Without --second the second model is a copy of the configured directory with noise on its weights.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer

from backend.catalogue.feeds import FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.catalogue.opening import open_live
from backend.catalogue.space import VectorSpace
from backend.config import Settings
from ml.encoder.load import load_encoder
from scripts.catalogue_queries import unique_queries
from scripts.console import UsageError, clear_errors, console, fail, load_settings
from scripts.demo_catalogue import demo_feed
from scripts.perturb_model import perturbed_copy
from scripts.pipeline import embed, import_feed, index, open_database
from scripts.serving import environment, running_server
from scripts.switch_load import Answer, Load

app = typer.Typer(add_completion=False)

PERTURBED = Path("var/perturbed")  # always there, so that its export is found again
CHANGE_TIMEOUT_S = 120.0
CHANGED = "ends what it began"  # in the log of a worker that has changed models

Ranked = tuple[tuple[str, float], ...]


@app.command(help=__doc__)
def main(
    catalogue: Annotated[Path | None, typer.Option(help="A feed, as for import_catalogue.")] = None,
    second: Annotated[str | None, typer.Option(help="The model to switch to.")] = None,
    second_pretrained: Annotated[str | None, typer.Option(help="Its tag or checkpoint file.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Where everything is kept; default a temporary one.")] = None,
    database_url: Annotated[str | None, typer.Option(help="An empty database; default SQLite in the folder.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes of the server.")] = 2,
    shoppers: Annotated[int, typer.Option(min=1, help="Searches at once.")] = 4,
    queries: Annotated[int, typer.Option(min=10, help="Different queries.")] = 200,
    seconds: Annotated[float, typer.Option(help="Load before, between and after the switches.")] = 5.0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the command."""
    with clear_errors(), tempfile.TemporaryDirectory() as temporary:
        place = (folder or Path(temporary)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        settings = _settings(place, database_url)
        with open_database(settings) as database:
            rejects = RejectsFile(place / "rejects.jsonl")
            import_feed(database, settings, catalogue or demo_feed(), FeedOptions(), rejects=rejects)
            encoder = load_encoder(settings.encoder_spec)
            embed(database, settings, encoder)
            index(database, settings, encoder)
        model = second or str(perturbed_copy(Path(settings.clip_model), PERTURBED / Path(settings.clip_model).name))
        asked = unique_queries(settings, queries, seed=0)
        log = place / "server.log"
        with running_server(settings, workers=workers, log=log) as server, Load(server, asked, shoppers) as load:
            memory = [server.memory_mb()]
            time.sleep(seconds)
            arguments = [model, *(["--pretrained", second_pretrained] if second_pretrained else []), "--force"]
            for number, step in enumerate((arguments, ["--rollback"]), 1):
                console.print(f"switch_model {' '.join(step)}")
                _switch(settings, step)
                _wait_for_changes(log, number * workers)
                time.sleep(seconds)
                memory.append(server.memory_mb())
        report = _check(settings, load, asked, model, second_pretrained) | {
            "workers": workers,
            "memory_mb": memory,  # before, with the second model, and back
        }
    print(orjson.dumps(report).decode() if json else _text(report))
    if report["failed"] or report["mixed"] or len(report["right"]) != 2:
        fail("a request failed, an answer is of no single model, or only one model answered")


def _settings(place: Path, database_url: str | None) -> Settings:
    settings = load_settings()
    url = Settings(_env_file=None, database_url=database_url or f"sqlite:///{place}/catalogue.db").database_url
    return settings.model_copy(
        update={"database_url": url, "faiss_index_path": place / "index", "media_path": place / "media"}
    )


def _switch(settings: Settings, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.switch_model", *arguments],
        env=environment(settings),
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        raise UsageError("switch_model failed; see above")


def _wait_for_changes(log: Path, count: int) -> None:
    deadline = time.monotonic() + CHANGE_TIMEOUT_S
    while log.read_text().count(CHANGED) < count:
        if time.monotonic() > deadline:
            raise UsageError(f"not every worker has changed models:\n{log.read_text()}")
        time.sleep(0.1)


def _check(settings: Settings, load: Load, asked: list[str], model: str, pretrained: str | None) -> dict[str, Any]:
    expected: dict[str, dict[str, Ranked]] = {}
    second = settings.model_copy(update={"clip_model": model, "clip_pretrained": pretrained})
    for own in (settings, second):
        fingerprint, answers = _own_answers(own, asked, load.limit)
        expected[fingerprint] = answers
    right: Counter[str] = Counter()
    mixed: list[Answer] = []
    for answer in load.answers:
        if expected.get(answer.fingerprint, {}).get(answer.query) == answer.products:
            right[answer.fingerprint] += 1
        else:
            mixed.append(answer)
    one, other = expected.values()
    return {
        "requests": len(load.answers) + len(load.failures),
        "failed": len(load.failures),
        "failures": load.failures[:5],
        "right": dict(right),
        "mixed": len(mixed),
        "changes_seen": load.changes_seen(),
        "p50_ms": round(float(np.median(load.latencies_ms)), 1),
        "p99_ms": round(float(np.percentile(load.latencies_ms, 99)), 1),
        "slowest_ms": round(max(load.latencies_ms), 1),
        "queries": len(asked),
        "queries_that_differ": sum(one[query] != other[query] for query in asked),
    }


def _own_answers(settings: Settings, asked: list[str], limit: int) -> tuple[str, dict[str, Ranked]]:
    """Let one model, alone, answer every query."""
    with open_database(settings) as database:
        encoder = load_encoder(settings.encoder_spec)
        live = open_live(
            database, VectorSpace.of(encoder, settings), settings.faiss_index_path, settings.search_options
        )
    answers: dict[str, Ranked] = {}
    for query in asked:
        relevance = live.relevance(encoder.encode_texts([query])[0], query)
        rows, scores = relevance.results().top(limit)
        found = zip(rows.tolist(), scores.tolist(), strict=True)
        answers[query] = tuple((str(live.index.id_of(row)), round(score, 6)) for row, score in found)
    return encoder.fingerprint, answers


def _text(report: dict[str, Any]) -> str:
    return "\n".join(f"{name:<22}{value}" for name, value in report.items())


if __name__ == "__main__":
    app()
