"""Names an embedding space by everything that decides where a text or an image lands in it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import torch

from ml.encoder.manifest import ImageSettings
from ml.encoder.reference import Reference
from ml.encoder.tokens import TextTokenizer
from ml.types import Fingerprint

_UNSTABLE = {"hf_model_name", "hf_tokenizer_name", "hf_model_pretrained", "timm_model_pretrained"}
"""Say where parts were fetched from, not what they compute."""

_HF_KEYS = (
    "model_type", "hidden_act", "hidden_size", "intermediate_size", "layer_norm_eps", "max_position_embeddings",
    "num_attention_heads", "num_hidden_layers", "pad_token_id", "type_vocab_size", "vocab_size",
)  # fmt: skip

_SAMPLES = (
    "Men's running shoes, size 42½, black/red",
    "  Ünïcödé — “quotes” &amp; entities ",
    "价格 ¥1,299 防水",
    "<end_of_text>",
    "\ufb01ne \uff26\uff35\uff2c\uff2c ²³",
    "кроссовки",
    "USB-C™ 3.1 (10 Gb/s)",
    "",
)
"""Show what cleaning and splitting do. Changing them changes every fingerprint."""


def fingerprint_of(reference: Reference, tokenizer: TextTokenizer, image: ImageSettings | None) -> Fingerprint:
    """Hash architecture, weights, tokenizer, preprocessing, context length and normalisation to 16 hex digits.

    Engine and precision stay out on purpose: they are roundings of one space (an export is accepted only within a
    cosine of that space), so a shop may embed its catalogue at bf16, answer queries at int8 and switch engines
    without embedding anything again. The export's manifest records them.

    Weights are hashed as fp32 tensors by name, so the same model saved in another file format keeps its fingerprint.
    The tokenizer counts by vocabulary and by what it does to a few texts, because its file's layout changes with the
    library that writes it.
    """
    settings = tokenizer.settings.model_dump(exclude={"cut_padding"})
    parts = {
        "architecture": _without(reference.config, _UNSTABLE),
        "transformer": _transformer(reference.text),
        "text": weights_hash(reference.text),
        "image": weights_hash(reference.visual) if reference.visual is not None else None,
        "tokens": settings,
        "vocabulary": _digest(sorted(tokenizer.vocabulary().items())),
        "samples": tokenizer.encode(_SAMPLES),
        "pixels": image.model_dump() if image else None,
        "normalisation": "l2",
    }
    return Fingerprint(_digest(parts)[:16])


def weights_hash(tower: torch.nn.Module) -> str:
    """SHA-256 over a tower's parameters and saved buffers."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tower.state_dict().items()):
        digest.update(f"{name}{tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().to(torch.float32).contiguous().numpy().tobytes())
    return digest.hexdigest()


def _transformer(text: Any) -> dict[str, Any] | None:
    config = getattr(text, "config", None)
    return {key: getattr(config, key, None) for key in _HF_KEYS} if config is not None else None


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, names) for key, item in value.items() if key not in names}
    return value


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
