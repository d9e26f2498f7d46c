"""What can go wrong with a picture."""

from __future__ import annotations


class ImageError(Exception):
    """Anything wrong with one picture or with where pictures come from."""


class ImageRefused(ImageError, ValueError):
    """There is no usable picture; the message says why. A product can do without."""


class ImageTypeRefused(ImageRefused):
    """A file of a type that isn't accepted, or of another than its sender says."""


class ImageMissing(ImageRefused):
    """Nothing lies where the reference points."""


class ImageUnavailable(ImageRefused):
    """The picture couldn't be fetched this time; trying again later may help."""


class ImageSourceError(ImageError):
    """The folder or archive as a whole can't be used."""
