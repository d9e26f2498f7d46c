"""Kill a server that is being written to, again and again, and check that it comes back with what it acknowledged.

    python -m scripts.prove_crashes
    python -m scripts.prove_crashes --kills 10 --database-url postgresql://user@host/empty

Starts a server of its own, below --folder, that merges its index and saves snapshots without pause. Writers create,
change, hide and delete products, one by one and in bulk, and keep books. Then `kill -9`: at any moment, in the
middle of a merge, of a snapshot, or while the server starts. Started again it must become ready and have exactly the
products that were acknowledged, with these values; a request that was on its way may be done or not, never half. That
is compared by list, by id, by words and by browsing. Exit code 1 when anything differs, or when no kill met a write,
a merge or a snapshot.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import orjson
import typer

from backend.config import Settings
from scripts.console import clear_errors, console, fail, load_settings
from scripts.crashes.audit import Audit
from scripts.crashes.ledger import Ledger
from scripts.crashes.marks import Marks
from scripts.crashes.server import APP, MARKS
from scripts.crashes.writers import writing
from scripts.pipeline import open_database
from scripts.serving import Server, running_server

app = typer.Typer(add_completion=False)

Aim: TypeAlias = Literal["write", "merge", "save", "start"]
AIMS: tuple[Aim, ...] = ("write", "merge", "save", "merge", "save", "write", "start")
WRITTEN = (5, 400)  # products acknowledged before a kill
MOMENT_S = 0.2
INTO_WORK_S = 0.003
PATIENCE_S = 30.0
DAMAGED = ("fails its checksum", "can't be opened", "isn't a manifest")  # in the log of a server


@dataclass(slots=True)
class Kill:
    """One kill and what came after; of kills before a server was ready only the last is followed by a comparison."""

    aim: Aim
    acknowledged: int  # products written since the last kill
    in_flight: int  # requests without an answer
    merging: bool
    saving: bool
    products: int | None = None
    restart_s: float | None = None
    damaged_files: int = 0
    wrong: int = 0


@app.command(help=__doc__)
def main(
    kills: Annotated[int, typer.Option(min=1, help="How often the server is killed.")] = 50,
    writers: Annotated[int, typer.Option(min=1, help="Clients that write at once.")] = 4,
    folder: Annotated[Path | None, typer.Option(help="Where everything is kept; default a temporary one.")] = None,
    database_url: Annotated[str | None, typer.Option(help="An empty database; default SQLite in the folder.")] = None,
    seed: Annotated[int, typer.Option(help="Of the writes and of the moments.")] = 0,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Run the command."""
    with clear_errors(), tempfile.TemporaryDirectory() as temporary:
        place = (folder or Path(temporary)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        settings = _settings(place, database_url)
        with open_database(settings):
            pass  # so that the first start isn't about migrations
        proof = Proof(settings, place, writers, random.Random(seed))  # noqa: S311  reproducible, not secret
        proof.run(kills)
    summary = _summary(proof.kills)
    print(orjson.dumps(summary).decode() if json else _table(proof.kills) + "\n" + _text(summary))
    if summary["wrong"]:
        fail("a restarted server doesn't have what was acknowledged")
    if missed := [name for name in ("in_flight", "while_merging", "while_saving") if not summary[name]]:
        fail(f"no kill met what it should: {', '.join(missed)}; ask for more --kills")


class Proof:
    """The server's folder, the writers' books and the kills so far."""

    def __init__(self, settings: Settings, place: Path, writers: int, rng: random.Random) -> None:
        self.kills: list[Kill] = []
        self.wrong: list[str] = []
        self._settings = settings
        self._log = place / "server.log"
        self._marks = Marks(place / "marks")
        self._ledgers = [Ledger() for _ in range(writers)]
        self._rng = rng
        os.environ[MARKS] = str(place / "marks")

    def run(self, kills: int) -> None:
        """Start the server, compare, write and kill it, as often as asked; end early when something is wrong."""
        for number in range(kills):
            aim = AIMS[number % len(AIMS)]
            if aim == "start":
                self._kill_at_start()
            else:
                with self._restarted() as server:
                    if self.wrong:
                        return
                    self._kill_at_work(server, aim)
            console.print(f"kill {number + 1} of {kills}: {aim}", highlight=False)
        with self._restarted():
            pass

    def _kill_at_start(self) -> None:
        self._marks.clear()
        with running_server(self._settings, log=self._log, app=APP, wait=False) as server:
            time.sleep(self._rng.uniform(0.5, 5))
            os.kill(server.pid, signal.SIGKILL)
        self._note("start", self._acknowledged(), in_flight=0)

    def _kill_at_work(self, server: Server, aim: Aim) -> None:
        before = self._acknowledged()
        wanted = self._rng.randrange(*WRITTEN)
        with writing(server, self._ledgers, self._rng) as writers:
            _wait_until(lambda: self._acknowledged() - before >= wanted or any(one.unexpected for one in writers))
            time.sleep(self._rng.uniform(0, MOMENT_S))
            if aim in {"merge", "save"}:
                _wait_until(lambda: self._marks.running("merge" if aim == "merge" else "save"))
                time.sleep(self._rng.uniform(0, INTO_WORK_S))
            os.kill(server.pid, signal.SIGKILL)
        self.wrong += [message for writer in writers for message in writer.unexpected]
        self._note(aim, before, in_flight=sum(bool(ledger.sent) for ledger in self._ledgers))

    def _note(self, aim: Aim, before: int, in_flight: int) -> None:
        self.kills.append(
            Kill(
                aim=aim,
                acknowledged=self._acknowledged() - before,
                in_flight=in_flight,
                merging=self._marks.running("merge"),
                saving=self._marks.running("save"),
            )
        )

    @contextmanager
    def _restarted(self) -> Iterator[Server]:
        """Run the server until the block ends; what it has was compared before."""
        self._marks.clear()
        start = time.perf_counter()
        with running_server(self._settings, log=self._log, app=APP) as server:
            took = time.perf_counter() - start
            if self.kills:
                audit, last = Audit(server), self.kills[-1]
                last.products = audit.run(self._ledgers, self._rng)
                last.restart_s = round(took, 1)
                last.damaged_files = sum(self._log.read_text().count(words) for words in DAMAGED)
                self.wrong += audit.wrong
                if last.damaged_files:
                    self.wrong.append(self._log.read_text())
                last.wrong = len(self.wrong)
                for line in self.wrong:
                    console.print(line, highlight=False, markup=False)
            yield server

    def _acknowledged(self) -> int:
        return sum(ledger.acknowledged for ledger in self._ledgers)


def _wait_until(reached: Callable[[], bool]) -> None:
    """Wait until something is so; a server that doesn't get there in time is killed all the same, and counted so."""
    deadline = time.monotonic() + PATIENCE_S
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.0002)


