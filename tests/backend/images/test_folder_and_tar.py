"""Pictures from a folder and from an archive, and the ways out that are closed."""

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest

from backend.catalogue.images import (
    DirectorySource,
    ImageMissing,
    ImageRefused,
    ImageSource,
    ImageSourceError,
    ImageUnavailable,
    TarSource,
)

OUTSIDE = [
    *("../secret.jpg", "a/../../secret.jpg", "/etc/passwd", "", ".", "a\\..\\b", "a\0.jpg", "a\n.jpg"),
    *("..", "a/..", "//etc/passwd"),
]


def archive(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    (root / "a").mkdir(parents=True)
    (root / "a" / "1.jpg").write_bytes(b"one")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    return root


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_both_find_what_is_there(folder: Path, tmp_path: Path, mode: str) -> None:
    with TarSource(archive(tmp_path / "pictures.tar", {"./a/1.jpg": b"one", "b.jpg": b""}, mode)) as tar:
        assert len(tar) == 2
        sources: list[ImageSource] = [DirectorySource(folder), tar]
        for source in sources:
            assert source.fetch("a/1.jpg") == b"one"
            assert source.fetch("./a//1.jpg") == b"one"
            with pytest.raises(ImageMissing, match=r"no such picture: 'a/2\.jpg'"):
                source.fetch("a/2.jpg")
            with pytest.raises(ImageMissing):
                source.fetch("a/1.jpg/x")


@pytest.mark.parametrize("reference", OUTSIDE)
def test_references_stay_inside(folder: Path, tmp_path: Path, reference: str) -> None:
    with TarSource(archive(tmp_path / "pictures.tar", {"../secret.jpg": b"x", "/etc/passwd": b"x"})) as tar:
        assert len(tar) == 0
        for source in (DirectorySource(folder), tar):
            with pytest.raises(ImageRefused, match="not a path below"):
                source.fetch(reference)


def test_links_in_a_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "up").symlink_to(tmp_path)
    (folder / "near.jpg").symlink_to(folder / "a" / "1.jpg")
    source = DirectorySource(folder)
    for reference in ("link.jpg", "up/secret.jpg", "near.jpg"):
        with pytest.raises(ImageRefused, match="a symbolic link"):
            source.fetch(reference)


def test_only_regular_files_are_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    source = DirectorySource(folder)
    for reference in ("a", "pipe.jpg"):
        with pytest.raises(ImageRefused, match="not a regular file"):
            source.fetch(reference)


def test_a_loop_or_a_long_name_is_missing(folder: Path) -> None:
    with pytest.raises(ImageMissing):
        DirectorySource(folder).fetch("x" * 300)


def test_large_files_are_refused(folder: Path, tmp_path: Path) -> None:
    with TarSource(archive(tmp_path / "pictures.tar", {"a/1.jpg": b"one"}), max_bytes=2) as tar:
        for source in (DirectorySource(folder, max_bytes=2), tar):
            with pytest.raises(ImageRefused, match="over 2 bytes"):
                source.fetch("a/1.jpg")


def test_links_and_devices_in_a_tar_dont_exist(tmp_path: Path) -> None:
    path = tmp_path / "pictures.tar"
    with tarfile.open(path, "w") as tar:
        for name, kind in (
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("f", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            tar.addfile(info)
    with TarSource(path) as source:
        assert len(source) == 0


def test_the_last_member_of_a_name_counts(tmp_path: Path) -> None:
    path = archive(tmp_path / "pictures.tar", {"a.jpg": b"old"})
    archive(path, {"./a.jpg": b"new"}, "a")
    with TarSource(path) as source:
        assert source.fetch("a.jpg") == b"new"


def test_a_tar_that_is_cut_off(tmp_path: Path) -> None:
    path = archive(tmp_path / "pictures.tar", {"a.jpg": b"a" * 1000, "b.jpg": b"b" * 100_000})
    with TarSource(path) as source:
        os.truncate(path, 5000)
        assert source.fetch("a.jpg") == b"a" * 1000
        with pytest.raises(ImageRefused, match="cut while in use"):
            source.fetch("b.jpg")
    with pytest.raises(ImageSourceError, match="not a whole tar archive"):
        TarSource(path)


@pytest.mark.parametrize("data", [b"", b"not a tar" * 200, gzip.compress(b"x" * 5000, mtime=0)[:-9]])
def test_what_is_no_archive(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "pictures.tar"
    path.write_bytes(data)
    with pytest.raises(ImageSourceError, match=r"pictures\.tar"):
        TarSource(path)


def test_sources_that_dont_exist(tmp_path: Path) -> None:
    with pytest.raises(ImageSourceError):
        TarSource(tmp_path / "none.tar")
    with pytest.raises(ImageSourceError):
        DirectorySource(tmp_path / "none")


def test_an_unreadable_place_may_come_back(folder: Path) -> None:
    source = DirectorySource(folder)
    (folder / "a" / "1.jpg").unlink()
    (folder / "a").rmdir()
    folder.rmdir()
    with pytest.raises((ImageMissing, ImageUnavailable)):
        source.fetch("a/1.jpg")
