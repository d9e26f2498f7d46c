"""The export cache: one folder per model, whose manifest is replaced in one step and names files by checksum."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from ml.encoder.manifest import FORMAT, Manifest, graph_file
from ml.encoder.source import Source, sha256_of
from ml.encoder.spec import Precision


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """The folder that holds one model's export.

    A new export goes into a fresh sub-folder; replacing ``manifest.json`` then switches to it, so a reader sees the
    old export or the new one, never half of each.
    """

    folder: Path

    @property
    def manifest_path(self) -> Path:
        """The file that says which sub-folder is current."""
        return self.folder / "manifest.json"

    @contextmanager
    def locked(self, *, exclusive: bool) -> Iterator[None]:
        """Hold the entry's lock: shared to read, exclusive to export. Freed by the system if the process dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield

    def read_manifest(self) -> Manifest | None:
        """The current manifest, or None when there is none that can be read."""
        try:
            return Manifest.model_validate_json(self.manifest_path.read_bytes())
        except (OSError, ValidationError):
            return None

    def sound_manifest(self, source: Source, precision: Precision) -> Manifest | None:
        """The manifest if its export is of `source` as it is now, and what `precision` needs is undamaged."""
        manifest = self.read_manifest()
        if manifest is None or manifest.format != FORMAT or manifest.versions["openvino"] != version("openvino"):
            return None
        if manifest.sources != source.checksums():
            return None
        directory = self.folder / manifest.directory
        for name in needed_files(manifest, precision):
            path = directory / name
            if not path.is_file() or sha256_of(path) != manifest.files[name]:
                return None
        return manifest

    def publish(self, manifest: Manifest) -> None:
        """Make `manifest` current and drop the sub-folders that nothing names any more."""
        for name in manifest.files:
            _fsync(self.folder / manifest.directory / name)
        _fsync(self.folder / manifest.directory)
        fresh = self.folder / "manifest.json.new"
        fresh.write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
        _fsync(fresh)
        fresh.replace(self.manifest_path)
        _fsync(self.folder)
        for path in self.folder.iterdir():
            if path.is_dir() and path.name != manifest.directory:
                shutil.rmtree(path, ignore_errors=True)


def cache_entry(cache_dir: Path, source: Source) -> CacheEntry:
    """Where the export of `source` belongs: a readable name, made unique by a hash of the full one."""
    digest = hashlib.sha256(f"{source.model}\n{source.pretrained}".encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", source.name.lower()).strip("-")[:60]
    return CacheEntry(cache_dir.resolve() / f"{slug}-{digest}")


def needed_files(manifest: Manifest, precision: Precision) -> list[str]:
    """Names of the files that serving at `precision` reads."""
    graphs = [graph_file("text", precision)] + ([graph_file("image", precision)] if manifest.image else [])
    return ["tokenizer.json", *graphs, *(Path(name).with_suffix(".bin").name for name in graphs)]


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