def _settings(place: Path, database_url: str | None) -> Settings:
    settings = load_settings()
    url = Settings(_env_file=None, database_url=database_url or f"sqlite:///{place}/catalogue.db").database_url
    return settings.model_copy(
        update={"database_url": url, "faiss_index_path": place / "index", "media_path": place / "media"}
    )


def _summary(kills: Sequence[Kill]) -> dict[str, float]:
    return {
        "kills": len(kills),
        **{f"aimed_at_{aim}": count for aim, count in Counter(kill.aim for kill in kills).items()},
        "acknowledged": sum(kill.acknowledged for kill in kills),
        "in_flight": sum(kill.in_flight > 0 for kill in kills),
        "requests_in_flight": sum(kill.in_flight for kill in kills),
        "while_merging": sum(kill.merging for kill in kills),
        "while_saving": sum(kill.saving for kill in kills),
        "slowest_restart_s": max(kill.restart_s or 0.0 for kill in kills),
        "damaged_files": sum(kill.damaged_files for kill in kills),
        "wrong": sum(kill.wrong for kill in kills),
    }


def _table(kills: Sequence[Kill]) -> str:
    rows = [asdict(kill) for kill in kills]
    lines = ["  ".join(f"{name:>13}" for name in rows[0])]
    lines += ["  ".join(f"{'-' if value is None else value!s:>13}" for value in row.values()) for row in rows]
    return "\n".join(lines)


def _text(summary: dict[str, float]) -> str:
    return "\n".join(f"{name:<22}{value}" for name, value in summary.items())


if __name__ == "__main__":
    app()
