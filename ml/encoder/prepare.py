"""Makes sure a model's export is in the cache, without importing torch into the calling process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ml.encoder.cache import CacheEntry, cache_entry
from ml.encoder.device import pick_engine
from ml.encoder.manifest import Manifest
from ml.encoder.source import Source, find_source
from ml.encoder.spec import EncoderSpec
from ml.errors import ExportRejected, MLError, ModelNotFound

_ERRORS: dict[str, type[MLError]] = {"ModelNotFound": ModelNotFound, "ExportRejected": ExportRejected}
_REPOSITORY = Path(__file__).resolve().parents[2]  # where ``python -m ml...`` finds this package


def prepare_encoder(spec: EncoderSpec) -> None:
    """Export the model named by `spec`, in a process of its own, unless a sound export is cached.

    A cached export is taken only if the model's files still have the checksums that it was made from, and its own
    files theirs. The torch engine runs the model itself and needs no export.

    Raises:
        ModelNotFound: the model can't be found or read.
        ExportRejected: the exported graph doesn't agree with torch.
    """
    source = find_source(spec)
    if pick_engine(spec.engine) == "torch":
        return
    entry = cache_entry(spec.cache_dir, source)
    with entry.locked(exclusive=False):
        manifest = entry.sound_manifest(source, spec.precision)
    if manifest is None:
        with entry.locked(exclusive=True):
            # another process may have exported while this one waited for the lock
            manifest = entry.sound_manifest(source, spec.precision) or _export(source, entry, spec)
    agreement = manifest.agreement[spec.precision]
    if not agreement.accepted:
        raise ExportRejected(
            f"{manifest.name} loses too much at {spec.precision}: text cosine {agreement.text_cosine:.5f}, "
            f"image cosine {agreement.image_cosine} against torch. Choose bf16 or fp32."
        )


def _export(source: Source, entry: CacheEntry, spec: EncoderSpec) -> Manifest:
    command = [sys.executable, "-m", "ml.encoder.export", "--model", source.model]
    if source.pretrained:
        command += ["--pretrained", source.pretrained]
    command += ["--cache-dir", str(spec.cache_dir.resolve()), "--lock-held"]
    environment = {**os.environ, "TRANSFORMERS_VERBOSITY": "error"}  # its notes mean nothing to a shop's engineer
    done = subprocess.run(command, cwd=_REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        lines = done.stdout.strip().splitlines()
        if not lines:
            raise ExportRejected(
                f"The export of {source.name} ended with status {done.returncode}; see its log above."
            )
        failure = json.loads(lines[-1])
        raise _ERRORS[failure["error"]](failure["message"])
    manifest = entry.sound_manifest(source, spec.precision)
    if manifest is None:
        raise ExportRejected(f"The export of {source.name} was damaged as it was written; is the disk full?")
    return manifest
