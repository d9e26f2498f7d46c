"""What a snapshot says about itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from ml.errors import IndexDamaged
from ml.index.planner import Tuning
from ml.types import Fingerprint

FORMAT_VERSION: Literal[3] = 3

Kind = Literal["flat", "compact", "clustered"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class SnapshotMeta:
    """What the caller knows about the vectors of a snapshot."""

    fingerprint: Fingerprint
    """The encoder that made them."""
    dimension: int
    """Length d of an embedding."""
    catalogue_version: int
    """Position in the catalogue's change log up to which changes are contained."""
    blend: Mapping[str, float]
    """Weight of each part, such as image and text, in a product's vector."""
    catalogue_id: str = ""
    """Which catalogue the version counts changes of; another one's log says nothing about these rows."""
    catalogue_stamp: int | None = None
    """What tells the version from its like of another past of the catalogue; None where that isn't known."""


class FileRecord(BaseModel):
    """Size and checksum of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256

    @classmethod
    def of(cls, path: Path) -> FileRecord:
        """Measure a file, reading it in pieces.

        Raises:
            OSError: the file can't be read.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return cls(size_bytes=file.tell(), sha256=digest)

    def verify(self, path: Path) -> None:
        """Compare a file with this record, its size first, as that is quick.

        Raises:
            IndexDamaged: the file is missing or not the one that was recorded.
        """
        try:
            if path.stat().st_size != self.size_bytes:
                raise IndexDamaged(f"{path} has {path.stat().st_size} bytes instead of {self.size_bytes}")
            if FileRecord.of(path).sha256 != self.sha256:
                raise IndexDamaged(f"{path} fails its checksum")
        except OSError as error:
            raise IndexDamaged(f"{path} can't be read: {error}") from error


class Manifest(BaseModel):
    """The contents of ``manifest.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[3] = FORMAT_VERSION
    fingerprint: Fingerprint
    dimension: Annotated[int, Field(ge=1)]
    count: Annotated[int, Field(ge=0)]
    catalogue_version: Annotated[int, Field(ge=0)]
    catalogue_id: str
    blend: dict[str, FiniteFloat]
    created_at: AwareDatetime
    kind: Kind
    """Vectors alone; with codes of 8 bits a dimension and outlines beside them; with codes in clusters."""
    lists: Annotated[int, Field(ge=0)]
    """Clusters; 1 for codes that aren't clustered, 0 without codes."""
    tuning: Tuning | None
    """What was measured when the codes were built: costs, and recall by share of allowed rows."""
    failure: str | None = None
    """Why there are no codes, though there are products enough; a process that opens the snapshot tries again."""
    catalogue_stamp: int | None = None
    """As of `SnapshotMeta`; earlier versions didn't write it."""
    files: dict[str, FileRecord]

    @classmethod
    def parse(cls, text: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            IndexDamaged: the text isn't a manifest of this format.
        """
        try:
            return cls.model_validate_json(text, strict=True)
        except ValidationError as error:
            raise IndexDamaged(f"manifest.json isn't a manifest of format {FORMAT_VERSION}: {error}") from error
