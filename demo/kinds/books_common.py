"""What kinds of books share."""

from __future__ import annotations

VIEW = {"binding": ("paperback", "hardback"), "view": ("front", "turned")}
BOUND = {"binding=hardback": "hardback", "binding=paperback": "paperback"}
INKS = ("red", "burgundy", "orange", "mustard", "yellow", "green", "olive", "teal", "turquoise", "blue", "navy",
        "light blue", "purple", "pink", "coral", "cream", "white", "black", "grey", "brown")  # fmt: skip
PAGES = {"language": ("English",), "pages": ("240", "288", "320", "384", "432")}


def on_cover(**motifs: str) -> dict[str, str]:
    """Return how covers are spoken of, by motif."""
    return {f"cover={name.replace('_', ' ')}": f"with {what} on the cover" for name, what in motifs.items()}
