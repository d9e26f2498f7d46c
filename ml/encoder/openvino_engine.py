"""Serves an exported model with OpenVINO; nothing here imports torch."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ml.encoder.cache import cache_entry
from ml.encoder.dual import DualEncoder, ImageTower
from ml.encoder.manifest import Manifest, graph_file
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec, Precision
from ml.encoder.tokens import TextTokenizer
from ml.errors import ModelNotFound
from ml.types import Fingerprint

GROUP = "64"
"""Activations share one int8 scale over this many neighbours in a row, never across rows: with scales over more
than a row, or none, the kernels gave a text other bits when others shared its batch."""


class OpenVinoTower:
    """One compiled graph and its infer request, used by one thread at a time.

    The graph already spreads an inference over all its threads, so a second request at once would gain nothing.
    """

    def __init__(self, core: ov.Core, path: Path, precision: Precision, threads: int) -> None:
        compiled = core.compile_model(str(path), "CPU", compile_options(precision, threads))
        self._request = compiled.create_infer_request()
        self._lock = threading.Lock()

    def __call__(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        """Run one batch; the result is a copy, since the request reuses its buffers."""
        with self._lock:
            features: NDArray[np.float32] = np.array(self._request.infer([batch])[0], dtype=np.float32)
        return features


def compile_options(precision: Precision, threads: int) -> dict[str, str]:
    """OpenVINO's settings for lowest latency at `precision`; 0 threads leaves the number to OpenVINO."""
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        "ENABLE_CPU_PINNING": "NO",  # the cores are shared with the web server and the index
    }
    if precision == "int8":
        options["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = GROUP
    if threads:
        options["INFERENCE_NUM_THREADS"] = str(threads)
    return options


def load(spec: EncoderSpec) -> DualEncoder:
    """Load the cached export of `spec`; `prepare_encoder` has made it.

    Raises:
        ModelNotFound: nothing is in the cache.
    """
    entry = cache_entry(spec.cache_dir, find_source(spec))
    with entry.locked(exclusive=False):  # keeps a newer export from removing the files while they are read
        manifest = entry.read_manifest()
        if manifest is None:
            raise ModelNotFound(f"No export of {spec.model} in {spec.cache_dir}: call prepare_encoder first.")
        folder = entry.folder / manifest.directory
        return open_export(folder, manifest, spec.precision, spec.threads, spec.image_threads)


def open_export(
    directory: Path, manifest: Manifest, precision: Precision, threads: int, image_threads: int = 0
) -> DualEncoder:
    """Compile the graphs in `directory` and wrap them as an encoder; for threads see `EncoderSpec`."""
    core = ov.Core()
    agreement = manifest.agreement[precision]

    def compiled(tower: Literal["text", "image"], threads: int) -> OpenVinoTower:
        return OpenVinoTower(core, directory / graph_file(tower, precision), precision, threads)

    # Compiling is done by one thread each, without Python's lock.
    with ThreadPoolExecutor(2) as beside:
        image = beside.submit(compiled, "image", image_threads or threads) if manifest.image else None
        text = beside.submit(compiled, "text", threads)
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    image_tower = None
    if manifest.image and image:
        image_tower = ImageTower(image.result(), manifest.image, agreement.image_rows)
    return DualEncoder(
        fingerprint=Fingerprint(manifest.fingerprint),
        name=manifest.name,
        engine=f"openvino-{precision}",
        dimension=manifest.dimension,
        tokenizer=TextTokenizer(tokenizer, manifest.text),
        text_tower=text.result(),
        text_rows=agreement.text_rows,
        image_tower=image_tower,
    )
