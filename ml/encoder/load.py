"""Picks and loads the engine that an `EncoderSpec` asks for."""

from __future__ import annotations

from importlib import import_module

from ml.encoder.base import Encoder
from ml.encoder.device import pick_engine
from ml.encoder.prepare import prepare_encoder
from ml.encoder.spec import EncoderSpec

__all__ = ["EncoderSpec", "load_encoder", "prepare_encoder"]

_MODULES = {"openvino": "ml.encoder.openvino_engine", "torch": "ml.encoder.torch_engine"}


def load_encoder(spec: EncoderSpec) -> Encoder:
    """Prepare and load the encoder that `spec` names.

    Raises:
        ModelNotFound: the model can't be found or read.
        ExportRejected: its exported graph doesn't agree with torch.
    """
    prepare_encoder(spec)
    # By name, so that only the torch engine ever brings torch into the process (seconds and a gigabyte).
    engine = import_module(_MODULES[pick_engine(spec.engine)])
    encoder: Encoder = engine.load(spec)
    return encoder
