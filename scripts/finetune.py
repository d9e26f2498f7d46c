"""Fine-tune a model on a shop's own pictures and texts.

    python -m scripts.finetune --catalogue items.csv.gz --images photos.tar --out models/shop
    python -m scripts.finetune --out models/shop --clicks clicks.csv

Without --catalogue it takes the products and stored pictures of the configured database, and starts from the model
that serves it; with --catalogue it starts from CLIP_MODEL, unless --model says otherwise. It keeps a part of the
products for testing and prints how well titles find pictures, and pictures titles, before and after. A model that is
no better than the one it comes from isn't written. Stopped or killed at any time, the same command goes on. The new
directory is used with scripts.switch_model or CLIP_MODEL; docs/finetune.md says more.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from backend.catalogue.feeds import FeedFormat, FeedOptions
from backend.catalogue.images import TarSource
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec
from ml.train.clicks import read_clicks
from ml.train.finetune import Finetuning, Result
from ml.train.lock import sole_run
from ml.train.model_card import label, warning
from ml.train.plan import Options
from scripts.console import UsageError, clear_errors, console, load_settings
from scripts.feed_options import image_source, mapping_of
from scripts.training_products import from_database, from_feed, served_model

app = typer.Typer(add_completion=False)
DEFAULTS = Options()


@app.command(help=__doc__)
def main(
    out: Annotated[Path, typer.Option(help="Directory of the new model.")],
    catalogue: Annotated[Path | None, typer.Option(help="A feed; default: the configured database.")] = None,
    images: Annotated[Path | None, typer.Option(help="Folder or tar that the feed's image paths refer to.")] = None,
    fetch_images: Annotated[bool, typer.Option(help="Fetch images from their web addresses.")] = False,
    format_: Annotated[
        FeedFormat | None, typer.Option("--format", help="Default: found out from the content.")
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN, or FIELD=A+B to join columns; repeatable.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a text feed that isn't UTF-8, such as cp1252.")] = None,
    currency: Annotated[str | None, typer.Option(help="For rows that name none, such as EUR.")] = None,
    merchant: Annotated[str | None, typer.Option(help="For rows that name none.")] = None,
    clicks: Annotated[Path | None, typer.Option(help="CSV or .jsonl of query, product_id; .gz too.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Directory, hf-hub: name or architecture; default: see above.")
    ] = None,
    pretrained: Annotated[str | None, typer.Option(help="Tag or checkpoint file of an architecture.")] = None,
    work: Annotated[Path, typer.Option(help="For pictures and checkpoints.")] = Path("var/finetune"),
    towers: Annotated[Literal["image", "both"], typer.Option(help="Which to train.")] = DEFAULTS.towers,
    epochs: Annotated[
        float, typer.Option(min=0.1, max=10_000, help="How often each product is seen.")
    ] = DEFAULTS.epochs,
    max_minutes: Annotated[
        float | None, typer.Option(min=0.1, help="For the whole command; fewer epochs if need be.")
    ] = None,
    batch: Annotated[int, typer.Option(min=2, max=65_536, help="Pictures at a time.")] = DEFAULTS.batch,
    accumulate: Annotated[int, typer.Option(min=1, max=1024, help="Batches in one step.")] = DEFAULTS.accumulate,
    bank: Annotated[
        int, typer.Option(min=2, help="Products whose texts a picture is contrasted with; needs --towers image.")
    ] = DEFAULTS.bank,
    learning_rate: Annotated[
        float | None, typer.Option(min=1e-8, max=1.0, help="Default: by the kind of image tower.")
    ] = None,
    test_share: Annotated[float, typer.Option(min=0.01, max=0.8)] = DEFAULTS.test_share,
    validation_share: Annotated[float, typer.Option(min=0.01, max=0.5)] = DEFAULTS.validation_share,
    patience: Annotated[
        int, typer.Option(min=0, help="Evaluations, of 20, without a better one before stopping; 0 never stops.")
    ] = DEFAULTS.patience,
    seed: Annotated[int, typer.Option(min=0, help="Of split, batches and augmentation.")] = DEFAULTS.seed,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option()] = DEFAULTS.device,
) -> None:
    """Run the command."""
    with clear_errors(), ExitStack() as opened:
        if pretrained is not None and model is None:
            raise UsageError("--pretrained is of an architecture: name it with --model")
        settings = load_settings()
        opened.enter_context(sole_run(work, out))
        if model is not None:
            spec = EncoderSpec(model, pretrained)
        else:
            spec = settings.encoder_spec if catalogue is not None else served_model(settings)
        options = Options(
            towers=towers,
            epochs=epochs,
            batch=batch,
            accumulate=accumulate,
            bank=bank,
            learning_rate=learning_rate,
            test_share=test_share,
            validation_share=validation_share,
            patience=patience,
            max_minutes=max_minutes,
            seed=seed,
            device=device,
        )
        if catalogue is None:
            data = from_database(settings)
        else:
            feed = FeedOptions(format_, mapping_of(map_ or []), encoding, currency, merchant)
            pictures = image_source(images, fetch_images)
            if isinstance(pictures, TarSource):
                opened.enter_context(pictures)
            data = from_feed(catalogue, feed, images, pictures)
        run = Finetuning(
            find_source(spec),
            data.products,
            data.read,
            data.identity,
            options,
            out=out,
            work=work,
            clicks=read_clicks(clicks) if clicks is not None else {},
            console=console,
            remote=fetch_images,
        )
        result = run()
    print(render(result))


def render(result: Result) -> str:
    """Return the figures before and after as a table, with what they are over."""
    parts = result.split
    lines = [
        f"{len(parts.train):,} products trained, {len(parts.validation):,} validated, {len(parts.test):,} tested; "
        f"{result.skipped:,} pictures couldn't be read",
        "",
        f"{'test products':<22}{'before':>26}{'after':>26}{'times':>8}",
    ]
    for name, after in result.after.items():
        before = result.before[name]
        times = f"{after.mean / before.mean:.1f}" if before.mean else "-"
        lines.append(f"{label(name):<22}{before!s:>26}{after!s:>26}{times:>8}")
    if said := warning(result.before, result.after):
        lines += ["", f"warning: {said}"]
    outcome = result.outcome
    lines += [
        "",
        f"best at step {outcome.best_step:,} of {outcome.steps:,}; {outcome.seconds / 60:.1f} minutes of training",
        f"{result.out}, fingerprint {result.fingerprint}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    app()
