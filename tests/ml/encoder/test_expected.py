"""What an export says of its encoder before it is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ml.encoder.expected import expected_encoder
from ml.encoder.load import EncoderSpec, load_encoder


@pytest.mark.parametrize("spec", ["default_spec", "split_spec"])
def test_it_is_what_is_loaded(spec: str, request: pytest.FixtureRequest) -> None:
    named: EncoderSpec = request.getfixturevalue(spec)
    expected, encoder = expected_encoder(named), load_encoder(replace(named, threads=1))
    assert expected is not None
    assert (expected.fingerprint, expected.dimension, expected.has_image_tower) == (
        encoder.fingerprint, encoder.dimension, encoder.has_image_tower,
    )  # fmt: skip


def test_nothing_is_expected_of_what_nobody_has_exported(default_spec: EncoderSpec, tmp_path: Path) -> None:
    assert expected_encoder(replace(default_spec, cache_dir=tmp_path)) is None
    assert expected_encoder(replace(default_spec, model=str(tmp_path / "none"))) is None
    assert expected_encoder(replace(default_spec, engine="torch")) is None
