"""Measure the server beside a straightforward one, under load.

    python -m scripts.bench run
    python -m scripts.bench run --only search,recommend --rounds 5 --concurrency 1,32
    python -m scripts.bench overload
    python -m scripts.bench soak --minutes 10

Each starts PostgreSQL, Redis and servers of its own; the load comes from the same cores. See docs/evaluation.md.
"""

from __future__ import annotations

import typer

from scripts.bench.overload import overload
from scripts.bench.run import run
from scripts.bench.soak import soak

app = typer.Typer(add_completion=False, help=__doc__)
for command in (run, overload, soak):
    app.command()(command)

if __name__ == "__main__":
    app()
