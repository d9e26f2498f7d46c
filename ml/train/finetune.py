"""Fine-tunes a model on a shop's own pictures and texts; `scripts.finetune` is its command."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import torch
from rich.console import Console

from ml.encoder.source import Source, find_source
from ml.encoder.spec import EncoderSpec
from ml.errors import TrainingRefused
from ml.train.model_card import Facts, card
from ml.train.pairs import Split, split
from ml.train.pictures import Pictures
from ml.train.plan import Options, describe, pick_device, plan, shop_augmentation
from ml.train.plot import curves_svg
from ml.train.products import ShopProduct, texts_of
from ml.train.recipe import Recipe
from ml.train.reporting import Reporter
from ml.train.shop_check import BETTER, Figure, ShopCheck
from ml.train.shop_model import ShopModel, embed_ids, open_model
from ml.train.shop_objective import BothTowers, Draw, LockedText, ShopPairs
from ml.train.shop_pictures import Read, shop_pictures
from ml.train.trainer import CHECKPOINT, CURVE, Objective, Outcome, Trainer
from ml.train.write_model import CARD, beside, check_free, publish, write_model
from ml.types import Fingerprint

ROOM = 1.25  # stored pictures are larger than what the image tower reads by this, for cutting into them
TEXT_RATE = 2e-5
PANELS = {
    "loss": {"loss": "#c0392b"},
    "validation R@10": {"title_image_r10": "#2060b0", "image_title_r10": "#30905a"},
}


@dataclass(frozen=True)
class Result:
    """What fine-tuning made.

    Attributes:
        out: the new model's directory.
        fingerprint: of the new model.
        split: of the products.
        skipped: pictures that couldn't be read.
        before, after: figures of the test products.
        outcome: of training.
    """

    out: Path
    fingerprint: Fingerprint
    split: Split
    skipped: int
    before: Mapping[str, Figure]
    after: Mapping[str, Figure]
    outcome: Outcome


class Finetuning:
    """One run: data, model and recipe, and the steps from there to a new model directory.

    Stopped at any time, the same run made again goes on from its last checkpoint.
    """

    def __init__(
        self, source: Source, products: Sequence[ShopProduct], read: Read, identity: str, options: Options, *,
        out: Path, work: Path, clicks: Mapping[str, Sequence[str]], console: Console, remote: bool = False,
    ) -> None:  # fmt: skip
        """Read pictures, embed texts and split the products.

        Args:
            source: the model to start from.
            products: that have a picture.
            read: returns a product's picture.
            identity: names what the pictures come from.
            options: how to train.
            out: directory of the new model.
            work: for pictures and checkpoints.
            clicks: queries by the id of the product that was clicked.
            console: for progress.
            remote: whether pictures come over the network, where an outage isn't for ever.

        Raises:
            TrainingRefused: the data or the options can't lead to a model, or `out` isn't free.
            ModelNotFound: the model can't be found or read.
        """
        check_free(out)
        self._began = time.perf_counter()
        self._options, self._out, self._work, self._reporter = options, out, work, Reporter(console)
        self._device = pick_device(options.device)
        self._model = open_model(source)
        pictures = self._pictures(products, read, identity, work, remote=remote)
        self._skipped = len(products) - len(pictures)
        of_id = {product.id: product for product in products}
        shown = [of_id[texts[0]] for texts in pictures.texts]
        self._split = split(
            [product.id for product in shown],
            [_shared(product, pixels) for product, pixels in zip(shown, pictures.groups, strict=True)],
            test_share=options.test_share,
            validation_share=options.validation_share,
            seed=options.seed,
        )
        training = {shown[row].id for row in self._split.train}
        queries = {id_: list(texts) for id_, texts in clicks.items() if id_ in training}
        if clicks and not queries:
            raise TrainingRefused(
                "no clicked product is among those that train; do the ids belong to this catalogue?"
            )
        texts = [[*own, *queries.get(product.id, ())] for own, product in zip(texts_of(shown), shown, strict=True)]
        self._counts = {
            "products with a picture": len(products),
            "pictures that couldn't be read": self._skipped,
            "training products": len(self._split.train),
            "validation products": len(self._split.validation),
            "test products": len(self._split.test),
            "training texts": sum(len(texts[row]) for row in self._split.train),
            "click pairs": sum(map(len, queries.values())),
        }
        self._pairs = self._embedded(pictures, texts)
        content = [asdict(options), self._model.fingerprint, pictures.groups, texts]
        self._run = work / f"run-{hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]}"

    def __call__(self) -> Result:
        """Train, write the new model and measure it.

        Raises:
            TrainingRefused: the time isn't enough, nothing that was trained is better than the model as it was, or
                something lies at `out` by now.
        """
        model, both = self._model, self._options.towers == "both"
        towers = model.towers(both=both).to(self._device)
        base_name, base_fingerprint = model.source.name, model.fingerprint
        validation, test = self._check(model, self._split.validation), self._check(model, self._split.test)
        objective = self._objective()
        began = time.perf_counter()
        begun = validation(towers.eval())
        evaluation_s = time.perf_counter() - began
        before = test.report(towers)
        recipe = plan(
            self._run / "plan.json", towers, objective, self._options,
            products=len(self._split.train), evaluation_s=evaluation_s, device=self._device, began=self._began,
        )  # fmt: skip
        self._reporter.say(describe(recipe, self._options, len(self._split.train)))
        trainer = Trainer(
            towers, objective, validation, better=BETTER, recipe=recipe, folder=self._run, device=self._device,
            slower={"text.": TEXT_RATE / recipe.learning_rate} if both else None, begun=begun,
        )  # fmt: skip
        with self._reporter.training(recipe.steps) as (on_step, on_evaluation):
            outcome = trainer.run(on_step, on_evaluation)
        if outcome.best_step == 0:
            self._refuse(outcome, recipe)
        towers.to("cpu")
        folder = beside(self._out)
        write_model(model, folder, both=both, scale=outcome.best["scale"])
        written = open_model(find_source(EncoderSpec(str(folder))))
        after = self._check(written, self._split.test).report(written.towers(both=both).to(self._device).eval())
        facts = Facts(
            name=self._out.name, fingerprint=written.fingerprint, base=base_name, base_fingerprint=base_fingerprint,
            towers="both towers" if both else "the image tower; the text tower is that of the base model",
            counts=self._counts, recipe={**asdict(self._options), **asdict(recipe)}, minutes=outcome.seconds / 60,
            best_step=outcome.best_step, steps=outcome.steps, test_products=len(test), before=before, after=after,
        )  # fmt: skip
        (folder / CARD).write_text(card(facts), encoding="utf-8")
        (folder / "training").mkdir()
        shutil.copyfile(self._run / CURVE, folder / "training" / CURVE)
        (folder / "training" / "curve.svg").write_text(curves_svg(outcome.curve, PANELS), encoding="utf-8")
        publish(folder, self._out)
        shutil.rmtree(self._run)
        return Result(self._out, written.fingerprint, self._split, self._skipped, before, after, outcome)

    def _refuse(self, outcome: Outcome, recipe: Recipe) -> NoReturn:
        """Say that training made nothing better, and keep its curve alone."""
        (self._run / CHECKPOINT).unlink()
        best = max((row for row in outcome.curve if row["step"]), key=lambda row: row[BETTER])
        raise TrainingRefused(
            f"training made the model no better, so nothing was written: on the {len(self._split.validation):,} "
            f"validation products its mean reciprocal rank was {outcome.best[BETTER]:.3f} before and at most "
            f"{best[BETTER]:.3f} after (step {best['step']:,.0f} of {recipe.steps:,}). Try more products, a lower "
            f"--learning-rate than {recipe.learning_rate:g}, or fewer --epochs than {self._options.epochs:g}. The "
            f"curve is in {self._run / CURVE}"
        )

    def _pictures(
        self, products: Sequence[ShopProduct], read: Read, identity: str, work: Path, *, remote: bool
    ) -> Pictures:
        if not products:
            raise TrainingRefused("no product has a picture")
        reasons: list[str] = []
        with self._reporter.counting("pictures", len(products)) as on_rows:
            pictures = shop_pictures(
                work, products, read, identity=identity, size=round(self._model.size * ROOM),
                settings=self._model.pixels, on_rows=on_rows,
                on_skipped=reasons.append, remote=remote,
            )  # fmt: skip
        self._reporter.some([f"no picture of {reason}" for reason in reasons])
        return pictures

    def _embedded(self, pictures: Pictures, texts: Sequence[Sequence[str]]) -> ShopPairs:
        """Number the texts and embed them with the model as it is, or open what an earlier run embedded."""
        unique = sorted({text for own in texts for text in own})
        number = {text: i for i, text in enumerate(unique)}
        ids = self._model.tokenizer.encode(unique)
        named = hashlib.sha256(json.dumps([self._model.fingerprint, unique]).encode()).hexdigest()[:12]
        path = self._work / f"texts-{named}.npy"
        if not path.is_file():
            tower = self._model.text.to(self._device)
            with self._reporter.counting("texts", len(unique)) as on_rows:
                vectors = embed_ids(tower, ids, self._model, self._device, on_rows)
            tower.to("cpu")
            unfinished = path.with_suffix(".new.npy")
            np.save(unfinished, vectors)
            unfinished.replace(path)
        vectors = np.load(path)
        return ShopPairs(
            pictures.pixels,
            [[number[text] for text in own] for own in texts],
            ids,
            torch.from_numpy(vectors).to(self._device),
            self._split.train,
        )

    def _check(self, model: ShopModel, rows: Sequence[int]) -> ShopCheck:
        pairs = self._pairs
        return ShopCheck(
            model, pairs.pixels, rows,
            ids=pairs.ids, vectors=pairs.vectors, titles=[own[0] for own in pairs.texts],
        )  # fmt: skip

    def _objective(self) -> Objective:
        options = self._options
        draw = Draw(self._pairs, shop_augmentation(self._model.size), self._model)
        if options.towers == "both":
            return BothTowers(self._pairs, draw, self._model, batch=options.batch)
        return LockedText(self._pairs, draw, batch=options.batch, bank=options.bank)


def _shared(product: ShopProduct, pixels: str) -> list[tuple[str, str]]:
    group = [("group", product.item_group)] if product.item_group else []
    return [("pixels", pixels), ("title", product.title.casefold()), *group]
