"""Beauty."""

from __future__ import annotations

from demo.kinds.beauty_care import CARE
from demo.kinds.beauty_makeup import MAKEUP
from demo.kinds.beauty_tools import TOOLS
from demo.look import Kind

BEAUTY: tuple[Kind, ...] = (*CARE, *MAKEUP, *TOOLS)
