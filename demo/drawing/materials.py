"""How materials take the light: texture, shine and depth of shading."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Material:
    """The surface of a body.

    Attributes:
        depth: how dark its far side and edges get, 0 to 1.
        shine: opacity of its highlight, 0 to 1.
        sharp: whether the highlight has an edge, as on polish, or fades, as on cloth.
        grain: base frequencies x and y of its texture's noise, None for a smooth surface.
        strength: opacity of the texture, 0 to 1.
    """

    depth: float
    shine: float = 0.0
    sharp: bool = False
    grain: tuple[float, float] | None = None
    strength: float = 0.0


MATERIALS: dict[str, Material] = {
    "cotton": Material(0.30, 0.10, grain=(0.35, 0.35), strength=0.10),
    "linen": Material(0.30, 0.08, grain=(0.08, 0.55), strength=0.20),
    "wool": Material(0.38, 0.05, grain=(0.22, 0.30), strength=0.32),
    "denim": Material(0.36, 0.08, grain=(0.55, 0.20), strength=0.34),
    "silk": Material(0.34, 0.42, grain=(0.012, 0.05), strength=0.16),
    "polyester": Material(0.30, 0.20),
    "leather": Material(0.42, 0.34, grain=(0.14, 0.14), strength=0.24),
    "smooth leather": Material(0.42, 0.34),
    "suede": Material(0.34, 0.06, grain=(0.30, 0.30), strength=0.26),
    "fleece": Material(0.32, 0.06, grain=(0.16, 0.16), strength=0.30),
    "plush": Material(0.34, 0.08, grain=(0.26, 0.26), strength=0.42),
    "canvas": Material(0.30, 0.06, grain=(0.45, 0.45), strength=0.24),
    "rubber": Material(0.36, 0.20),
    "plastic": Material(0.34, 0.42, sharp=True),
    "steel": Material(0.46, 0.62, sharp=True, grain=(0.004, 0.5), strength=0.12),
    "metal": Material(0.44, 0.56, sharp=True),
    "gold": Material(0.46, 0.66, sharp=True),
    "aluminium": Material(0.34, 0.38, grain=(0.006, 0.45), strength=0.08),
    "glass": Material(0.26, 0.72, sharp=True),
    "ceramic": Material(0.34, 0.55, sharp=True),
    "porcelain": Material(0.28, 0.60, sharp=True),
    "stone": Material(0.36, 0.08, grain=(0.06, 0.06), strength=0.36),
    "wood": Material(0.34, 0.12, grain=(0.006, 0.11), strength=0.46),
    "bamboo": Material(0.30, 0.16, grain=(0.05, 0.008), strength=0.30),
    "cork": Material(0.32, 0.04, grain=(0.20, 0.20), strength=0.42),
    "paper": Material(0.16, 0.05, grain=(0.50, 0.50), strength=0.08),
    "cardboard": Material(0.22, 0.04, grain=(0.02, 0.40), strength=0.16),
    "rattan": Material(0.34, 0.12, grain=(0.12, 0.12), strength=0.44),
    "straw": Material(0.30, 0.06, grain=(0.06, 0.50), strength=0.22),
    "foam": Material(0.30, 0.06, grain=(0.35, 0.35), strength=0.14),
    "wax": Material(0.24, 0.16),
    "cast iron": Material(0.42, 0.16, grain=(0.40, 0.40), strength=0.26),
}
