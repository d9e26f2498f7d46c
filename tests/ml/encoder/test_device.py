from __future__ import annotations

from pathlib import Path

import pytest

from ml.encoder.device import pick_engine, pick_precision


@pytest.mark.parametrize(
    ("flags", "expected"), [("fpu amx_bf16 amx_tile", "bf16"), ("fpu avx512_bf16", "int8"), ("amx_bf16x", "int8")]
)
def test_auto_takes_bf16_only_where_it_is_fast(tmp_path: Path, flags: str, expected: str) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: {flags}\n")
    assert pick_precision("auto", tmp_path / "cpuinfo") == expected
    assert pick_precision("auto", tmp_path / "none") == "int8"
    assert pick_precision("fp32", tmp_path / "cpuinfo") == "fp32"


def test_a_named_engine_is_taken_as_it_is() -> None:
    assert pick_engine("torch") == "torch"
    assert pick_engine("openvino") == "openvino"
