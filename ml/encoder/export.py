"""Exports a model for serving and accepts it only if it agrees with torch: ``python -m ml.encoder.export``.

Progress goes to stderr. A failure is one line of JSON on stdout, read by the process that asked for the export.
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import sys
import time
from contextlib import nullcontext, redirect_stdout
from importlib.metadata import version
from pathlib import Path

import torch
from rich.console import Console

from ml.encoder.cache import CacheEntry, cache_entry
from ml.encoder.fingerprint import fingerprint_of
from ml.encoder.manifest import FORMAT, Agreement, Manifest, graph_file
from ml.encoder.openvino_engine import open_export
from ml.encoder.probes import HOSTILE, probe_texts
from ml.encoder.reference import Reference, image_settings, load_reference
from ml.encoder.source import Source, find_source, sha256_of
from ml.encoder.spec import EncoderSpec, Precision
from ml.encoder.token_export import check_tokenizer, export_tokenizer, pad_token
from ml.encoder.towers import WholeTower, text_module
from ml.encoder.trace import write_image_graphs, write_text_graphs
from ml.encoder.verify import THRESHOLDS, Verifier
from ml.errors import ExportRejected, MLError

TEXT_ROWS, IMAGE_ROWS = 32, 8
"""Most rows in one inference: larger ones gain nothing and leave the processor's cache."""

_UNKNOWN = Agreement(
    accepted=False, text_cosine=0, image_cosine=None, top20_overlap=0, text_rows=TEXT_ROWS, image_rows=IMAGE_ROWS
)
_LIBRARIES = ("openvino", "nncf", "torch", "open-clip-torch", "tokenizers")


def export(source: Source, entry: CacheEntry, console: Console) -> Manifest:
    """Export the model of `source` into `entry`; the caller holds its lock.

    Raises:
        ModelNotFound: the model can't be loaded.
        ExportRejected: the tokenizer differs or the fp32 graph doesn't agree with torch. An int8 or bf16 graph that
            doesn't agree is recorded as not accepted instead.
    """
    started = time.perf_counter()
    checksums = source.checksums()  # before reading, so that files changed meanwhile lead to a new export
    console.print(f"Exporting [bold]{source.name}[/] for serving; this happens once.")
    reference = load_reference(source)
    directory = entry.folder / f"graphs-{secrets.token_hex(4)}"
    directory.mkdir(parents=True)
    try:
        manifest = _verified(_write(reference, source, checksums, directory), reference, directory, console)
    except MLError:
        shutil.rmtree(directory)
        raise
    entry.publish(manifest)
    console.print(f"Exported {manifest.name} as {manifest.fingerprint} in {time.perf_counter() - started:.0f} s.")
    return manifest


def _write(reference: Reference, source: Source, checksums: dict[str, str], directory: Path) -> Manifest:
    module, cut_padding = text_module(reference, pad_token(reference.tokenizer))
    tokenizer = export_tokenizer(reference.tokenizer, cut_padding=cut_padding)
    check_tokenizer(tokenizer, reference.tokenizer, [*HOSTILE, *probe_texts()])
    tokenizer.save(directory / "tokenizer.json")
    example = reference.tokenizer(["red shoe", "brown leather boots"])
    if cut_padding:
        example = example[:, : max(map(len, tokenizer.encode(["red shoe", "brown leather boots"])))]
    paths = directory / graph_file("text", "fp32"), directory / graph_file("text", "int8")
    write_text_graphs(module, example, any_length=cut_padding, paths=paths)
    image = image_settings(reference)
    if reference.visual is not None and image is not None:
        paths = directory / graph_file("image", "fp32"), directory / graph_file("image", "int8")
        write_image_graphs(WholeTower(reference.visual).eval(), torch.zeros(2, 3, *image.size), paths=paths)
    return Manifest(
        format=FORMAT,
        name=source.name,
        model=source.model,
        pretrained=source.pretrained,
        sources=checksums,
        fingerprint=fingerprint_of(reference, tokenizer, image),
        dimension=reference.config["embed_dim"],
        text=tokenizer.settings,
        image=image,
        directory=directory.name,
        files={path.name: sha256_of(path) for path in sorted(directory.iterdir())},
        agreement=dict.fromkeys(THRESHOLDS, _UNKNOWN),
        versions={name: version(name) for name in _LIBRARIES},
    )


def _verified(manifest: Manifest, reference: Reference, directory: Path, console: Console) -> Manifest:
    """Fill in how each precision agrees with torch."""
    verifier = Verifier(reference)
    agreement: dict[Precision, Agreement] = {}
    for precision in THRESHOLDS:
        found = verifier.compare(open_export(directory, manifest, precision, threads=0), precision)
        agreement[precision] = found
        image = "" if found.image_cosine is None else f"image cosine {found.image_cosine:.6f}, "
        console.print(
            f"  {precision}: text cosine {found.text_cosine:.6f}, {image}"
            f"top-20 overlap {found.top20_overlap:.3f}" + ("" if found.accepted else " [red]not accepted[/]")
        )
    if not agreement["fp32"].accepted:
        raise ExportRejected(f"The graph of {manifest.name} doesn't compute what torch does: {agreement['fp32']}")
    return manifest.model_copy(update={"agreement": agreement})


def main() -> int:
    """Run the export named on the command line; 0 when it is in the cache, else 1 and the reason on stdout."""
    parser = argparse.ArgumentParser(description="Export a model for serving.")
    parser.add_argument("--model", required=True, help="directory, open_clip architecture or hf-hub: name")
    parser.add_argument("--pretrained", help="tag or checkpoint file, for an architecture")
    parser.add_argument("--cache-dir", type=Path, default=EncoderSpec("").cache_dir)
    parser.add_argument("--lock-held", action="store_true", help="the parent process holds the cache entry's lock")
    asked = parser.parse_args()
    try:
        source = find_source(EncoderSpec(asked.model, asked.pretrained))
        entry = cache_entry(asked.cache_dir, source)
        with redirect_stdout(sys.stderr), nullcontext() if asked.lock_held else entry.locked(exclusive=True):
            export(source, entry, Console(stderr=True))
    except MLError as error:
        json.dump({"error": type(error).__name__, "message": str(error)}, sys.stdout)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
