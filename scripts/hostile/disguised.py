"""Files that are no picture at all, or not the one that they are declared as."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Iterator
from functools import partial

from scripts.hostile.case import Case, encoded, photo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><svg xmlns="http://www.w3.org/2000/svg"><text>&c;</text></svg>'
)


def disguised_cases(seed: int) -> Iterator[Case]:
    """Yield every case."""
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    image = photo(200, 150, seed)
    files = {
        "nothing": b"",
        "one byte": b"\xff",
        "noise": rng.randbytes(100_000),
        "9 MB of zeros": bytes(9 << 20),
        "a web page": b"<html><script>alert(1)</script></html>",
        "JavaScript": b"alert(document.cookie)//",
        "SVG": SVG,
        "SVG with an entity bomb": LAUGHS,
        "PDF": b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>",
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file",
        "an ImageMagick script": b'push graphic-context\nfill "url(https://x.example/|id)"\npop graphic-context',
        "an archive": _archive(),
        "a gzip bomb": gzip.compress(bytes(50 << 20)),
        "GIF": encoded(image, "GIF"),
        "BMP": encoded(image, "BMP"),
        "TIFF": encoded(image, "TIFF"),
        "ICO": encoded(image.resize((32, 32)), "ICO"),
        "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + rng.randbytes(500),
        "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + rng.randbytes(500),
        "AVIF": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + rng.randbytes(500),
        "an executable": b"\x7fELF\2\1\1" + rng.randbytes(500),
        "a WAV": b"RIFF\x24\0\0\0WAVEfmt " + rng.randbytes(28),
    }  # fmt: skip
    for number, (name, data) in enumerate(files.items()):
        declared = ("image/jpeg", "image/png", "image/webp")[number % 3]
        yield Case(f"disguised: {name} as {declared}", declared, partial(bytes, data))
    for kind, declared in (("JPEG", "image/png"), ("PNG", "image/webp"), ("WEBP", "image/jpeg")):
        yield Case(f"disguised: {kind} as {declared}", declared, partial(encoded, image, kind))
    for declared in (
        "text/html",
        "application/octet-stream",
        "image/svg+xml",
        "image/gif",
        "image/*",
        "x" * 2000,
        "",
    ):
        yield Case(f"disguised: a JPEG declared as {declared[:30]!r}", declared, partial(encoded, image, "JPEG"))
    yield Case("disguised: 11 MB of JPEG", "image/jpeg", lambda: encoded(image, "JPEG") + bytes(11 << 20))


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(20 << 20))
    return buffer.getvalue()
