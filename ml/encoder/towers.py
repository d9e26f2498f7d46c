"""Torch modules for the two towers in the form that serving runs: token ids or pixels in, features out."""

from __future__ import annotations

from typing import Any

import torch

from ml.encoder.reference import Reference, first

from open_clip.transformer import TextTransformer, text_global_pool  # isort: skip - after the torchvision shim

EXACT = 1e-5
"""Largest difference between an embedding with its padding cut and one with all of it."""

_PROBES = ("red shoe", "a", "waterproof walking boots for women, brown leather, size 39, with a removable insole")


class WholeTower(torch.nn.Module):
    """A tower as open_clip runs it."""

    def __init__(self, tower: torch.nn.Module) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Ids (n, context length) or pixels (n, 3, h, w) to features (n, d)."""
        return first(self.tower(batch))


class CausalText(torch.nn.Module):
    """A causal text tower that takes rows shorter than its context.

    In a causal tower no token sees a later one, and the embedding is read at the end token, so what follows that
    token can be left out. open_clip's own forward insists on the full length; this is the same computation on the
    first n positions.
    """

    def __init__(self, tower: Any) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Ids (n, length <= context length) to features (n, d)."""
        tower, length = self.tower, ids.shape[1]
        x = tower.token_embedding(ids) + tower.positional_embedding[:length]  # (n, length, width)
        x = tower.ln_final(tower.transformer(x, attn_mask=tower.attn_mask[:length, :length]))
        x = text_global_pool(x, ids, tower.pool_type, eos_token_id=tower.eos_id)  # (n, width)
        projection = tower.text_projection
        if projection is None:
            return first(x)
        return first(projection(x) if isinstance(projection, torch.nn.Linear) else x @ projection)


def text_module(reference: Reference, pad_id: int) -> tuple[torch.nn.Module, bool]:
    """Choose how the text tower is run.

    Returns:
        The module, and whether its rows may be shorter than the context length. They may for a causal tower and for
        one that masks its padding, if cutting was also seen to change nothing; not for one that reads the last
        position (SigLIP) or lets padding take part.
    """
    text: Any = reference.text
    candidate: torch.nn.Module | None
    if isinstance(text, TextTransformer):
        causal = text.attn_mask is not None and text.cls_emb is None and text.pool_type in {"argmax", "eos"}
        candidate = CausalText(text) if causal else None
    else:
        candidate = WholeTower(text)  # transformers' towers mask their padding
    if candidate is not None and _cut_is_exact(reference, candidate, pad_id):
        return candidate.eval(), True
    return WholeTower(text).eval(), False


def _cut_is_exact(reference: Reference, module: torch.nn.Module, pad_id: int) -> bool:
    ids = reference.tokenizer(list(_PROBES))
    with torch.inference_mode():
        padded = torch.nn.functional.normalize(first(reference.text(ids)), dim=-1)
        for row, full in zip(ids, padded, strict=True):
            used = int((row != pad_id).nonzero().max()) + 1
            cut = torch.nn.functional.normalize(module(row[None, :used]), dim=-1)[0]
            if not bool((cut - full).abs().max() <= EXACT):
                return False
    return True
