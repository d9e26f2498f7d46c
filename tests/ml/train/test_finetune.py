"""Fine-tuning from pictures to a model directory, on a tiny shop with tiny models."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from PIL import Image
from rich.console import Console
from safetensors.torch import load_file
from typer.testing import CliRunner

from backend.catalogue.feeds import FeedOptions
from backend.catalogue.images import DirectorySource
from backend.config import Settings
from backend.model.active import ModelChoice, ModelRepository
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.source import find_source
from ml.errors import TrainingRefused
from ml.train import plan, shop_pictures
from ml.train.budget import steps_in
from ml.train.lock import sole_run
from ml.train.plan import Options, pick_device
from ml.train.shop_check import Figure, ShopCheck
from ml.train.shop_model import open_model
from ml.train.trainer import Trainer
from ml.types import Fingerprint
from scripts.finetune import app, render
from scripts.pipeline import open_database
from scripts.training_products import from_feed, served_model
from tests.ml.train.conftest import Finetune, drawn, jpeg, product


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread, as tiny models gain nothing by more, and arithmetic that doesn't depend on the processor."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(plan, "pick_precision", lambda _: "fp32")
    yield
    torch.set_num_threads(threads)


def test_a_complete_model_directory_is_written(finetune: Finetune, split_model: Path, tmp_path: Path) -> None:
    result = finetune(split_model)()
    out = tmp_path / "tuned"
    assert sorted(path.name for path in out.iterdir()) == [
        "NOTICE", "README.md", "image.safetensors", "open_clip_config.json", "text.safetensors", "training",
    ]  # fmt: skip
    assert (out / "text.safetensors").read_bytes() == (split_model / "text.safetensors").read_bytes()
    assert all(t.dtype != torch.float32 for t in load_file(out / "image.safetensors").values())
    base = open_model(find_source(EncoderSpec(str(split_model))))
    encoder = load_encoder(EncoderSpec(str(out), engine="torch"))
    assert encoder.fingerprint == result.fingerprint != base.fingerprint
    assert encoder.encode_images([drawn(0)]).shape == (1, 32)
    card = (out / "README.md").read_text()
    assert base.fingerprint in card
    assert result.fingerprint in card
    assert str(result.after["title_image_r10"]) in card
    assert "| training products | 33 |" in card
    ElementTree.parse(out / "training" / "curve.svg")
    with (out / "training" / "curve.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert (rows[0]["step"], rows[0]["loss"]) == ("0", "")  # the base model
    assert float(rows[-1]["loss"]) < float(rows[1]["loss"])
    # Only what the next run can use is left.
    assert sorted(path.name.split("-")[0] for path in (tmp_path / "work").iterdir()) == ["pictures", "texts"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tuned", "work"]


def test_learning_shows_on_products_that_were_not_trained_on(finetune: Finetune, split_model: Path) -> None:
    result = finetune(split_model, epochs=60.0, learning_rate=3e-3)()
    losses = [row["loss"] for row in result.outcome.curve[1:]]
    assert losses[-1] < 0.8 * losses[0]
    # Of 15 pictures; by chance it is a third. It was 0.13 before and 0.8 after.
    assert result.after["title_image_r5"].mean > result.before["title_image_r5"].mean + 0.2
    assert (
        result.after["title_image_r5"].low
        <= result.after["title_image_r5"].mean
        <= result.after["title_image_r5"].high
    )
    parts = result.split
    assert sorted(parts.train + parts.validation + parts.test) == list(range(60))


def test_both_towers_of_a_whole_model(finetune: Finetune, whole_model: Path, tmp_path: Path) -> None:
    result = finetune(whole_model, towers="both", epochs=30.0, learning_rate=3e-3)()
    base, tuned = (open_model(find_source(EncoderSpec(str(path)))) for path in (whole_model, tmp_path / "tuned"))
    assert tuned.fingerprint == result.fingerprint != base.fingerprint
    for name in ("text", "visual"):
        weights, before = (getattr(model.reference, name).state_dict() for model in (tuned, base))
        assert weights.keys() == before.keys()
        assert any(not torch.equal(weights[key], before[key]) for key in weights)
    assert tuned.pixels == base.pixels
    assert load_encoder(EncoderSpec(str(tmp_path / "tuned"), engine="torch")).fingerprint == result.fingerprint


def test_the_locked_text_tower_of_a_whole_model_keeps_its_weights(
    finetune: Finetune, whole_model: Path, tmp_path: Path
) -> None:
    finetune(whole_model, epochs=30.0, learning_rate=1e-3)()
    base, tuned = (open_model(find_source(EncoderSpec(str(path)))) for path in (whole_model, tmp_path / "tuned"))
    for key, value in base.reference.text.state_dict().items():
        assert torch.equal(value, tuned.reference.text.state_dict()[key])


def test_a_model_that_training_made_no_better_is_not_written(
    finetune: Finetune, split_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([0.6, *[0.5] * 99])
    usual = ShopCheck.__call__
    monkeypatch.setattr(ShopCheck, "__call__", lambda self, model: {**usual(self, model), "mrr": next(figures)})
    with pytest.raises(TrainingRefused, match=r"0\.600 before and at most 0\.500 after") as refused:
        finetune(split_model)()
    for advice in ("more products", "--learning-rate than 0.001", "--epochs than 8"):
        assert advice in str(refused.value)
    assert not (tmp_path / "tuned").exists()
    (kept,) = (path for path in (tmp_path / "work").glob("run-*/*") if path.name != "plan.json")
    assert str(kept) in str(refused.value)
    with kept.open() as file:
        assert [row["mrr"] for row in csv.DictReader(file)][:2] == ["0.6", "0.5"]


def test_worse_figures_of_test_products_are_said(
    finetune: Finetune, split_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = iter([0.7, 0.6, 0.6, 0.7])

    def report(self: ShopCheck, model: object) -> dict[str, Figure]:
        mean = next(reports)
        return {"title_image_r1": Figure(mean, mean, mean), "image_title_r1": Figure(0.5, 0.5, 0.5)}

    monkeypatch.setattr(ShopCheck, "report", report)
    worse = finetune(split_model, "worse")()
    said = "Worse on the test products than before: title → image R@1 0.700 → 0.600. "
    assert f"warning: {said}" in render(worse)
    assert f"**{said}" in (tmp_path / "worse" / "README.md").read_text()
    better = finetune(split_model, "better")()
    assert "warning" not in render(better)
    assert "Worse" not in (tmp_path / "better" / "README.md").read_text()


def test_without_a_terminal_every_evaluation_is_a_line(finetune: Finetune, split_model: Path) -> None:
    printed = Console(file=io.StringIO(), width=40)
    result = finetune(split_model, console=printed, patience=0)()
    lines = printed.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[:2] == ["pictures: 60", "texts: 141"]
    assert len(lines) == 3 + len(result.outcome.curve) - 1
    pattern = r"step 1 of \d+: loss \d\.\d{3}, title → image R@10 [01]\.\d{3}, image → title R@10 [01]\.\d{3}, "
    assert re.fullmatch(pattern + r"\d+\.\d minutes left", lines[3])
    assert lines[-1].endswith(" 0.0 minutes left")


class Killed(BaseException):
    pass


@pytest.mark.parametrize("towers", ["image", "both"])
def test_a_killed_run_goes_on_to_the_same_model(
    finetune: Finetune, split_model: Path, monkeypatch: pytest.MonkeyPatch, towers: str
) -> None:
    straight = finetune(split_model, "straight", towers=towers, patience=0)()
    run = Trainer.run

    def killed(self: Trainer, *_: object) -> None:
        def stop(step: int, loss: float) -> None:
            if step == 11:
                raise Killed

        run(self, stop)

    monkeypatch.setattr(Trainer, "run", killed)
    with pytest.raises(Killed):
        finetune(split_model, "parts", towers=towers, patience=0)()
    steps: list[int] = []
    monkeypatch.setattr(Trainer, "run", lambda self, *_: run(self, lambda step, loss: steps.append(step)))
    parts = finetune(split_model, "parts", towers=towers, patience=0)()
    assert 1 < steps[0] <= 11  # not from the beginning
    assert parts.fingerprint == straight.fingerprint
    assert parts.after == straight.after


def test_what_a_killed_run_left_half_written_is_swept_away(
    finetune: Finetune, split_model: Path, tmp_path: Path
) -> None:
    left = tmp_path / ".tuned.new"
    left.mkdir()
    (left / "image.safetensors").write_bytes(b"cut off")
    finetune(split_model)()
    assert not left.exists()
    assert (tmp_path / "tuned" / "README.md").is_file()


def test_pictures_are_read_once(finetune: Finetune, split_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finetune(split_model)
    monkeypatch.setattr(shop_pictures, "square", lambda *_: pytest.fail("a picture was read again"))
    finetune(split_model, seed=1)


def test_an_outage_of_a_remote_source_is_not_kept(
    finetune: Finetune, split_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = shop_pictures.square
    reads = 0

    def out_of_reach(image: Image.Image, *rest: object) -> Image.Image:
        if image.getpixel((24, 23)) == (0, 0, 0):
            raise OSError("no route")
        return usual(image, *rest)  # type: ignore[arg-type]

    def counted(image: Image.Image, *rest: object) -> Image.Image:
        nonlocal reads
        reads += 1
        return usual(image, *rest)  # type: ignore[arg-type]

    printed = Console(file=io.StringIO())
    monkeypatch.setattr(shop_pictures, "square", out_of_reach)
    finetune(split_model, remote=True, console=printed)
    text = printed.file.getvalue()  # type: ignore[attr-defined]
    assert "no picture of p5: no route" in text
    assert "and 7 others" in text
    monkeypatch.setattr(shop_pictures, "square", counted)
    finetune(split_model, remote=True)
    assert reads == 60
    finetune(split_model, remote=True)
    assert reads == 60  # all were there, so they are kept


def test_a_changed_file_of_a_folder_is_another_source(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "0.jpg").write_bytes(jpeg(0))
    (tmp_path / "feed.csv").write_text("id,title,image_url\np0,mug,0.jpg\np1,lamp,1.jpg\n")

    def identity() -> str:
        photos = tmp_path / "photos"
        return from_feed(tmp_path / "feed.csv", FeedOptions(), photos, DirectorySource(photos)).identity

    first = identity()
    assert identity() == first
    (tmp_path / "photos" / "0.jpg").write_bytes(jpeg(1) + b" ")
    second = identity()
    os.utime(tmp_path / "photos" / "0.jpg", ns=(0, 0))
    assert len({first, second, identity()}) == 3


def test_a_second_run_in_the_same_place_is_refused(tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "models" / "shop"
    with sole_run(work, out):
        with pytest.raises(TrainingRefused, match="another --work"), sole_run(work, tmp_path / "other"):
            pass
        with pytest.raises(TrainingRefused, match="another --out"), sole_run(tmp_path / "elsewhere", out):
            pass
        with sole_run(tmp_path / "elsewhere", tmp_path / "other"):
            pass
    with sole_run(work, out):
        pass
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_plan_of_another_version_is_refused(
    finetune: Finetune, split_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(self: Trainer, *_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "run", killed)
        with pytest.raises(Killed):
            finetune(split_model)()
    (left,) = (tmp_path / "work").glob("run-*/plan.json")
    left.write_text('{"steps": 3, "momentum": 0.9}')
    with pytest.raises(TrainingRefused, match=f"delete {left.parent} to begin anew"):
        finetune(split_model)()


def test_without_a_feed_it_starts_from_the_model_that_serves(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/shop.db", clip_model="models/base")
    assert served_model(settings).model == "models/base"
    with open_database(settings) as database, database.writing() as db:
        ModelRepository(db).activate(
            ModelChoice("models/shop", None, Fingerprint("b" * 16)),
            ModelChoice("models/base", None, Fingerprint("a" * 16)),
        )
    assert served_model(settings).model == "models/shop"


def test_a_plan_for_little_time_ends_in_it() -> None:
    steps, evaluations = steps_in(600.0, 1.0, 2.0)
    assert 0.8 * 600 < steps + (evaluations + 1) * 2.0 <= 600
    assert steps_in(60.0, 0.5, 10.0)[1] == 3
    with pytest.raises(TrainingRefused, match="too little by"):
        steps_in(20.0, 1.0, 2.0)


def test_little_time_means_fewer_steps(
    finetune: Finetune, split_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "steps_in", lambda *_: (12, 3))
    result = finetune(split_model, epochs=9000.0, max_minutes=1.0, patience=0)()
    assert [row["step"] for row in result.outcome.curve] == [0, 4, 8, 12]
    assert '"steps": 12' in (tmp_path / "tuned" / "README.md").read_text()


def test_clicked_queries_train(finetune: Finetune, split_model: Path) -> None:
    everyone = {product(number).id: ["something nice"] * 2 for number in range(60)}
    without, with_clicks = (finetune(split_model, out, clicks=c)() for out, c in (("a", {}), ("b", everyone)))
    assert with_clicks.fingerprint != without.fingerprint
    assert "| click pairs | 66 |" in (with_clicks.out / "README.md").read_text()
    with pytest.raises(TrainingRefused, match="clicked"):
        finetune(split_model, "c", clicks={"elsewhere": ["x"]})


def test_unreadable_pictures_are_left_out_and_counted(
    finetune: Finetune, split_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = shop_pictures.square

    def some(image: Image.Image, *rest: object) -> Image.Image:
        if image.getpixel((24, 23)) == (0, 0, 0):
            raise OSError("damaged")
        return usual(image, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(shop_pictures, "square", some)
    result = finetune(split_model)()
    assert result.skipped == 10  # the black ones
    assert len(result.split.train) + len(result.split.validation) + len(result.split.test) == 50


def test_bad_input_is_refused(finetune: Finetune, split_model: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="no product has a picture"):
        finetune(split_model, products=[])
    with pytest.raises(TrainingRefused, match="too few"):
        finetune(split_model, products=[product(number) for number in range(20)])
    same = [replace(product(number), item_group="one") for number in range(60)]
    with pytest.raises(TrainingRefused, match="share too many"):
        finetune(split_model, products=same)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.jpg").write_bytes(b"dear to somebody")
    with pytest.raises(TrainingRefused, match="isn't empty"):
        finetune(split_model, "full")
    assert (tmp_path / "full" / "photo.jpg").read_bytes() == b"dear to somebody"


def test_a_model_without_an_image_tower_is_refused(split_model: Path, tmp_path: Path, finetune: Finetune) -> None:
    for path in split_model.iterdir():
        (tmp_path / "text").mkdir(exist_ok=True)
        (tmp_path / "text" / path.name).write_bytes(path.read_bytes())
    config = json.loads((split_model / "open_clip_config.json").read_text())
    del config["model_cfg"]["vision_cfg"]
    (tmp_path / "text" / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(TrainingRefused, match="no image tower"):
        finetune(tmp_path / "text")


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks for what this machine lacks")
def test_a_missing_device_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="no CUDA device"):
        pick_device("cuda")
    assert pick_device(Options().device) == "cpu"


def test_the_command_reads_a_feed_and_a_tar(
    split_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    products = [product(number) for number in range(60)]
    header = "id,name,image_url,brand,colour,category,season\n"
    lines = [
        f"{p.id},{p.title},{p.picture},{p.brand},{p.colour},{p.category},{p.attributes['season']}\n" for p in products
    ]
    (tmp_path / "feed.csv").write_text(header + "".join(lines) + "p60,no picture,,,,,\np61,missing,none.jpg,,,,\n")
    with tarfile.open(tmp_path / "photos.tar", "w") as tar:
        for number in range(60):
            member = tarfile.TarInfo(f"{number}.jpg")
            member.size = len(jpeg(number))
            tar.addfile(member, io.BytesIO(jpeg(number)))
    command = [
        *("--catalogue", "feed.csv", "--images", "photos.tar", "--model", str(split_model), "--out", "out/tuned"),
        *("--epochs", "6", "--batch", "16", "--validation-share", "0.2", "--device", "cpu", "--map", "title=name"),
    ]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "1 pictures couldn't be read" in done.output
    assert "title → image R@10" in done.output
    tuned = load_encoder(EncoderSpec("out/tuned", engine="torch"))
    assert tuned.fingerprint in done.output
    again = CliRunner().invoke(app, command, catch_exceptions=False)
    assert again.exit_code == 1
    assert "isn't empty" in again.output
    nowhere = CliRunner().invoke(app, ["--catalogue", "feed.csv", "--out", "other"], catch_exceptions=False)
    assert nowhere.exit_code == 1
    assert "--images" in nowhere.output


def test_the_command_refuses_weights_without_an_architecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["--pretrained", "openai", "--out", "tuned"], catch_exceptions=False)
    assert done.exit_code == 1
    assert "name it with --model" in done.output
    assert list(tmp_path.iterdir()) == []
