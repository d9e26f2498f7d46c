"""What an encoder is going to be, said by its export before anything is loaded or checked."""

from __future__ import annotations

from dataclasses import dataclass

from ml.encoder.cache import cache_entry
from ml.encoder.device import pick_engine
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec
from ml.errors import ModelNotFound
from ml.types import Fingerprint


@dataclass(frozen=True, slots=True)
class ExpectedEncoder:
    """What of an `Encoder` decides which vectors belong to it."""

    fingerprint: Fingerprint
    dimension: int
    has_image_tower: bool


def expected_encoder(spec: EncoderSpec) -> ExpectedEncoder | None:
    """Return what `load_encoder` will most likely load, so that other work can begin beside it.

    Only what it then has loaded is to be believed: the model's files may have changed since it was exported.

    Returns:
        None when nothing is known: no export, no model, or an engine that needs none.
    """
    if pick_engine(spec.engine) != "openvino":
        return None
    try:
        manifest = cache_entry(spec.cache_dir, find_source(spec)).read_manifest()
    except ModelNotFound:
        return None
    if manifest is None:
        return None
    return ExpectedEncoder(Fingerprint(manifest.fingerprint), manifest.dimension, manifest.image is not None)
