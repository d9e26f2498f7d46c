"""Lets torchvision be imported where its compiled operators can't be loaded.

The registry's Linux build of torchvision links CUDA libraries that the CPU build of torch doesn't bring. Its library
then fails to load, quietly, and the import stops at the first Python code that refers to one of its operators.
open_clip needs only the Python part (transforms), so declaring those operators is enough. On a matched pair nothing
is done.
"""

from __future__ import annotations

import sys
from importlib import import_module

import torch

_OPERATORS = ("nms", "qnms")
_ARGUMENTS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[torch.library.Library] = []  # the declarations vanish with the object that made them


def ensure_torchvision() -> None:
    """Import torchvision, declaring its missing operators if need be; call it before importing open_clip."""
    try:
        import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        # torch.library ships without annotations.
        library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for operator in _OPERATORS:
            library.define(operator + _ARGUMENTS)  # type: ignore[no-untyped-call]
        _declared.append(library)
        import_module("torchvision")
