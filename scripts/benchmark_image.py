"""Measure search by picture over HTTP beside the image tower's own time.

    python -m scripts.benchmark_image
    python -m scripts.benchmark_image --model ViT-B-32 --pretrained var/benchmark/ViT-B-32.safetensors

Unique JPEGs: each goes to a server of its own with a catalogue, then this process decodes the same picture and makes
it into pixels, then the tower alone runs on those. Both have an encoder of the same settings, which the answers
confirm. The three take turns picture by picture: shared cores go first to who has waited, so on a busy
machine many pictures in a row through the tower would seem slower than whole requests, in which the client waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import orjson
import typer

from backend.catalogue.images import inspect_upload, safe_decode
from backend.image_queue import DECODED_SIDE
from backend.search.router import IMAGE_PATH
from ml.encoder.base import Encoder, Ready
from ml.encoder.load import load_encoder
from scripts.console import UsageError, clear_errors, load_settings
from scripts.demo_catalogue import demo_feed
from scripts.evaluated_catalogue import load_catalogue, workspace
from scripts.hostile.case import encoded, photo
from scripts.serving import Server, UploadClient, running_server

T = TypeVar("T")
app = typer.Typer(add_completion=False)
SIZES = ((800, 600), (400, 400))
FIRST_ROUND = 1  # the one before it warms up and isn't counted


@dataclass(slots=True)
class Measured:
    """Milliseconds of pictures of one size."""

    http: list[float] = field(default_factory=list)
    prepare: list[float] = field(default_factory=list)
    tower: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=dict)


@app.command(help=__doc__)
def main(
    catalogue: Annotated[Path | None, typer.Option(help="A feed; the demo catalogue without it.")] = None,
    model: Annotated[str | None, typer.Option(help="As CLIP_MODEL.")] = None,
    pretrained: Annotated[str | None, typer.Option(help="As CLIP_PRETRAINED.")] = None,
    pictures: Annotated[int, typer.Option(min=2, help="Of each size in each round.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="How often the sizes take turns.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the pictures.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        if model is not None:
            settings = settings.model_copy(update={"clip_model": model, "clip_pretrained": pretrained})
        feed = catalogue or demo_feed()
        own = workspace(settings, feed)
        index = own.faiss_index_path.parent / f"index-{Path(own.clip_model).name}"
        own = own.model_copy(update={"faiss_index_path": index})
        encoder = load_encoder(own.encoder_spec)
        if not encoder.has_image_tower:
            raise UsageError(f"{own.clip_model} has no image tower: name a model with one by --model")
        load_catalogue(own, feed, encoder)
        measured = {size: Measured() for size in SIZES}
        with running_server(own) as server:
            for round_ in range(rounds + FIRST_ROUND):
                for size in SIZES:
                    into = measured[size] if round_ >= FIRST_ROUND else Measured()
                    first = seed + round_ * pictures
                    files = [encoded(photo(*size, first + n), "JPEG", quality=85) for n in range(pictures)]
                    _measure(server, encoder, files, into)
    report = {f"{width}x{height}": _figures(found) for (width, height), found in measured.items()}
    print(orjson.dumps(report).decode() if json else f"{encoder.name}, {encoder.engine}\n{_table(report)}")


def _measure(server: Server, encoder: Encoder, files: list[bytes], into: Measured) -> None:
    with UploadClient(server.host, server.port, IMAGE_PATH) as client:
        for data in files:
            status, content, ms = client.send(data, "image/jpeg", {"limit": "20"})
            if status != 200:
                raise UsageError(f"the server answered {status}: {content[:300]!r}")
            answer = orjson.loads(content)
            refuse_other_engine(encoder, answer["encoder"])
            into.http.append(ms)
            for stage, value in answer["timings_ms"].items():
                into.stages.setdefault(stage, []).append(value)
            ready, ms = _timed(partial(_prepare, encoder, data))
            into.prepare.append(ms)
            into.tower.append(_timed(ready)[1])


def refuse_other_engine(encoder: Encoder, serving: Mapping[str, str]) -> None:
    """Make sure that the figures can be compared.

    Raises:
        UsageError: the server's model, engine or precision isn't that of `encoder`.
    """
    own = {"name": encoder.name, "engine": encoder.engine, "fingerprint": encoder.fingerprint}
    if own != serving:
        raise UsageError(f"the server runs {dict(serving)}, this process {own}: their times can't be compared")


def _prepare(encoder: Encoder, data: bytes) -> Ready:
    """Do what the server's decoding threads do."""
    inspect_upload(data, DECODED_SIDE)
    return encoder.prepare_images([safe_decode(data, longest_side=DECODED_SIDE)])


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - start) * 1000


def _figures(measured: Measured) -> dict[str, float]:
    figures: dict[str, float] = {"pictures": len(measured.http)}
    for name, values in (("http", measured.http), ("prepare", measured.prepare), ("tower", measured.tower)):
        p50, p95 = np.percentile(values, [50, 95])
        figures |= {f"{name}_p50_ms": round(float(p50), 2), f"{name}_p95_ms": round(float(p95), 2)}
    return figures | {
        f"{stage}_p50_ms": round(float(np.median(values)), 2) for stage, values in measured.stages.items()
    }


def _table(report: dict[str, dict[str, float]]) -> str:
    names = list(next(iter(report.values())))
    lines = [f"{'':<24}" + "".join(f"{size:>12}" for size in report)]
    lines += [f"{name:<24}" + "".join(f"{values[name]:>12}" for values in report.values()) for name in names]
    return "\n".join(lines)


if __name__ == "__main__":
    app()
