"""The faults, one after another: what is done, how it ends, and what may fail meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scripts.faults.stage import Stage

Excuse = Literal["nothing", "database", "connections", "capacity"]
"""What may fail: nothing; 503 for what needs the database; connections to a worker that is gone; these, and 503 where
those that are left are asked for more than they can answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One disturbance.

    Attributes:
        name: for the table.
        begin: does it.
        lasts_s: how long it is left so.
        end: takes it back; all must recover by themselves from then on.
        recovered: waits until what was lost has come back.
        excuse: what may fail until the recovery.
        crowd: clients who come with it, beside the usual ones, and go when all is well again.
    """

    name: str
    begin: Callable[[Stage], None]
    lasts_s: float = 0.0
    end: Callable[[Stage], None] = lambda _: None
    recovered: Callable[[Stage], None] = lambda _: None
    excuse: Excuse = "nothing"
    crowd: int = 0


CROWD = 93  # with the usual ones 100; more than any number of threads, connections or tasks in a group
LONGEST_PAUSE_S = 40  # longer than any time limit of the server's and of the system's: 30 s are the longest


def _spoil(stage: Stage) -> None:
    stage.spoil_redis(3, random.Random(0))  # noqa: S311  reproducible, not secret


FAULTS = (
    Fault("Redis killed, 3 s later started", Stage.kill_redis, 3, Stage.start_redis),
    Fault("Redis paused for 2 s", Stage.pause_redis, 2, Stage.resume_redis),
    Fault("Redis flushed", Stage.flush_redis),
    Fault("Redis filled with garbage for 3 s", _spoil),
    Fault("PostgreSQL shut down, 3 s later started", Stage.stop_postgres, 3, Stage.start_postgres, excuse="database"),
    Fault("PostgreSQL killed, at once started", Stage.kill_postgres, 0, Stage.start_postgres, excuse="database"),
    Fault("PostgreSQL paused for 8 s", Stage.pause_postgres, 8, Stage.resume_postgres, excuse="database"),
    Fault("a worker killed", Stage.kill_a_worker, recovered=Stage.wait_for_workers, excuse="connections"),
    Fault("100 clients", lambda _: None, 5, crowd=CROWD),
    Fault("Redis paused for 2 s, 100 clients", Stage.pause_redis, 2, Stage.resume_redis, crowd=CROWD),
    Fault(
        "PostgreSQL paused for 8 s, 100 clients",
        Stage.pause_postgres, 8, Stage.resume_postgres, excuse="database", crowd=CROWD,
    ),
    Fault(
        "PostgreSQL paused for 40 s",
        Stage.pause_postgres, LONGEST_PAUSE_S, Stage.resume_postgres, excuse="database",
    ),
    Fault(
        "one of two workers killed, 100 clients",
        Stage.kill_a_worker, recovered=Stage.wait_for_workers, excuse="capacity", crowd=CROWD,
    ),
)  # fmt: skip
