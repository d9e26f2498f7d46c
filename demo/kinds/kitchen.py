"""Kitchen."""

from __future__ import annotations

from demo.kinds.kitchen_appliances import APPLIANCES
from demo.kinds.kitchen_brewing import BREWING
from demo.kinds.kitchen_cooking import COOKING
from demo.kinds.kitchen_drinks import DRINKS
from demo.kinds.kitchen_table import TABLE
from demo.look import Kind

KITCHEN: tuple[Kind, ...] = (*DRINKS, *BREWING, *COOKING, *APPLIANCES, *TABLE)
