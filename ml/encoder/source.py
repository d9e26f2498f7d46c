"""Where a model comes from, told from its two names without importing torch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ml.encoder.spec import EncoderSpec
from ml.errors import ModelNotFound

LOCAL_PREFIX = "local-dir:"
HUB_PREFIX = "hf-hub:"
_PROSE = {".md", ""}  # cards and licences don't change vectors, so editing them makes no new export


@dataclass(frozen=True, slots=True)
class Source:
    """A model's origin.

    Attributes:
        model: architecture, ``hf-hub:`` name, or absolute directory.
        pretrained: hub tag or absolute checkpoint file; None for a directory or a hub name.
        directory: the local directory that `model` names, if it does.
        checkpoint: the local file that `pretrained` names, if it does.
    """

    model: str
    pretrained: str | None
    directory: Path | None = None
    checkpoint: Path | None = None

    @property
    def name(self) -> str:
        """Short name for people: the directory's own, or architecture and tag."""
        if self.directory:
            return self.directory.name
        tag = self.checkpoint.stem if self.checkpoint else self.pretrained
        return self.model.removeprefix(HUB_PREFIX) + (f"/{tag}" if tag else "")

    def files(self) -> list[Path]:
        """The local files that make the model what it is, sorted; empty for one from the hub."""
        if self.checkpoint:
            return [self.checkpoint]
        if not self.directory:
            return []
        return sorted(path for path in self.directory.iterdir() if path.is_file() and path.suffix not in _PROSE)

    def checksums(self) -> dict[str, str]:
        """SHA-256 of `files` by name."""
        return {path.name: sha256_of(path) for path in self.files()}


def find_source(spec: EncoderSpec) -> Source:
    """Tell a directory, a checkpoint file and a hub name apart.

    Raises:
        ModelNotFound: a local path is named that doesn't exist or isn't a model directory.
    """
    named_local = spec.model.startswith(LOCAL_PREFIX)
    path = Path(spec.model.removeprefix(LOCAL_PREFIX)).expanduser()
    if not spec.model.startswith(HUB_PREFIX) and (named_local or path.is_dir() or _looks_like_path(spec.model)):
        directory = path.resolve()
        if not (directory / "open_clip_config.json").is_file():
            wrong = "holds no open_clip_config.json" if directory.is_dir() else "isn't a directory"
            raise ModelNotFound(
                f"{directory} {wrong}. Name a model directory, an open_clip architecture such as ViT-B-32, or an "
                "hf-hub: name; the settings do so in CLIP_MODEL."
            )
        return Source(str(directory), None, directory=directory)
    if spec.model.startswith(HUB_PREFIX):
        return Source(spec.model, None)
    if not spec.pretrained:
        raise ModelNotFound(
            f"The architecture {spec.model} has no weights of its own. Name one of its tags, such as "
            "laion2b_s34b_b79k, or a checkpoint file beside it (CLIP_PRETRAINED, --pretrained), or a model directory."
        )
    checkpoint = Path(spec.pretrained).expanduser()
    if checkpoint.is_file():
        return Source(spec.model, str(checkpoint.resolve()), checkpoint=checkpoint.resolve())
    if _looks_like_path(spec.pretrained) or checkpoint.suffix in {".safetensors", ".bin", ".pt", ".pth"}:
        raise ModelNotFound(f"The checkpoint {checkpoint} doesn't exist.")
    return Source(spec.model, spec.pretrained)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looks_like_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "/" in name or "\\" in name
