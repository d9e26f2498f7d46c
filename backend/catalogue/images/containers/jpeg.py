"""Walks a JPEG from marker to marker: ISO/IEC 10918-1, annex B."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from backend.catalogue.images.containers.base import (
    CUT_OFF,
    MAX_EXIF_BYTES,
    MAX_METADATA_BYTES,
    after_padding,
    check_cost,
    check_metadata,
    check_size,
)
from backend.catalogue.images.errors import ImageRefused

MAGIC = b"\xff\xd8\xff"
MAX_PIXELS = 40_000_000
MAX_PICTURES = 8  # phones append a depth map or a smaller copy (CIPA DC-007)
MAX_SEGMENTS = 512
MAX_SCANS = 32  # encoders make about 10
MAX_VISITS = 6 * 375_000  # libjpeg's scans come to a block up to 6 times, and so many blocks fill the memory
SMALLEST_SCALE = 8  # libjpeg decodes straight to an eighth of each side

_SOI, _EOI, _SOS, _TEM, _DNL, _DAC = 0xD8, 0xD9, 0xDA, 0x01, 0xDC, 0xCC
_RESTARTS = range(0xD0, 0xD8)
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, _DAC}
_APPLICATION = range(0xE0, 0xF0)
_APP1, _COMMENT = 0xE1, 0xFE

_MARKER = re.compile(rb"\xff{1,16}([^\xff\x00])", re.DOTALL)
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7]", re.DOTALL)
_SCAN_BLOCK = 256 << 10  # searched at once, so that other threads get their turn in between
_MOST_FF = _SCAN_BLOCK // 4  # pixels have one in a hundred bytes or so


@dataclass(slots=True)
class _Picture:
    """What one picture of the file has shown so far."""

    width: int = 0
    height: int = 0
    progressive: bool = False
    sampling: dict[int, tuple[int, int]] = field(default_factory=dict)  # component id -> (h, v)
    segments: int = 0
    scans: int = 0
    visits: int = 0  # of blocks, in all scans
    scan_bytes: int = 0
    metadata: int = 0
    exif: int = 0

    def blocks_of(self, component: int) -> int:
        """Return its number of 8 x 8 blocks."""
        h, v = self.sampling[component]
        widest = max(h for h, _ in self.sampling.values())
        tallest = max(v for _, v in self.sampling.values())
        return -(-self.width * h // (8 * widest)) * -(-self.height * v // (8 * tallest))

    def blocks(self) -> int:
        """Return the number of blocks of all components."""
        return sum(map(self.blocks_of, self.sampling))


def walk(data: bytes, longest_side: int) -> None:
    """Follow the markers to the end of the picture and of those behind it.

    Args:
        data: the whole file.
        longest_side: to which the picture will be decoded; a large one is scaled down while it is decoded.

    Raises:
        ImageRefused: cut off, malformed, too costly, or something else follows.
    """
    end = _walk_picture(data, 0, longest_side)
    pictures = 1
    while (start := after_padding(data, end)) < len(data):
        if not data.startswith(MAGIC, start) or pictures == MAX_PICTURES:
            raise ImageRefused("something else follows the picture in the file")
        end = _walk_picture(data, start, longest_side)
        pictures += 1


def _walk_picture(data: bytes, start: int, longest_side: int) -> int:
    """Return where it ends."""
    picture, position = _Picture(), start + 2
    while True:
        found = _MARKER.match(data, position)
        if found is None:
            raise ImageRefused(CUT_OFF if position >= len(data) else "damaged: a marker is missing")
        marker, position = found[1][0], found.end()
        if marker == _EOI:
            _check_scans(picture)
            return position
        if marker in {_SOI, _TEM, _DNL, _DAC} or marker in _RESTARTS:
            raise ImageRefused("damaged: a marker out of place")
        end = position + int.from_bytes(data[position : position + 2], "big")
        if end < position + 2 or end > len(data):
            raise ImageRefused(CUT_OFF if end > len(data) else "damaged: a segment without a length")
        picture.segments += 1
        if picture.segments > MAX_SEGMENTS:
            raise ImageRefused(f"more than {MAX_SEGMENTS} segments")
        _read_segment(picture, data, marker, position, end)
        if marker in _FRAMES:
            _check_costs(picture, len(data), longest_side)
        if marker == _SOS:
            position = _end_of_scan(data, end)
            picture.scan_bytes += position - end
        else:
            position = end


def _read_segment(picture: _Picture, data: bytes, marker: int, start: int, end: int) -> None:
    if marker in _APPLICATION or marker == _COMMENT:
        picture.metadata += end - start
        picture.exif += end - start if marker == _APP1 and data.startswith(b"Exif", start + 2) else 0
        if picture.metadata > MAX_METADATA_BYTES or picture.exif > MAX_EXIF_BYTES:
            raise ImageRefused("too much metadata")
        check_metadata(data, start + 2, end)
    elif marker in _FRAMES:
        if picture.sampling:
            raise ImageRefused("damaged: two frame headers")
        _read_frame(picture, marker, data[start + 2 : end])
    elif marker == _SOS:
        if not picture.sampling:
            raise ImageRefused("damaged: a scan before the frame header")
        _read_scan(picture, data[start + 2 : end])


def _read_scan(picture: _Picture, header: bytes) -> None:
    """Count what decoding it takes: next to no bytes can tell of all blocks that nothing changes in them."""
    if not header or len(header) != 4 + 2 * header[0]:
        raise ImageRefused("damaged: a scan header of the wrong length")
    components = header[1:-3:2]
    if not components or not picture.sampling.keys() >= set(components):
        raise ImageRefused("damaged: a scan of a component that isn't there")
    picture.scans += 1
    picture.visits += sum(map(picture.blocks_of, components))
    most = MAX_VISITS if picture.progressive else picture.blocks()
    if picture.scans > MAX_SCANS or picture.visits > most:
        raise ImageRefused("more scans than a picture needs")


def _read_frame(picture: _Picture, marker: int, header: bytes) -> None:
    if marker not in {_BASELINE, _EXTENDED, _PROGRESSIVE}:
        raise ImageRefused("a lossless, hierarchical or arithmetic-coded JPEG")
    if len(header) < 6 or len(header) != 6 + 3 * header[5] or header[5] not in {1, 3, 4}:
        raise ImageRefused("damaged: a frame header of the wrong length")
    if header[0] != 8:
        raise ImageRefused(f"{header[0]} bits a sample, only 8 are read")
    picture.height, picture.width = int.from_bytes(header[1:3], "big"), int.from_bytes(header[3:5], "big")
    picture.progressive = marker == _PROGRESSIVE
    check_size(picture.width, picture.height)
    for part in range(6, len(header), 3):
        picture.sampling[header[part]] = (header[part + 1] >> 4, header[part + 1] & 15)
    if len(picture.sampling) != header[5] or not all(
        1 <= h <= 4 and 1 <= v <= 4 for h, v in picture.sampling.values()
    ):
        raise ImageRefused("damaged: components repeated, or of impossible sampling")


def _check_costs(picture: _Picture, file_bytes: int, longest_side: int) -> None:
    pixels = picture.width * picture.height
    if pixels > MAX_PIXELS:
        raise ImageRefused(f"{picture.width} x {picture.height} pixels, at most {MAX_PIXELS}")
    fitting = max(picture.width, picture.height) // longest_side
    scale = max(divisor for divisor in (1, 2, 4, SMALLEST_SCALE) if divisor <= max(1, fitting))
    # Progressive pictures are kept as coefficients, 2 bytes each, until the last scan has come.
    coefficients = picture.blocks() * 64 * 2 if picture.progressive else 0
    check_cost(picture.width, picture.height, file_bytes, coefficients + 4 * pixels // scale**2)


def _end_of_scan(data: bytes, start: int) -> int:
    """Return where the next marker begins; stuffed bytes and restart markers belong to the scan."""
    for block in range(start, len(data), _SCAN_BLOCK):
        if data.count(b"\xff", block, block + _SCAN_BLOCK) > _MOST_FF:
            raise ImageRefused("damaged: markers in place of pixels")
        if found := _SCAN_END.search(data, block, block + _SCAN_BLOCK + 1):
            return found.start()
    raise ImageRefused(CUT_OFF)


def _check_scans(picture: _Picture) -> None:
    """Refuse less data than the shortest code for each block takes: the decoder would make up the rest."""
    if not picture.scans:
        raise ImageRefused(CUT_OFF)
    fewest_bits = picture.blocks() * (1 if picture.progressive else 2)
    if 8 * picture.scan_bytes < fewest_bits:
        raise ImageRefused("cut off: the header promises more pixels than there is data for")
