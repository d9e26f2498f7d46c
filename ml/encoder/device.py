"""Which engine suits this machine, found out without importing one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from ml.encoder.spec import Engine


def pick_engine(engine: Engine) -> Literal["openvino", "torch"]:
    """Resolve ``auto``: torch where an NVIDIA device is visible, since importing torch to ask costs seconds."""
    if engine != "auto":
        return engine
    return "torch" if Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi") else "openvino"
