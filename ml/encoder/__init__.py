"""Text and images to embeddings; `base.Encoder` is the interface."""

from __future__ import annotations

import sys

# OpenVINO and NNCF tell their makers of each import over the internet, with a number that they keep in the home
# directory, unless their telemetry package can't be imported. A shop's server talks to nobody unasked.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python is told so
