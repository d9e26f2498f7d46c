"""Measure search quality, tune it, and guard it.

    python -m scripts.evaluate search --catalogue products.jsonl.gz --judgments judgments.csv.gz
    python -m scripts.evaluate lookup --catalogue products.jsonl.gz
    python -m scripts.evaluate tune --catalogue products.jsonl.gz --judgments judgments.csv.gz --out tuned.json
    python -m scripts.evaluate pictures
    python -m scripts.evaluate composed
    python -m scripts.evaluate recall --catalogue products.jsonl.gz
    python -m scripts.evaluate shoppers
    python -m scripts.evaluate recommend --items items.csv.gz --events events.csv.gz
    python -m scripts.evaluate log

A catalogue is imported into a workspace of its own below var/evaluation, kept for the next run, and ranked as the
server would.
"""

from __future__ import annotations

import typer

from scripts.evaluate_composed import composed
from scripts.evaluate_log import log
from scripts.evaluate_lookup import lookup
from scripts.evaluate_pictures import pictures
from scripts.evaluate_recall import recall
from scripts.evaluate_recommend import recommend
from scripts.evaluate_search import search
from scripts.evaluate_shoppers import shoppers
from scripts.evaluate_tune import tune_ranker

app = typer.Typer(add_completion=False, help=__doc__)
app.command()(search)
app.command()(lookup)
app.command("tune")(tune_ranker)
app.command()(pictures)
app.command()(composed)
app.command()(recall)
app.command()(shoppers)
app.command()(recommend)
app.command()(log)


if __name__ == "__main__":
    app()
