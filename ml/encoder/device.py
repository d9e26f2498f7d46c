"""Which engine and precision suit this machine, found out without importing an engine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from ml.encoder.spec import Engine, Precision


def pick_engine(engine: Engine) -> Literal["openvino", "torch"]:
    """Resolve ``auto``: torch where an NVIDIA device is visible, since importing torch to ask costs seconds."""
    if engine != "auto":
        return engine
    return "torch" if Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi") else "openvino"


def pick_precision(precision: Literal["auto"] | Precision, cpu_info: Path = Path("/proc/cpuinfo")) -> Precision:
    """Resolve ``auto``: bf16 where the CPU multiplies bf16 matrices in hardware (AMX), else int8.

    There bf16 embeds in bulk nearly twice as fast as int8, answers a query as fast, and is nearer to fp32; elsewhere
    int8 is the faster one, and has half the weights.
    """
    if precision != "auto":
        return precision
    return "bf16" if cpu_info.is_file() and "amx_bf16" in cpu_info.read_text().split() else "int8"
