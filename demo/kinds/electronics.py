"""Electronics."""

from __future__ import annotations

from demo.kinds.electronics_computing import COMPUTING
from demo.kinds.electronics_living import LIVING
from demo.kinds.electronics_mobile import MOBILE
from demo.kinds.electronics_sound import SOUND
from demo.look import Kind

ELECTRONICS: tuple[Kind, ...] = (*SOUND, *COMPUTING, *MOBILE, *LIVING)
