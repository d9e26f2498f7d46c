"""What an export says about itself: what serving needs, its checksums and how well it agrees with torch."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from ml.encoder.spec import Precision

FORMAT = 2
"""Raised when the exporter changes what it writes, so that older exports are made again."""

Cleaning: TypeAlias = Literal["lower", "whitespace", "canonicalize"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextSettings(_Frozen):
    """How a text becomes token ids.

    Attributes:
        clean: which of open_clip's cleanings comes first.
        split: regular expression of the words, for tokenizers that are fed words (CLIP's byte pairs); else None.
        start_id: put before the tokens, where the tokenizer file itself doesn't.
        end_id: put after the tokens, and kept when they are cut.
        strip_id: a token that the model wants replaced by 0.
        pad_id: fills a row up to its padded length.
        context_length: most tokens the model reads.
        cut_padding: whether a row may be shorter than the context length without changing the embedding.
    """

    clean: Cleaning
    split: str | None = None
    start_id: int | None = None
    end_id: int | None = None
    strip_id: int | None = None
    pad_id: int
    context_length: int
    cut_padding: bool


class ImageSettings(_Frozen):
    """How an image becomes pixels: open_clip's inference transform.

    Attributes:
        size: height and width that the tower reads.
        mean: subtracted from each channel of 0..1.
        std: divides each channel.
        interpolation: of the resize.
        resize_mode: which edge is fitted; `squash` ignores the aspect ratio.
        fill_color: 0..255, around an image that `longest` leaves smaller than the tower's input.
    """

    size: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: Literal["bicubic", "bilinear"]
    resize_mode: Literal["shortest", "longest", "squash"]
    fill_color: int = 0


class Agreement(_Frozen):
    """How one precision compares with torch fp32 on the probe set.

    Attributes:
        accepted: whether the cosines reach the precision's threshold.
        text_cosine: smallest over the probe texts.
        image_cosine: smallest over the probe images; None without an image tower.
        top20_overlap: mean share of each probe text's 20 nearest other probe texts that both agree on, 0..1.
        text_rows: most texts in one inference: 1 where this CPU's kernels let a batch change its rows.
        image_rows: the same for images.
    """

    accepted: bool
    text_cosine: float
    image_cosine: float | None
    top20_overlap: float
    text_rows: int
    image_rows: int


class Manifest(_Frozen):
    """One export; written last, so that what it names is complete.

    Attributes:
        format: `FORMAT` of the exporter.
        name: for status pages.
        model: as asked for; directories absolute.
        pretrained: as asked for; files absolute.
        sources: SHA-256 of every local file that the model was read from.
        fingerprint: of the embedding space.
        dimension: of an embedding.
        text: token settings.
        image: pixel settings; None without an image tower.
        directory: folder beside the manifest that holds `files`.
        files: SHA-256 by file name.
        agreement: by precision.
        versions: of the libraries that made it; another OpenVINO makes it again.
    """

    format: int
    name: str
    model: str
    pretrained: str | None
    sources: dict[str, str]
    fingerprint: str
    dimension: int
    text: TextSettings
    image: ImageSettings | None
    directory: str
    files: dict[str, str]
    agreement: dict[Precision, Agreement]
    versions: dict[str, str]


def graph_file(tower: Literal["text", "image"], precision: Precision) -> str:
    """File name of a tower's graph; fp32 and bf16 share one, since bf16 is a choice at run time."""
    return f"{tower}-{'int8' if precision == 'int8' else 'fp32'}.xml"
