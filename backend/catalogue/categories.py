"""The category tree of a catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from backend.catalogue.fields import CATEGORY_SEPARATOR
from backend.catalogue.schemas import CategoryNode


def category_tree(counts: Iterable[tuple[str, int]]) -> list[CategoryNode]:
    """Join paths with their number of products to a tree; a node counts its descendants' products too."""
    top: list[CategoryNode] = []
    nodes: dict[str, CategoryNode] = {}
    for path, count in counts:
        siblings, walked = top, ""
        for name in path.split(CATEGORY_SEPARATOR):
            walked = f"{walked}{CATEGORY_SEPARATOR}{name}" if walked else name
            node = nodes.get(walked)
            if node is None:
                node = nodes[walked] = CategoryNode(name=name, path=walked, product_count=0, children=[])
                siblings.append(node)
            node.product_count += count
            siblings = node.children
    return top
