"""Product pictures: fetched from where a feed says, checked, re-encoded and kept by content."""

from backend.catalogue.images.decode import safe_decode
from backend.catalogue.images.errors import ImageError, ImageMissing, ImageRefused, ImageSourceError, ImageUnavailable
from backend.catalogue.images.folder import DirectorySource
from backend.catalogue.images.remote import RemoteSource
from backend.catalogue.images.source import ImageSource
from backend.catalogue.images.store import MediaStore
from backend.catalogue.images.tar import TarSource

__all__ = [
    "DirectorySource",
    "ImageError",
    "ImageMissing",
    "ImageRefused",
    "ImageSource",
    "ImageSourceError",
    "ImageUnavailable",
    "MediaStore",
    "RemoteSource",
    "TarSource",
    "safe_decode",
]
