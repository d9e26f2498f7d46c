"""Which encoder to load and how to run it: plain data that settings fill in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Engine: TypeAlias = Literal["auto", "openvino", "torch"]
Precision: TypeAlias = Literal["int8", "bf16", "fp32"]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """Names a model and the engine that runs it.

    Attributes:
        model: an open_clip architecture, an ``hf-hub:`` name, or a directory (``local-dir:`` is optional).
        pretrained: for an architecture, its hub tag or a checkpoint file; None for the other two.
        engine: ``auto`` takes torch where a CUDA device is present, else OpenVINO.
        precision: what OpenVINO computes in; torch uses bf16 on CUDA and fp32 on a CPU whatever is said here.
        threads: threads of one inference; 0 leaves the number to the engine (all cores).
        cache_dir: where exported graphs are kept; safe to delete, it fills again.
        image_threads: threads of one inference of OpenVINO's image tower; 0 takes `threads`.
    """

    model: str
    pretrained: str | None = None
    engine: Engine = "auto"
    precision: Precision = "int8"
    threads: int = 0
    cache_dir: Path = Path("var/encoders")
    image_threads: int = 0
