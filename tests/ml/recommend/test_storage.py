from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from ml.errors import RecommenderDamaged
from ml.recommend.model import CollaborativeModel
from ml.recommend.recommender import Recommender
from ml.recommend.signals import History
from ml.recommend.storage import ModelManifest, load_model, save_model
from ml.recommend.weights import load_weights
from ml.types import Fingerprint, ProductId
from tests.ml.recommend.shop import campers, model_of, row


def save(folder: Path, model: CollaborativeModel) -> ModelManifest:
    return save_model(folder, model, fingerprint=Fingerprint("0" * 16), catalogue_version=7, trained_to=90)


def scores(model: CollaborativeModel) -> bytes:
    found = Recommender(model, load_weights()).score_all(History.of_rows([row("red tent"), row("blue lamp")]), None)
    return found.tobytes()


def test_a_loaded_model_scores_alike(tmp_path: Path) -> None:
    model = model_of(campers())
    written = save(tmp_path, model)
    loaded, manifest = load_model(tmp_path)
    assert manifest == written
    assert (manifest.catalogue_version, manifest.trained_to, manifest.events) == (7, 90, 50)
    assert loaded.product_ids == model.product_ids
    assert loaded.row_of == model.row_of
    assert scores(loaded) == scores(model)
    assert loaded.complements.rows.tolist() == model.complements.rows.tolist()


def test_the_version_is_of_the_contents(tmp_path: Path) -> None:
    acts = campers()
    first = save(tmp_path, model_of(acts)).version
    random.Random(0).shuffle(acts)
    assert save(tmp_path, model_of(acts)).version == first
    assert save(tmp_path, model_of(acts[:-3])).version != first
    assert len(list(tmp_path.glob("snapshot-*"))) == 1
    assert load_model(tmp_path)[1].version != first


def test_who_has_an_older_model_open_keeps_it(tmp_path: Path) -> None:
    save(tmp_path, model_of(campers()))
    loaded, _ = load_model(tmp_path)
    expected = scores(loaded)
    save(tmp_path, model_of(campers()[:10]))
    assert scores(loaded) == expected
    assert scores(load_model(tmp_path)[0]) != expected


def test_no_changed_byte_goes_unseen(tmp_path: Path) -> None:
    save(tmp_path, model_of(campers()))
    expected = scores(load_model(tmp_path)[0])
    files = [tmp_path / "CURRENT", *next(tmp_path.glob("snapshot-*")).iterdir()]
    assert len(files) == 15
    for path in files:
        content = path.read_bytes()
        for changed in (content[:-1], content[: len(content) // 2] + b"\x01\x02" + content[len(content) // 2 + 2 :]):
            path.write_bytes(changed)
            with pytest.raises(RecommenderDamaged):
                load_model(tmp_path)
        path.unlink()
        with pytest.raises(RecommenderDamaged):
            load_model(tmp_path)
        path.write_bytes(content)
    assert scores(load_model(tmp_path)[0]) == expected
    with pytest.raises(RecommenderDamaged, match="holds no"):
        load_model(tmp_path / "nothing")


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    save(tmp_path, model_of(campers()))
    model = model_of(campers()[:10])
    spaced = CollaborativeModel.assemble(
        [ProductId("a b"), *model.product_ids[1:]],
        alike=model.alike,
        transitions=model.transitions,
        complements=model.complements,
        popularity=model.popularity,
        events=model.events,
    )
    with pytest.raises(ValueError, match="white space"):
        save(tmp_path, spaced)
    assert load_model(tmp_path)[1].events == 50


def test_parts_of_different_catalogues_are_no_model() -> None:
    model = model_of(campers())
    for ids, popularity in (
        (model.product_ids[:-1], model.popularity),
        (model.product_ids, model.popularity[:-1]),
        ((*model.product_ids[:-1], model.product_ids[0]), model.popularity),
        (model.product_ids, model.popularity - 100),
        (model.product_ids, np.full(20, np.nan, np.float32)),
    ):
        with pytest.raises(ValueError, match=r"same distinct products|0 or more"):
            CollaborativeModel.assemble(
                ids,
                alike=model.alike,
                transitions=model.transitions,
                complements=model.complements,
                popularity=popularity,
                events=1,
            )
