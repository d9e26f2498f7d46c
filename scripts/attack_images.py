"""Send hostile pictures to a server and see what each of them costs it.

    python -m scripts.attack_images
    python -m scripts.attack_images --url http://127.0.0.1:8000 --pid 1234

Each must get a typed 4xx within --max-ms and --max-mb of memory above what the server held before, or the exit code
is 1. Pictures in which only the pixels themselves can show what is wrong, inflated or decoded up to that place, have
--max-hidden-ms instead. Each is sent --tries times to a server under no other load, one after the other; the fastest
time counts, since a busy machine only adds to it, and the most memory. Printed are the time of the first try, the
fastest, and the processor time that the server took for that one.
Without --url a server of its own is started on a free port, with an empty catalogue. Memory and processor time are
read from /proc: on Linux, and with --url only for the process named by --pid.
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
_HEADER = f"{'in ms':>31} {'first':>7} {'fastest':>7} {'cpu':>7} {'MB':>6} * only the pixels show it"
WARM_UP = 12  # pictures of each format: threads, arenas and the inference engine take their memory once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case cost.

    Attributes:
        code: of the error envelope; None when the answer has none.
        first_ms: until the answer to the first try was there.
        ms: the same of the fastest try.
        cpu_ms: that the server computed in the fastest try; None when it can't be seen.
        megabytes: that the server held at most above what it held before; None when it can't be seen.
    """

    case: Case
    status: int
    code: str | None
    first_ms: float
    ms: float
    cpu_ms: float | None
    megabytes: float | None

    def passes(self, max_ms: float, max_hidden_ms: float, max_mb: float) -> bool:
        """Whether it was refused as it should be."""
        fast = self.ms <= (max_hidden_ms if self.case.hidden else max_ms)
        cheap = fast and (self.megabytes is None or self.megabytes <= max_mb)
        return cheap and 400 <= self.status < 500 and self.code is not None


@app.command(help=__doc__)
def main(
    url: Annotated[str | None, typer.Option(help="A running server, such as http://127.0.0.1:8000.")] = None,
    pid: Annotated[int, typer.Option(help="Its process, to see its memory.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the pictures.")] = 0,
    tries: Annotated[int, typer.Option(min=1, help="How often each is sent.")] = 3,
    max_ms: Annotated[float, typer.Option(help="Longest time to an answer.")] = 50,
    max_hidden_ms: Annotated[float, typer.Option(help="The same where only the pixels show it.")] = 400,
    max_mb: Annotated[float, typer.Option(help="Most memory above what the server held before.")] = 50,
) -> None:
    """Run the command."""
    with clear_errors(), _server(url, pid) as server:
        _warm_up(server)
        print(f"Sent {tries} times each, to a server under no other load; the fastest counts.\n{_HEADER}", flush=True)
        outcomes, failed = [], 0
        for case in hostile_cases(seed):
            outcome = _attack(server, case, tries)
            passed = outcome.passes(max_ms, max_hidden_ms, max_mb)
            outcomes.append(outcome)
            failed += not passed
            print(_line(outcome, passed=passed), flush=True)
        _check_alive(server)
    print(f"\n{len(outcomes)} hostile pictures, {failed} failed")
    print(_summary("refused by their structure", [item for item in outcomes if not item.case.hidden], max_ms))
    print(_summary("wrong only in their pixels", [item for item in outcomes if item.case.hidden], max_hidden_ms))
    largest = max((outcome.megabytes for outcome in outcomes if outcome.megabytes is not None), default=None)
    print("memory not seen" if largest is None else f"at most {largest:.1f} MB of {max_mb:g}")
    if failed:
        raise typer.Exit(1)


def _summary(what: str, outcomes: list[Outcome], limit_ms: float) -> str:
    seen = [outcome.cpu_ms for outcome in outcomes if outcome.cpu_ms is not None]
    cpu = f", at most {max(seen):.1f} ms of processor time" if seen else ""
    return (
        f"{len(outcomes)} {what}: fastest tries at most {max(item.ms for item in outcomes):.1f} ms of {limit_ms:g}, "
        f"first tries at most {max(item.first_ms for item in outcomes):.1f}{cpu}"
    )


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
            computed = _cpu_ms(server.pid)
            status, content, ms = client.send(data, case.declared, {})
            cpu_ms = None if computed is None else (_cpu_ms(server.pid) or 0) - computed
            peak = _memory_mb(server.pid, "VmHWM")
        times.append((ms, cpu_ms))
        if before is not None and peak is not None:
            peaks.append(peak - before)
    fastest = min(times, key=lambda item: item[0])
    return Outcome(case, status, _code(content), times[0][0], *fastest, max(peaks, default=None))


def _code(content: bytes) -> str | None:
    try:
        return str(orjson.loads(content)["error"]["code"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def _forget_peak(pid: int) -> None:
    if pid:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # proc(5): resets the peak to what is held now


def _cpu_ms(pid: int) -> float | None:
    """Return the processor time of all threads so far."""
    tasks = list(Path(f"/proc/{pid}/task").glob("*/schedstat")) if pid else []
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6 if tasks else None  # nanoseconds


def _memory_mb(pid: int, name: str) -> float | None:
    if not pid:
        return None
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))


def _line(outcome: Outcome, *, passed: bool) -> str:
    memory = "     -" if outcome.megabytes is None else f"{outcome.megabytes:6.1f}"
    cpu = "      -" if outcome.cpu_ms is None else f"{outcome.cpu_ms:7.1f}"
    verdict = "ok  " if passed else "FAIL"
    mark = " *" if outcome.case.hidden else "  "
    times = f"{outcome.first_ms:7.1f} {outcome.ms:7.1f} {cpu}"
    return f"{verdict} {outcome.status} {outcome.code or '-':<22} {times} {memory}{mark} {outcome.case.name}"


if __name__ == "__main__":
    app()
