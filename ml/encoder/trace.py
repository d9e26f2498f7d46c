"""Torch modules to OpenVINO graph files."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import nncf
import openvino as ov
import torch

from ml.encoder.attention import in_few_steps


def write_text_graphs(
    module: torch.nn.Module, ids: torch.Tensor, *, any_length: bool, paths: tuple[Path, Path]
) -> None:
    """Write a text tower's fp32 and int8 graphs.

    Args:
        module: ids (n, length) to features (n, d).
        ids: example rows.
        any_length: whether the second dimension may vary.
        paths: of the fp32 and of the int8 graph.
    """
    with in_few_steps(module):
        _write(module, ids, ov.PartialShape([-1, -1 if any_length else ids.shape[1]]), paths)


def write_image_graphs(module: torch.nn.Module, pixels: torch.Tensor, *, paths: tuple[Path, Path]) -> None:
    """Write an image tower's fp32 and int8 graphs.

    Args:
        module: pixels (n, 3, h, w) to features (n, d).
        pixels: example batch.
        paths: of the fp32 and of the int8 graph.
    """
    _write(module, pixels, ov.PartialShape([-1, *pixels.shape[1:]]), paths)


def _write(module: torch.nn.Module, example: torch.Tensor, shape: ov.PartialShape, paths: tuple[Path, Path]) -> None:
    torch.backends.mha.set_fastpath_enabled(False)  # the fused operator can't be converted
    logging.getLogger("nncf").setLevel(logging.ERROR)  # its own function also sets the handlers that others gave it
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of every Python branch; the comparison afterwards decides
        graph = ov.convert_model(module, example_input=example, input=[shape])
        ov.save_model(graph, paths[0], compress_to_fp16=False)
        # Only weights are rounded, channel by channel; it needs no calibration data.
        ov.save_model(
            nncf.compress_weights(graph, mode=nncf.CompressWeightsMode.INT8_ASYM), paths[1], compress_to_fp16=False
        )
