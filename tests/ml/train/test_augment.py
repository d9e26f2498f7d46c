from __future__ import annotations

import torch

from ml.train.augment import MEAN, STD, Augmentation, normalised, plain
from ml.train.plan import shop_augmentation


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(opacity: int = 255) -> torch.Tensor:
    pixels = torch.randint(256, (6, 40, 40, 4), dtype=torch.uint8, generator=generator(0))
    pixels[..., 3] = opacity
    return pixels


def test_results_have_the_asked_size_and_stay_in_range() -> None:
    for augment in (Augmentation(32), shop_augmentation(32)):
        image = augment(pictures(), None, generator(1))
        assert image.shape == (6, 3, 32, 32)
        assert image.dtype == torch.float32
        assert float(image.min()) >= 0
        assert float(image.max()) <= 1


def test_the_seed_decides_everything() -> None:
    augment = Augmentation(32)
    first, same, other = (augment(pictures(), pictures(), generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_each_picture_is_changed_in_its_own_way() -> None:
    same = pictures()[:1].expand(4, -1, -1, -1)
    images = Augmentation(32)(same, None, generator(3))
    assert all(not torch.equal(images[0], images[i]) for i in range(1, 4))


def test_transparent_surroundings_take_the_background() -> None:
    black = pictures(opacity=0)
    black[..., :3] = 0
    photos = torch.full((1, 40, 40, 4), 255, dtype=torch.uint8)
    photos[..., 1:3] = 0  # red
    images = Augmentation(32, light=0, tint=0, noise=0)(black.repeat(20, 1, 1, 1), photos, generator(4))
    # Studio backgrounds are near white, others of any colour, some of them the red photo.
    means = images.mean((2, 3))
    assert int((means.min(1).values > 0.8).sum()) >= 30
    red = (means[:, 0] > 0.98) & (means[:, 1:].max(1).values < 0.02)
    assert 10 <= int(red.sum()) <= 60


def test_transparent_edges_are_not_darkened() -> None:
    half = torch.zeros(8, 40, 40, 4, dtype=torch.uint8)
    half[:, 10:30, 10:30] = 255  # a white square in transparent black
    images = Augmentation(64, light=0, tint=0, noise=0)(half, None, generator(5))
    studio = images[images.amin((1, 2, 3)) > 0.8]
    assert len(studio) >= 1  # a dark fringe would have put every minimum below that


def test_plain_pictures_lie_on_white_and_keep_their_colours() -> None:
    pixels = torch.zeros(1, 20, 20, 4, dtype=torch.uint8)
    assert torch.equal(plain(pixels, 10), torch.ones(1, 3, 10, 10))
    pixels[..., 0], pixels[..., 3] = 51, 255
    shown = plain(pixels, 10)
    torch.testing.assert_close(shown[0, :, 5, 5], torch.tensor([0.2, 0, 0]))
    expected = [(value - mean) / std for value, mean, std in zip((0.2, 0, 0), MEAN, STD, strict=True)]
    torch.testing.assert_close(normalised(shown)[0, :, 5, 5], torch.tensor(expected))
    torch.testing.assert_close(normalised(shown, (0, 0, 0), (0.5, 1, 1))[0, :, 5, 5], torch.tensor([0.4, 0, 0]))
