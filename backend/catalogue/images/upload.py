"""Pictures that strangers send with a search: refused by their structure, before decoding costs anything."""

from __future__ import annotations

from backend.catalogue.images.containers import jpeg, png, webp
from backend.catalogue.images.errors import ImageRefused, ImageTypeRefused

UPLOAD_TYPES = ("image/jpeg", "image/png", "image/webp")
SLOW_PNG_BYTES = (
    2 << 20
)  # at worst 70 ms of inflating each MB: deflate blocks of a few bytes, each with its own tables
_ALIASES = {"image/jpg": "image/jpeg"}  # not registered, but what many clients say


def check_type(data: bytes, declared: str | None) -> None:
    """Check that a file is of the type that its sender declares.

    Args:
        data: the file.
        declared: its Content-Type, as sent.

    Raises:
        ImageRefused: an empty file.
        ImageTypeRefused: another type is declared than those accepted, or than the file is.
    """
    kind = (declared or "").partition(";")[0].strip().lower()
    kind = _ALIASES.get(kind, kind)
    if kind not in UPLOAD_TYPES:
        raise ImageTypeRefused(f"the picture's Content-Type is one of {', '.join(UPLOAD_TYPES)}")
    if not data:
        raise ImageRefused("an empty file")
    found = _sniff(data)
    if found is None:
        raise ImageTypeRefused("not a JPEG, PNG or WebP picture")
    if found != kind:
        raise ImageTypeRefused(f"declared as {kind}, but it is {found}")


def inspect_upload(data: bytes, longest_side: int) -> None:
    """Walk through an uploaded file from end to end, without decoding it.

    Args:
        data: the file.
        longest_side: to which it would be decoded; a large JPEG is scaled down while it is.

    Raises:
        ImageRefused: something is wrong with it; see `containers`.
    """
    kind = _sniff(data)
    if kind is None:
        raise ImageTypeRefused("not a JPEG, PNG or WebP picture")
    if kind == "image/jpeg":
        jpeg.walk(data, longest_side)
    else:
        (png if kind == "image/png" else webp).walk(data)


def is_slow(data: bytes) -> bool:
    """Return whether an uploaded file may take much longer than others to inspect and to decode."""
    return _sniff(data) == "image/png" and len(data) > SLOW_PNG_BYTES


def _sniff(data: bytes) -> str | None:
    if data.startswith(jpeg.MAGIC):
        return "image/jpeg"
    if data.startswith(png.MAGIC):
        return "image/png"
    return "image/webp" if data.startswith(webp.MAGIC) and data[8:12] == webp.KIND else None
