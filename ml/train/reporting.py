"""Says how fine-tuning gets on: bars on a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

from ml.train.model_card import label
from ml.train.trainer import OnEvaluation, OnStep

SHOWN = ("title_image_r10", "image_title_r10")
FIRST = 3


class Reporter:
    """Writes to one console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """Print one line as it is, however long."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def some(self, lines: Sequence[str]) -> None:
        """Print the first few lines, and how many others there are."""
        for line in lines[:FIRST]:
            self.say(line)
        if len(lines) > FIRST:
            self.say(f"and {len(lines) - FIRST:,} others")

    @contextmanager
    def counting(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show how much of `total` is done; the block calls what it gets with what was added."""
        if not self._console.is_terminal:
            self.say(f"{name}: {total:,}")
            yield lambda added: None
            return
        with Progress(console=self._console) as bar:
            task = bar.add_task(name, total=total)
            yield lambda added: bar.advance(task, added)

    @contextmanager
    def training(self, steps: int) -> Iterator[tuple[OnStep, OnEvaluation]]:
        """Show how far training is; the block passes what it gets to the trainer."""
        if not self._console.is_terminal:
            yield lambda step, loss: None, lambda row: self.say(evaluation_line(row, steps))
            return
        loss_column = "loss {task.fields[loss]:.3f}"
        with Progress(*Progress.get_default_columns(), loss_column, console=self._console) as bar:
            task = bar.add_task("train", total=steps, loss=float("nan"))
            yield lambda step, loss: bar.update(task, completed=step, loss=loss), lambda row: None


def evaluation_line(row: Mapping[str, float], steps: int) -> str:
    """Return what an evaluation found, and the minutes that all `steps` will take from there at the same pace."""
    figures = ", ".join(f"{label(name)} {row[name]:.3f}" for name in SHOWN)
    left = row["minutes"] / row["step"] * (steps - row["step"])
    return f"step {row['step']:,.0f} of {steps:,}: loss {row['loss']:.3f}, {figures}, {left:.1f} minutes left"
