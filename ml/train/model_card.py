"""The card of a fine-tuned model: what it comes from, what it saw, what came out, and where it ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ml.train.shop_check import Figure
from ml.types import Fingerprint


@dataclass(frozen=True)
class Facts:
    """What a card states.

    Attributes:
        name: of the new model.
        fingerprint: of the new model.
        base: name of the model that it comes from.
        base_fingerprint: of that.
        towers: which were trained, in words.
        counts: of products, pictures and texts, by name.
        recipe: every option that decides the result.
        minutes: of computing.
        best_step: the step whose weights were kept.
        steps: taken.
        test_products: that the figures are over.
        before, after: figures by name.
    """

    name: str
    fingerprint: Fingerprint
    base: str
    base_fingerprint: Fingerprint
    towers: str
    counts: Mapping[str, int]
    recipe: Mapping[str, Any]
    minutes: float
    best_step: int
    steps: int
    test_products: int
    before: Mapping[str, Figure]
    after: Mapping[str, Figure]


def label(figure: str) -> str:
    """Return the name of a figure for people, such as ``title → image R@10``."""
    way, depth = figure.rsplit("_r", 1)
    return f"{way.replace('_', ' → ')} R@{depth}"


def warning(before: Mapping[str, Figure], after: Mapping[str, Figure]) -> str | None:
    """Name the figures of the test products that fell; None when none did."""
    fallen = [
        f"{label(name)} {before[name].mean:.3f} → {figure.mean:.3f}"
        for name, figure in after.items()
        if figure.mean < before[name].mean
    ]
    if not fallen:
        return None
    return (
        f"Worse on the test products than before: {', '.join(fallen)}. The validation products, which the weights "
        "were chosen by, said better; more products, or a larger --validation-share, make that choice surer."
    )


def card(facts: Facts) -> str:
    """Return the card as Markdown."""
    figures = "\n".join(f"| {label(name)} | {facts.before[name]} | {after} |" for name, after in facts.after.items())
    counts = "\n".join(f"| {name} | {count:,} |" for name, count in facts.counts.items())
    warned = f"\n**{said}**\n" if (said := warning(facts.before, facts.after)) else ""
    clicked = ", clicked queries" if facts.counts.get("click pairs") else ""
    return f"""# {facts.name}

{facts.base} fine-tuned on a shop's own pictures and texts with `python -m scripts.finetune`.

| | |
| --- | --- |
| Base model | {facts.base}, fingerprint `{facts.base_fingerprint}` |
| Fingerprint | `{facts.fingerprint}` |
| Trained | {facts.towers} |
| Steps | {facts.steps:,}, the weights of step {facts.best_step:,} were best on the validation products and kept |
| Computing | {facts.minutes:.1f} minutes |

## Data

| | |
| --- | --- |
{counts}

Products that share a group of variants, a picture or a title are all on one side of the split.

## Figures

Among the {facts.test_products:,} test products, none of which was trained on: the share of titles whose own picture
is among the first k, and of pictures whose own title is among the first k different ones. In brackets the 95%
bootstrap interval over products.

| | before | after |
| --- | --- | --- |
{figures}
{warned}
## Recipe

```json
{json.dumps(facts.recipe, indent=2)}
```

`training/curve.csv` and `training/curve.svg` hold loss and validation figures of every evaluation.

## Limits

- It knows this shop: on other products it may be worse than {facts.base}, whose limits it keeps otherwise.
- Test products come from the same shop, photographers and time; new ranges will do worse than the figures above.
- Texts that it learned from are titles{clicked} and combinations of fields, not questions or descriptions.
- Data and licence of the pictures are the shop's; the licence of the base model goes on applying.
"""
