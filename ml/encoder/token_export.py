"""Turns an open_clip tokenizer into a file and settings that serving reads without open_clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

from ml.encoder.manifest import Cleaning, TextSettings
from ml.encoder.tokens import TextTokenizer
from ml.errors import ExportRejected

from open_clip.tokenizer import HFTokenizer, SimpleTokenizer, get_clean_fn  # isort: skip - after the torchvision shim


def export_tokenizer(tokenizer: Any, *, cut_padding: bool) -> TextTokenizer:
    """Build the serving tokenizer that gives the same ids as open_clip's `tokenizer`.

    Raises:
        ExportRejected: the kind of tokenizer isn't supported.
    """
    if isinstance(tokenizer, SimpleTokenizer):
        return _byte_pairs(tokenizer, cut_padding)
    if isinstance(tokenizer, HFTokenizer) and not tokenizer.tokenizer_mode:
        return _transformers(tokenizer, cut_padding)
    raise ExportRejected(f"A tokenizer of kind {type(tokenizer).__name__} can't be served; choose another model.")


def check_tokenizer(served: TextTokenizer, reference: Any, texts: Sequence[str]) -> None:
    """Compare padded ids on `texts`.

    Raises:
        ExportRejected: they differ somewhere.
    """
    settings = served.settings
    expected = reference(list(texts)).tolist()
    for text, ids, row in zip(texts, served.encode(texts), expected, strict=True):
        if ids + [settings.pad_id] * (settings.context_length - len(ids)) != row:
            raise ExportRejected(f"The exported tokenizer reads {text[:80]!r} differently than open_clip's.")


def _byte_pairs(reference: SimpleTokenizer, cut_padding: bool) -> TextTokenizer:
    if reference.reduction_fn is not None:
        raise ExportRejected("A tokenizer that drops tokens at random can't be served.")
    merges = sorted(reference.bpe_ranks, key=reference.bpe_ranks.__getitem__)
    tokenizer = Tokenizer(
        models.BPE(vocab=dict(reference.encoder), merges=merges, end_of_word_suffix="</w>", fuse_unk=False)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    specials = [reference.decoder[token] for token in reference.all_special_ids]
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in specials])
    settings = TextSettings(
        clean=_cleaning(reference),
        split=reference.pat.pattern,
        start_id=reference.sot_token_id,
        end_id=reference.eot_token_id,
        pad_id=0,
        context_length=reference.context_length,
        cut_padding=cut_padding,
    )
    return TextTokenizer(tokenizer, settings)


def _transformers(reference: HFTokenizer, cut_padding: bool) -> TextTokenizer:
    backend = getattr(reference.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ExportRejected(
            "The model's tokenizer has no fast form in the tokenizers library, so it can't be served."
        )
    settings = TextSettings(
        clean=_cleaning(reference),
        strip_id=reference.tokenizer.sep_token_id if reference.strip_sep_token else None,
        pad_id=reference.tokenizer.pad_token_id,
        context_length=reference.context_length,
        cut_padding=cut_padding,
    )
    return TextTokenizer(Tokenizer.from_str(backend.to_str()), settings)


def _cleaning(reference: Any) -> Cleaning:
    names: tuple[Cleaning, ...] = ("lower", "whitespace", "canonicalize")
    for name in names:
        if reference.clean_fn is get_clean_fn(name):
            return name
    raise ExportRejected("The model's tokenizer cleans texts in a way that isn't known here.")


def pad_token(tokenizer: Any) -> int:
    """The id that open_clip's `tokenizer` fills rows with."""
    return tokenizer.tokenizer.pad_token_id if isinstance(tokenizer, HFTokenizer) else 0
