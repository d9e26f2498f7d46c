"""Attention of open_clip's blocks in as few steps as it needs, for graphs.

Whenever rows have another length than those before, an engine looks at each step again. Queries differ in length, and
for one of them that took a quarter as long as the computation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeGuard

import torch

from ml.encoder.torchvision_shim import ensure_torchvision

ensure_torchvision()  # before open_clip, which imports it: hence E402 below

from open_clip.transformer import ResidualAttentionBlock  # noqa: E402


class SelfAttention(torch.nn.Module):
    """What `torch.nn.MultiheadAttention` computes of a sequence and itself, to the same bits.

    Torch's own turns the sequence around and divides query, key and value before it divides heads: 17 operations of a
    layer that move nothing but numbers. Here heads of all three are divided at once, and turned where they are used.
    """

    def __init__(self, attention: torch.nn.MultiheadAttention) -> None:
        """Share the weights of an attention that `is_plain` accepts."""
        super().__init__()
        self.heads = attention.num_heads
        self.proj = torch.nn.Linear(attention.embed_dim, 3 * attention.embed_dim, device="meta")
        self.proj.weight, self.proj.bias = attention.in_proj_weight, attention.in_proj_bias
        self.out = attention.out_proj

    def forward(
        self,
        x: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        *,
        need_weights: bool,
        attn_mask: torch.Tensor | None,
    ) -> tuple[torch.Tensor, None]:
        """Attend a sequence (n, length, width) to itself, under a mask that is added (length, length).

        Raises:
            ValueError: it should attend to another one, or say how.
        """
        if key is not x or value is not x or need_weights:
            raise ValueError("this attends a sequence to itself, and has no weights to show")
        rows, length, width = x.shape
        every = self.proj(x).reshape(rows, length, 3 * self.heads, width // self.heads)
        q, k, v = (part.transpose(1, 2) for part in every.split(self.heads, 2))  # (n, heads, length, width / heads)
        heads = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=attn_mask)
        return self.out(heads.transpose(1, 2).reshape(rows, length, width)), None


@contextmanager
def in_few_steps(module: torch.nn.Module) -> Iterator[None]:
    """Let the blocks of a module attend in few steps until the end of the `with`."""
    blocks = [part for part in module.modules() if type(part) is ResidualAttentionBlock]
    own = [(block, attention) for block in blocks if is_plain(attention := block.attn)]
    try:
        for block, attention in own:
            block.attn = SelfAttention(attention).eval()
        yield
    finally:
        for block, attention in own:
            block.attn = attention


def is_plain(attention: object) -> TypeGuard[torch.nn.MultiheadAttention]:
    """Whether `SelfAttention` can stand for it, while nothing is trained."""
    return (
        type(attention) is torch.nn.MultiheadAttention
        and attention.batch_first
        and not attention.training
        and attention.in_proj_weight is not None
        and attention.in_proj_bias is not None
        and attention.bias_k is None
        and not attention.add_zero_attn
    )
