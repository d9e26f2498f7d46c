"""Shoes, bags, accessories and jewellery."""

from __future__ import annotations

from demo.kinds.accessories_bags import BAGS
from demo.kinds.accessories_jewellery import JEWELLERY
from demo.kinds.accessories_light_shoes import LIGHT_SHOES
from demo.kinds.accessories_shoes import SHOES
from demo.kinds.accessories_wear import WEAR
from demo.look import Kind

ACCESSORIES: tuple[Kind, ...] = (*SHOES, *LIGHT_SHOES, *BAGS, *WEAR, *JEWELLERY)
