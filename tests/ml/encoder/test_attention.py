"""The attention that graphs are made of, beside torch's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
import torch

from ml.encoder.attention import SelfAttention, in_few_steps, is_plain
from ml.encoder.openvino_engine import OpenVinoTower
from ml.encoder.reference import Reference, load_reference
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec, Precision
from ml.encoder.towers import text_module
from ml.encoder.trace import _write, write_text_graphs

ROWS, LENGTH, WIDTH, HEADS = 3, 7, 64, 4


@pytest.fixture(scope="module")
def reference(small_model: Path) -> Reference:
    return load_reference(find_source(EncoderSpec(str(small_model))))


@pytest.fixture
def attention() -> torch.nn.MultiheadAttention:
    torch.manual_seed(0)
    made = torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True).eval()
    torch.nn.init.normal_(made.in_proj_bias)
    torch.nn.init.normal_(made.out_proj.bias)
    return made


def test_it_attends_as_torch_does(attention: torch.nn.MultiheadAttention) -> None:
    x = torch.randn(ROWS, LENGTH, WIDTH)
    mask = torch.full((LENGTH, LENGTH), float("-inf")).triu(1)
    with torch.inference_mode():
        expected, _ = attention(x, x, x, need_weights=False, attn_mask=mask)
        found, weights = SelfAttention(attention)(x, x, x, need_weights=False, attn_mask=mask)
    assert weights is None
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_it_attends_to_nothing_else(attention: torch.nn.MultiheadAttention) -> None:
    x = torch.randn(ROWS, LENGTH, WIDTH)
    with pytest.raises(ValueError, match="itself"):
        SelfAttention(attention)(x, x.clone(), x, need_weights=False, attn_mask=None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.nn.MultiheadAttention(WIDTH, HEADS),
        lambda: torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, kdim=8),
        lambda: torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, bias=False),
        lambda: torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, add_bias_kv=True),
        lambda: torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, add_zero_attn=True),
        lambda: torch.nn.Linear(WIDTH, WIDTH),
    ],
)
def test_it_stands_for_no_other_kind(make: Callable[[], torch.nn.Module]) -> None:
    assert not is_plain(make().eval())


def test_it_stands_for_none_that_is_trained(attention: torch.nn.MultiheadAttention) -> None:
    assert is_plain(attention)
    assert not is_plain(attention.train())


def test_blocks_have_their_own_attention_again(reference: Reference) -> None:
    module, _ = text_module(reference, pad_id=0)
    own = _attentions(module)
    assert own
    with in_few_steps(module):
        assert not _attentions(module)
    assert _attentions(module) == own


def test_blocks_have_their_own_attention_after_a_failure(reference: Reference) -> None:
    module, _ = text_module(reference, pad_id=0)
    own = _attentions(module)
    with pytest.raises(AttributeError), in_few_steps(module):
        module("not a tensor")
    assert _attentions(module) == own


def test_a_graph_in_few_steps_computes_the_same_bits(reference: Reference, tmp_path: Path) -> None:
    module, _ = text_module(reference, pad_id=0)
    example = reference.tokenizer(["red shoe", "brown leather boots"])[:, :6]
    few, many = ((tmp_path / f"{kind}-fp32.xml", tmp_path / f"{kind}-int8.xml") for kind in ("few", "many"))
    write_text_graphs(module, example, any_length=True, paths=few)
    _write(module, example, ov.PartialShape([-1, -1]), many)
    core, rng = ov.Core(), np.random.default_rng(0)
    pairs: list[tuple[Precision, Path, Path]] = [("fp32", few[0], many[0]), ("int8", few[1], many[1])]
    for precision, short, long in pairs:
        assert len(core.read_model(short).get_ops()) < 0.8 * len(core.read_model(long).get_ops())
        ours, theirs = (OpenVinoTower(core, path, precision, 1) for path in (short, long))
        for length, rows in ((4, 1), (8, 3), (10, 8), (24, 1)):
            ids = rng.integers(1000, 40_000, (rows, length)).astype(np.int64)
            ids[:, 0], ids[:, -1] = 49406, 49407
            np.testing.assert_array_equal(ours(ids), theirs(ids))


def _attentions(module: torch.nn.Module) -> list[torch.nn.MultiheadAttention]:
    return [part for part in module.modules() if isinstance(part, torch.nn.MultiheadAttention)]
