"""Packs a sentence-transformers directory as the text side of an open_clip model.

``python -m ml.train.pack_text_tower --source DIR --out models/vitrine-minilm-l6``
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from ml.encoder.probes import probe_texts
from ml.encoder.reference import TEXT_WEIGHTS, load_reference
from ml.encoder.source import find_source, sha256_of
from ml.encoder.spec import EncoderSpec

CONTEXT_LENGTH = 256  # what sentence-transformers cuts this model's texts to
_DROPPED = ("pooler.", "embeddings.position_ids")  # a head that mean pooling doesn't use, and 0, 1, 2, ...
_KEPT_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
_KEPT_CONFIG = (
    "architectures", "attention_probs_dropout_prob", "hidden_act", "hidden_dropout_prob", "hidden_size",
    "initializer_range", "intermediate_size", "layer_norm_eps", "max_position_embeddings", "model_type",
    "num_attention_heads", "num_hidden_layers", "pad_token_id", "type_vocab_size", "vocab_size",
)  # fmt: skip


def pack(source: Path, out: Path) -> dict[str, Any]:
    """Write `source`'s text tower to `out`, its weights rounded to fp16.

    Returns:
        SHA-256 of source and packed weights, and the cosines between fp32 and fp16-rounded embeddings of the probe
        texts: ``cosine_min`` and ``cosine_mean``.
    """
    out.mkdir(parents=True, exist_ok=True)
    transformer = json.loads((source / "config.json").read_text(encoding="utf-8"))
    weights = {
        f"transformer.{name}": tensor.float().contiguous()
        for name, tensor in load_file(source / "model.safetensors").items()
        if not name.startswith(_DROPPED)
    }
    _write_json(out / "config.json", {key: transformer[key] for key in _KEPT_CONFIG})
    _write_json(out / "open_clip_config.json", _open_clip_config(transformer["hidden_size"]))
    for name in _KEPT_FILES:
        shutil.copyfile(source / name, out / name)
    save_file({name: tensor.half() for name, tensor in weights.items()}, out / TEXT_WEIGHTS)
    (out / TEXT_WEIGHTS).chmod(0o644)  # written for its owner alone, but it is published

    model = load_reference(find_source(EncoderSpec(str(out))))
    texts = probe_texts()
    rounded = model.encode_texts(texts)
    with torch.no_grad():
        model.text.load_state_dict(weights)
    cosines = np.sum(rounded.astype(np.float64) * model.encode_texts(texts), axis=1)
    return {
        "source_sha256": sha256_of(source / "model.safetensors"),
        "text_sha256": sha256_of(out / TEXT_WEIGHTS),
        "cosine_min": float(cosines.min()),
        "cosine_mean": float(cosines.mean()),
    }


def _open_clip_config(dimension: int) -> dict[str, Any]:
    return {
        "model_cfg": {
            "embed_dim": dimension,
            "custom_text": True,
            "text_cfg": {
                "context_length": CONTEXT_LENGTH,
                "hf_model_name": ".",  # the directory itself
                "hf_tokenizer_name": ".",
                "hf_model_pretrained": False,
                "hf_pooler_type": "mean_pooler",
                "hf_proj_type": None,
            },
        }
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Pack the directory named on the command line and print hashes and figures as JSON."""
    parser = argparse.ArgumentParser(description="Pack a sentence-transformers directory for open_clip.")
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    json.dump(pack(asked.source, asked.out), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
