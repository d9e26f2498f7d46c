"""Every kind of product that the demo shop sells, by name."""

from __future__ import annotations

from demo.kinds.accessories import ACCESSORIES
from demo.kinds.beauty import BEAUTY
from demo.kinds.books import BOOKS
from demo.kinds.clothing import CLOTHING
from demo.kinds.electronics import ELECTRONICS
from demo.kinds.home import HOME
from demo.kinds.kitchen import KITCHEN
from demo.kinds.sports import SPORTS
from demo.kinds.toys import TOYS
from demo.look import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *(*CLOTHING, *ACCESSORIES, *ELECTRONICS, *SPORTS, *HOME, *KITCHEN),
        *(*BEAUTY, *BOOKS, *TOYS),
    )
}
