"""Makes clean pictures look as if photographed: other backgrounds, crops, light, blur and perspective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

MEAN = (0.48145466, 0.4578275, 0.40821073)  # open_clip's, Radford et al. 2021
STD = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True)
class Augmentation:
    """How far a picture may be changed.

    Attributes:
        size: side of the result.
        zoom: lowest and highest magnification; above 1 the borders are cut.
        turn: most degrees of rotation.
        skew: perspective, as a share of the side by which corners move.
        light: most change of brightness, contrast and saturation, as a share.
        tint: most change of each colour channel, as a share; small, since colour is part of what is learned.
        noise: standard deviation of the strongest noise, in units of full brightness.
    """

    size: int
    zoom: tuple[float, float] = (0.7, 1.15)
    turn: float = 14.0
    skew: float = 0.09
    light: float = 0.25
    tint: float = 0.06
    noise: float = 0.06

    def __call__(self, pixels: Tensor, backgrounds: Tensor | None, rng: torch.Generator) -> Tensor:
        """Change a batch of pictures, each in its own way.

        Args:
            pixels: uint8, shape (n, s, s, 4).
            backgrounds: uint8, shape (m, s, s, 4), photos to lay under some transparent pictures.
            rng: decides everything.

        Returns:
            float32, shape (n, 3, size, size), in 0..1.
        """
        rgba = pixels.permute(0, 3, 1, 2).float() / 255
        warped = self._warp(rgba, rng)
        colour, opacity = warped[:, :3], warped[:, 3:]
        under = self._backgrounds(len(pixels), backgrounds, rng)
        image = colour * opacity + under * (1 - opacity)
        return self._photographed(image, rng)

    def _warp(self, image: Tensor, rng: torch.Generator) -> Tensor:
        n = len(image)
        zoom = self.zoom[0] + (self.zoom[1] - self.zoom[0]) * torch.rand(n, generator=rng)
        angle = _even(n, self.turn, rng) * torch.pi / 180
        stretch = torch.exp(_even(n, 0.18, rng))
        flip = torch.where(torch.rand(n, generator=rng) < 0.5, -1.0, 1.0)
        cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
        room = (1 - zoom).abs() * 0.9 / zoom
        matrix = torch.zeros(n, 3, 3)
        matrix[:, 0, 0], matrix[:, 0, 1] = cos * stretch * flip, -sin
        matrix[:, 1, 0], matrix[:, 1, 1] = sin * flip, cos / stretch
        matrix[:, 0, 2], matrix[:, 1, 2] = _even(n, 1, rng) * room, _even(n, 1, rng) * room
        matrix[:, 2, 0], matrix[:, 2, 1] = _even(n, self.skew, rng), _even(n, self.skew, rng)
        matrix[:, 2, 2] = 1
        axis = torch.linspace(-1, 1, self.size)
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        points = torch.stack([x, y, torch.ones_like(x)], -1).reshape(1, -1, 3)  # (1, size * size, 3)
        moved = points @ matrix.transpose(1, 2)
        grid = (moved[..., :2] / moved[..., 2:]).reshape(n, self.size, self.size, 2)
        # Colour times opacity, so that the transparent surroundings' black doesn't bleed into the edges.
        premultiplied = torch.cat([image[:, :3] * image[:, 3:], image[:, 3:]], 1)
        sampled = functional.grid_sample(premultiplied, grid, mode="bilinear", align_corners=False)
        opacity = sampled[:, 3:]
        return torch.cat([sampled[:, :3] / opacity.clamp(min=1e-4), opacity], 1).clamp(0, 1)

    def _backgrounds(self, n: int, photos: Tensor | None, rng: torch.Generator) -> Tensor:
        """Half of them a studio's near-white, the others coloured, shaded, noisy or a part of a photo."""
        kind = torch.rand(n, generator=rng)
        studio = 0.88 + 0.12 * torch.rand(n, 1, 1, 1, generator=rng) + _even((n, 3, 1, 1), 0.02, rng)
        colour = torch.rand(n, 3, 1, 1, generator=rng)
        coarse = torch.rand(n, 3, 4, 4, generator=rng)
        blobs = functional.interpolate(coarse, size=self.size, mode="bicubic", align_corners=False)
        under = torch.where((kind < 0.5)[:, None, None, None], studio, colour)
        under = under + (blobs - 0.5) * torch.where(kind < 0.5, 0.06, 0.5)[:, None, None, None]
        if photos is not None and len(photos):
            rows = torch.nonzero(kind > 0.72).flatten()
            chosen = photos[torch.randint(len(photos), (len(rows),), generator=rng)]
            part = chosen[:, ::2, ::2, :3].permute(0, 3, 1, 2).float() / 255
            under[rows] = functional.interpolate(part, size=self.size, mode="bilinear", align_corners=False)
        return under.clamp(0, 1)

    def _photographed(self, image: Tensor, rng: torch.Generator) -> Tensor:
        n = len(image)
        per_picture = (n, 1, 1, 1)
        image = image.lerp(image.mean(1, keepdim=True), _even(per_picture, self.light, rng))  # saturation
        contrast = 1 + _even(per_picture, self.light, rng)
        gain = (1 + _even(per_picture, self.light, rng)) * (1 + _even((n, 3, 1, 1), self.tint, rng))
        mean = image.mean((1, 2, 3), keepdim=True)
        image.mul_(contrast * gain).add_(mean * (1 - contrast) * gain)
        image *= functional.interpolate(
            1 + _even((n, 1, 2, 2), self.light * 0.8, rng), size=self.size, mode="bilinear", align_corners=True
        )
        rows = _some(n, 0.3, rng)
        image[rows] = functional.avg_pool2d(image[rows], 3, stride=1, padding=1, count_include_pad=False)
        rows = _some(n, 0.3, rng)
        strength = self.noise * torch.rand((len(rows), 1, 1, 1), generator=rng)
        image[rows] += strength * torch.randn((len(rows), *image.shape[1:]), generator=rng)
        return image.clamp_(0, 1)


def normalised(image: Tensor, mean: Sequence[float] = MEAN, std: Sequence[float] = STD) -> Tensor:
    """Scale pictures in 0..1, shape (n, 3, h, w), to what the image tower reads."""
    shift, spread = (torch.tensor(values)[None, :, None, None] for values in (mean, std))
    return (image - shift) / spread


def plain(pixels: Tensor, size: int) -> Tensor:
    """Return pictures unchanged, on white, scaled to `size`: float32, shape (n, 3, size, size), in 0..1."""
    rgba = pixels.permute(0, 3, 1, 2).float() / 255
    image = rgba[:, :3] * rgba[:, 3:] + (1 - rgba[:, 3:])
    return functional.interpolate(image, size=size, mode="bilinear", align_corners=False, antialias=True)


def _even(shape: int | tuple[int, ...], limit: float, rng: torch.Generator) -> Tensor:
    """Draw evenly from -limit to limit."""
    return (torch.rand(shape, generator=rng) * 2 - 1) * limit


def _some(n: int, share: float, rng: torch.Generator) -> Tensor:
    """Choose about this share of n rows."""
    return torch.nonzero(torch.rand(n, generator=rng) < share).flatten()
