"""Hostile WebPs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from PIL import Image

from scripts.hostile.case import Case, cut, encoded, patched, photo


def webp_cases(seed: int) -> Iterator[Case]:
    """Yield every case."""
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    lossy = encoded(photo(300, 200, seed), "WEBP")
    lossless = encoded(photo(300, 200, seed), "WEBP", lossless=True)
    for name, make in _cases(lossy, lossless, rng):
        yield Case(f"webp: {name}", "image/webp", make)
    for name, make in _hidden_cases(seed):
        yield Case(f"webp: {name}", "image/webp", make, hidden=True)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk, padded to an even length."""
    return kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def riff(*chunks: bytes) -> bytes:
    """Return a WebP of these chunks, whatever they are."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def header(width: int, height: int, flags: int = 0) -> bytes:
    """Return a VP8X chunk."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)


def _cases(lossy: bytes, lossless: bytes, rng: random.Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for share in (0.1, 0.5, 0.9):
        yield f"cut off at {share:.0%}", partial(cut, lossy, share)
        yield f"lossless, cut off at {share:.0%}", partial(cut, lossless, share)
    yield "cut off and its size mended", lambda: riff(chunk(b"VP8 ", lossy[20 : len(lossy) // 3]))
    yield "lossless, cut off and its size mended", lambda: riff(chunk(b"VP8L", lossless[20 : len(lossless) // 3]))
    yield "without a picture", riff
    yield "a header without a picture", lambda: riff(header(300, 200))
    yield "claims 16383 x 16383 pixels", partial(patched, lossy, 26, b"\xff\x3f\xff\x3f")
    yield "claims 8000 x 8000 pixels", partial(patched, lossy, 26, b"\x40\x1f\x40\x1f")
    yield "lossless, claims 16384 x 16384 pixels", partial(patched, lossless, 21, b"\xff\xff\xff\x0f")
    yield (
        "16384 x 16384 pixels of one colour",
        lambda: riff(chunk(b"VP8L", b"\x2f\xff\xff\xff\x0f\x88\x88\x08\x08" + bytes(16))),
    )
    yield "a header that claims 16 million x 16 million", lambda: riff(header(1 << 24, 1 << 24), lossy[12:])
    yield "a header of another size", lambda: riff(header(10, 10), lossy[12:])
    yield "width 0", partial(patched, lossy, 26, b"\0\0")
    yield "a wrong start code", partial(patched, lossy, 23, b"abc")
    yield "an interframe", partial(patched, lossy, 20, bytes([lossy[20] | 1]))
    yield "a wrong lossless signature", partial(patched, lossless, 20, b"\0")
    yield "a first partition past the end", partial(patched, lossy, 20, b"\xf0\xff\xff")
    yield "lossless, noise for pixels", lambda: lossless[:25] + rng.randbytes(len(lossless) - 25)
    yield "animated", lambda: encoded(photo(40, 30), "WEBP", save_all=True, append_images=[photo(40, 30, 1)])
    yield "animated in its header alone", lambda: riff(header(300, 200, 2), lossy[12:])
    yield "a frame of an animation", lambda: riff(header(300, 200), chunk(b"ANMF", bytes(24)), lossy[12:])
    yield "two pictures", lambda: riff(lossy[12:], lossy[12:])
    yield "two headers", lambda: riff(header(300, 200), header(300, 200), lossy[12:])
    yield "10,000 chunks", lambda: riff(header(300, 200), chunk(b"XMP ", b"") * 10_000, lossy[12:])
    yield "a chunk that nobody knows", lambda: riff(header(300, 200), chunk(b"EVIL", b"x"), lossy[12:])
    yield "an EXIF of 1 MB", lambda: riff(header(300, 200), lossy[12:], chunk(b"EXIF", bytes(1 << 20)))
    yield "metadata of 8 MB", lambda: riff(header(300, 200), lossy[12:], chunk(b"XMP ", b"a" * (8 << 20)))
    yield "a script in its metadata", lambda: riff(header(300, 200), lossy[12:], chunk(b"XMP ", b"<script>alert(1)"))
    yield "a wrong alpha channel", lambda: _with_wrong_alpha(rng)
    yield "a size of 4 GB", partial(patched, lossy, 4, b"\xff\xff\xff\xff")
    yield "a size that leaves half of it outside", partial(patched, lossy, 4, (len(lossy) // 2).to_bytes(4, "little"))
    for name, tail in (("an archive", b"PK\3\4"), ("a web page", b"<html>"), ("a second WebP", lossy)):
        yield f"{name} behind the end", partial(bytes.__add__, lossy, tail)


def _hidden_cases(seed: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Pictures cut off in their bitstream, in chunks whose sizes agree."""
    for kind, lossless in ((b"VP8 ", False), (b"VP8L", True)):
        for share in (0.5, 0.98):
            yield (
                f"{kind.decode().strip()}, 2 million pixels cut off at {share:.0%} and the size mended",
                partial(_mended, kind, share, lossless, seed),
            )


def _mended(kind: bytes, share: float, lossless: bool, seed: int) -> bytes:
    data = encoded(photo(1600, 1250, seed), "WEBP", lossless=lossless, quality=95, method=0)
    return riff(chunk(kind, cut(data[20:], share)))


def _with_wrong_alpha(rng: random.Random) -> bytes:
    image = photo(300, 200).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize((300, 200)))
    data = encoded(image, "WEBP")
    start = data.index(b"ALPH") + 8
    size = int.from_bytes(data[start - 4 : start], "little")
    return patched(data, start, b"\xff" + rng.randbytes(size - 1))
