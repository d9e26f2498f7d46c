"""Runs a model in torch itself: for machines with a CUDA device, and as the reference elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ml.encoder.dual import DualEncoder, ImageTower
from ml.encoder.fingerprint import fingerprint_of
from ml.encoder.reference import image_settings, load_reference
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec
from ml.encoder.token_export import export_tokenizer, pad_token
from ml.encoder.towers import WholeTower, text_module

ROWS = {"cuda": 32, "cpu": 1}
"""Rows of every run, filled up where there are fewer. Matrix libraries choose their kernel by the number of rows, and
two kernels add in different orders: a text keeps its bits in any company only if that number never changes."""


class TorchTower:
    """One tower on one device, always run with the same number of rows."""

    def __init__(self, module: torch.nn.Module, device: torch.device) -> None:
        self._module = module.to(device)
        self._device = device
        self.rows = ROWS[device.type]

    def __call__(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        """Run at most `rows` rows."""
        filled = np.concatenate([batch, np.repeat(batch[-1:], self.rows - len(batch), axis=0)])
        rows = torch.from_numpy(filled).to(self._device)
        with (
            torch.inference_mode(),
            torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"),
        ):
            features = self._module(rows)
        result: NDArray[np.float32] = features.float().cpu().numpy()[: len(batch)]
        return result


def load(spec: EncoderSpec) -> DualEncoder:
    """Load the model of `spec` on the CUDA device in bf16, or on the CPU in fp32.

    `spec.threads` sets torch's threads for the whole process, since torch knows no others.

    Raises:
        ModelNotFound: the model can't be found or read.
        ExportRejected: its tokenizer isn't supported.
    """
    source = find_source(spec)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if spec.threads:
        torch.set_num_threads(spec.threads)
    reference = load_reference(source)
    text, cut_padding = text_module(reference, pad_token(reference.tokenizer))
    tokenizer = export_tokenizer(reference.tokenizer, cut_padding=cut_padding)
    settings = image_settings(reference)
    # before the weights move to the device
    fingerprint = fingerprint_of(reference, tokenizer, settings)
    text_tower = TorchTower(text, device)
    image_tower = None
    if reference.visual is not None and settings is not None:
        tower = TorchTower(WholeTower(reference.visual).eval(), device)
        image_tower = ImageTower(tower, settings, tower.rows)
    return DualEncoder(
        fingerprint=fingerprint,
        name=source.name,
        engine=f"torch-{'bf16-cuda' if device.type == 'cuda' else 'fp32'}",
        dimension=reference.config["embed_dim"],
        tokenizer=tokenizer,
        text_tower=text_tower,
        text_rows=text_tower.rows,
        image_tower=image_tower,
    )
