"""Send hostile pictures to a server and see what each of them costs it.

    python -m scripts.attack_images
    python -m scripts.attack_images --url http://127.0.0.1:8000 --pid 1234

Each must get a typed 4xx within --max-ms and --max-mb of memory above what the server held before, or the exit code
is 1. It is sent --tries times: the fastest time counts, since a busy machine only adds to it, and the most memory.
Without --url a server of its own is started on a free port, with an empty catalogue. Memory is read from /proc: on
Linux, and with --url only for the process named by --pid.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import orjson
import typer

from backend.config import Settings
from backend.search.router import IMAGE_PATH
from ml.encoder.load import prepare_encoder
from scripts.console import UsageError, clear_errors, load_settings
from scripts.hostile.case import Case, encoded, photo
from scripts.hostile.cases import hostile_cases
from scripts.pipeline import open_database
from scripts.serving import Server, UploadClient, running_server

app = typer.Typer(add_completion=False)
WARM_UP = 12  # pictures of each format: threads, arenas and the inference engine take their memory once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case cost.

    Attributes:
        code: of the error envelope; None when the answer has none.
        megabytes: that the server held at most above what it held before; None when it can't be seen.
    """

    case: Case
    status: int
    code: str | None
    ms: float
    megabytes: float | None

    def passes(self, max_ms: float, max_mb: float) -> bool:
        """Whether it was refused as it should be."""
        cheap = self.ms <= max_ms and (self.megabytes is None or self.megabytes <= max_mb)
        return cheap and 400 <= self.status < 500 and self.code is not None


@app.command(help=__doc__)
def main(
    url: Annotated[str | None, typer.Option(help="A running server, such as http://127.0.0.1:8000.")] = None,
    pid: Annotated[int, typer.Option(help="Its process, to see its memory.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the pictures.")] = 0,
    tries: Annotated[int, typer.Option(min=1, help="How often each is sent.")] = 3,
    max_ms: Annotated[float, typer.Option(help="Longest time to an answer.")] = 50,
    max_mb: Annotated[float, typer.Option(help="Most memory above what the server held before.")] = 50,
) -> None:
    """Run the command."""
    with clear_errors(), _server(url, pid) as server:
        _warm_up(server)
        outcomes = []
        for case in hostile_cases(seed):
            outcome = _attack(server, case, tries)
            outcomes.append(outcome)
            print(_line(outcome, passed=outcome.passes(max_ms, max_mb)), flush=True)
        _check_alive(server)
    failed = [outcome for outcome in outcomes if not outcome.passes(max_ms, max_mb)]
    slowest = max(outcome.ms for outcome in outcomes)
    largest = max((outcome.megabytes for outcome in outcomes if outcome.megabytes is not None), default=None)
    memory = "memory not seen" if largest is None else f"at most {largest:.1f} MB"
    print(f"\n{len(outcomes)} hostile pictures, {len(failed)} failed; at most {slowest:.1f} ms and {memory}")
    if failed:
        raise typer.Exit(1)


@contextmanager
def _server(url: str | None, pid: int) -> Iterator[Server]:
    if url is not None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise UsageError("--url is like http://127.0.0.1:8000")
        yield Server(parts.hostname, parts.port or 80, pid)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        prepare_encoder(settings.encoder_spec)
        with open_database(settings):
            pass
        with running_server(settings) as server:
            yield server


def _settings(folder: Path) -> Settings:
    own = {
        "database_url": f"sqlite:///{folder}/attack.db",
        "redis_url": None,
        "faiss_index_path": folder / "index",
        "media_path": folder / "media",
    }
    return load_settings().model_copy(update=own)


def _warm_up(server: Server) -> None:
    with UploadClient(server.host, server.port, IMAGE_PATH) as client:
        for number in range(WARM_UP):
            for kind in ("JPEG", "PNG", "WEBP"):
                data = encoded(photo(640 + number, 480, number), kind)
                status, content, _ = client.send(data, f"image/{kind.lower()}", {})
                if status != 200:
                    raise UsageError(f"a good {kind} was answered with {status}: {content[:300]!r}")


def _check_alive(server: Server) -> None:
    with UploadClient(server.host, server.port, IMAGE_PATH) as client:
        status, content, _ = client.send(encoded(photo(320, 240, 99), "JPEG"), "image/jpeg", {})
    if status != 200:
        raise UsageError(f"afterwards a good picture was answered with {status}: {content[:300]!r}")


def _attack(server: Server, case: Case, tries: int) -> Outcome:
    data = case.make()
    times, peaks = [], []
    for _ in range(tries):
        with UploadClient(server.host, server.port, IMAGE_PATH) as client:
            before = _memory_mb(server.pid, "VmRSS")
            _forget_peak(server.pid)
            status, content, ms = client.send(data, case.declared, {})
            peak = _memory_mb(server.pid, "VmHWM")
        times.append(ms)
        if before is not None and peak is not None:
            peaks.append(peak - before)
    return Outcome(case, status, _code(content), min(times), max(peaks, default=None))


def _code(content: bytes) -> str | None:
    try:
        return str(orjson.loads(content)["error"]["code"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def _forget_peak(pid: int) -> None:
    if pid:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # proc(5): resets the peak to what is held now


def _memory_mb(pid: int, name: str) -> float | None:
    if not pid:
        return None
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))


def _line(outcome: Outcome, *, passed: bool) -> str:
    memory = "     -" if outcome.megabytes is None else f"{outcome.megabytes:6.1f}"
    verdict = "ok  " if passed else "FAIL"
    code = outcome.code or "-"
    return f"{verdict} {outcome.status} {code:<24}{outcome.ms:7.1f} ms {memory} MB  {outcome.case.name}"


if __name__ == "__main__":
    app()
