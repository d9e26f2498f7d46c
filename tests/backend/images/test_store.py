"""The store of pictures."""

import hashlib
import io
import os
import threading
from pathlib import Path

import pytest
from PIL import Image

from backend.catalogue.images import ImageRefused, MediaStore, safe_decode
from tests.backend.images.pictures import encode, halves


def test_a_picture_is_named_by_what_is_stored(tmp_path: Path) -> None:
    store = MediaStore(tmp_path / "media")
    name = store.put(encode(halves(), "PNG"))
    data = store.read(name)
    digest = hashlib.sha256(data).hexdigest()
    assert name == f"{digest[:2]}/{digest}.jpg"
    assert store.path(name).read_bytes() == data
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", (60, 40))


def test_putting_again_changes_nothing(tmp_path: Path) -> None:
    store = MediaStore(tmp_path)
    name = store.put(encode(halves()))
    before = store.path(name).stat()
    assert store.put(encode(halves())) == name
    assert MediaStore(tmp_path).put(safe_decode(encode(halves()))) == name
    assert store.path(name).stat() == before
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [store.path(name)]


def test_a_stored_file_that_was_cut_is_replaced(tmp_path: Path) -> None:
    store = MediaStore(tmp_path)
    name = store.put(encode(halves()))
    whole = store.read(name)
    store.path(name).write_bytes(whole[:100])
    assert store.put(encode(halves())) == name
    assert store.read(name) == whole


@pytest.mark.parametrize("decoded", [False, True])
def test_large_pictures_are_scaled_down(tmp_path: Path, decoded: bool) -> None:
    store = MediaStore(tmp_path)
    data = encode(halves(3000, 1500))
    picture = safe_decode(data) if decoded else data
    with Image.open(store.path(store.put(picture))) as image:
        assert image.size == (1024, 512)
    if isinstance(picture, Image.Image):
        assert picture.size == (3000, 1500)


def test_nothing_of_the_sender_stays(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    data = encode(halves(), exif=exif, comment=b"SECRET-COMMENT") + b"<script>SECRET-TAIL</script>"
    stored = MediaStore(tmp_path).read(MediaStore(tmp_path).put(data))
    assert b"SECRET" in data
    assert b"SECRET" not in stored


def test_refused_pictures_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ImageRefused):
        MediaStore(tmp_path).put(b"<svg/>")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    store = MediaStore(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_space)
        with pytest.raises(OSError, match="No space left"):
            store.put(encode(halves()))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "name",
    ["", "../etc/passwd", "/etc/passwd", "ab/../ab/x.jpg", "ab/cd.jpg", f"ab/{'c' * 64}.jpg", f"ab/{'ab' * 32}.jpg"],
)
def test_only_stored_names_open(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        MediaStore(tmp_path).path(name)


def test_threads_may_store_the_same_picture(tmp_path: Path) -> None:
    store, data, names = MediaStore(tmp_path), encode(halves(800, 600)), []
    threads = [threading.Thread(target=lambda: names.append(store.put(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
