"""Clothes."""

from __future__ import annotations

from demo.kinds.clothing_dresses import DRESSES
from demo.kinds.clothing_jackets import JACKETS
from demo.kinds.clothing_legs import LEGS
from demo.kinds.clothing_tops import TOPS
from demo.kinds.clothing_under import UNDER
from demo.kinds.clothing_warm import WARM
from demo.look import Kind

CLOTHING: tuple[Kind, ...] = (*TOPS, *WARM, *JACKETS, *LEGS, *DRESSES, *UNDER)
