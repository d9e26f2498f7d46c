"""What the benchmark of search by picture compares."""

from __future__ import annotations

import pytest

from ml.encoder.fake import FakeEncoder
from scripts.benchmark_image import refuse_other_engine
from scripts.console import UsageError


def test_times_of_another_engine_or_precision_are_not_compared() -> None:
    encoder = FakeEncoder()
    serving = {"name": encoder.name, "engine": encoder.engine, "fingerprint": encoder.fingerprint}
    refuse_other_engine(encoder, serving)
    for name in serving:
        with pytest.raises(UsageError, match="can't be compared"):
            refuse_other_engine(encoder, {**serving, name: "another"})
