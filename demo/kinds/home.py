"""Home."""

from __future__ import annotations

from demo.kinds.home_appliances import APPLIANCES
from demo.kinds.home_decor import DECOR
from demo.kinds.home_furniture import FURNITURE
from demo.kinds.home_garden import GARDEN
from demo.kinds.home_lighting import LIGHTING
from demo.kinds.home_textiles import TEXTILES
from demo.look import Kind

HOME: tuple[Kind, ...] = (*FURNITURE, *TEXTILES, *LIGHTING, *DECOR, *APPLIANCES, *GARDEN)
