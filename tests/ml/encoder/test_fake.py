from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ml.encoder.base import Encoder
from ml.encoder.fake import FakeEncoder
from tests.contracts.encoder import EncoderContract


class TestFakeEncoder(EncoderContract):
    @pytest.fixture(params=[False, True], ids=["texts", "images"])
    def encoder(self, request: pytest.FixtureRequest) -> Encoder:
        return FakeEncoder(image_tower=request.param)


def test_shared_words_score_higher() -> None:
    encoder = FakeEncoder()
    query, close, far = encoder.encode_texts(["red leather shoes", "leather shoes", "coffee grinder"])
    assert query @ close > 0.5 > query @ far


def test_an_image_is_found_by_its_colour() -> None:
    encoder = FakeEncoder(image_tower=True)
    image = encoder.encode_images([Image.new("RGB", (20, 20), (210, 30, 30))])
    np.testing.assert_array_equal(image, encoder.encode_texts(["Red"]))


def test_two_fakes_agree() -> None:
    np.testing.assert_array_equal(FakeEncoder().encode_texts(["a b"]), FakeEncoder().encode_texts(["a b"]))
    assert FakeEncoder(32).fingerprint != FakeEncoder(64).fingerprint
