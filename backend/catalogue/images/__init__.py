"""Product pictures: fetched from where a feed says, checked, re-encoded and kept by content."""

from backend.catalogue.images.decode import safe_decode
from backend.catalogue.images.errors import (
    ImageError,
    ImageMissing,
    ImageRefused,
    ImageSourceError,
    ImageTypeRefused,
    ImageUnavailable,
)
from backend.catalogue.images.folder import DirectorySource
from backend.catalogue.images.remote import RemoteSource
from backend.catalogue.images.source import ImageSource
from backend.catalogue.images.store import MediaStore
from backend.catalogue.images.tar import TarSource
from backend.catalogue.images.upload import check_type, inspect_upload, is_slow

__all__ = [
    "DirectorySource",
    "ImageError",
    "ImageMissing",
    "ImageRefused",
    "ImageSource",
    "ImageSourceError",
    "ImageTypeRefused",
    "ImageUnavailable",
    "MediaStore",
    "RemoteSource",
    "TarSource",
    "check_type",
    "inspect_upload",
    "is_slow",
    "safe_decode",
]
