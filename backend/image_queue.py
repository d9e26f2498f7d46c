"""The way of a picture from bytes to its embedding: bounded in number and in memory, and nothing done twice."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from backend.catalogue.images import inspect_upload, is_slow, safe_decode
from backend.errors import Overloaded
from ml.encoder.base import Encoder, Ready
from ml.types import Embedding

MAX_PICTURES = 64  # waiting and in work
DECODERS = 2  # and one more for slow pictures; each takes up to 48 MB (`containers.base.MAX_WORKING_BYTES`)
RECENT = 1000  # vectors
UPLOAD_BYTES = 64 << 20  # of all uploads in memory at once
DECODED_SIDE = 256  # for a tower that reads up to half of that; a larger one gets twice what it reads


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An embedding (float32, shape (d,), L2 norm 1) and when its picture had been decoded, by `perf_counter`."""

    vector: Embedding
    decoded_at: float


class ImageQueue:
    """Decodes and encodes uploaded pictures, off the event loop.

    A picture is known by the hash of its bytes: equal ones in flight share the work, recent ones are kept as vectors.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._side = max(DECODED_SIDE, 2 * max(encoder.image_size or (0, 0)))
        self._recent: OrderedDict[str, Embedding] = OrderedDict()
        self._in_flight: dict[str, asyncio.Task[EncodedImage]] = {}
        self._wanted: Counter[str] = Counter()  # callers of each picture in flight
        self._decoders = ThreadPoolExecutor(DECODERS, thread_name_prefix="decoder")
        self._slow_decoder = ThreadPoolExecutor(1, thread_name_prefix="slow-decoder")
        self._tower = ThreadPoolExecutor(1, thread_name_prefix="image-encoder")
        self._held_bytes = 0
        self._inspecting = 0

    @property
    def has_tower(self) -> bool:
        """Whether the model can read pictures at all."""
        return self._encoder.has_image_tower

    @property
    def waiting(self) -> int:
        """Pictures that wait or are being worked on."""
        return self._inspecting + len(self._in_flight)

    async def inspect(self, data: bytes) -> str:
        """Check an uploaded file without decoding it, and return its SHA-256 in hex.

        Raises:
            ImageRefused: it is not a picture that may be decoded.
            Overloaded: too many pictures wait already.
        """
        self._check_room()
        self._inspecting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._decoder_of(data), self._inspect, data)
        finally:
            self._inspecting -= 1

    async def encode(self, data: bytes, digest: str) -> EncodedImage:
        """Return the embedding of one picture.

        Args:
            data: a file that has been inspected.
            digest: what `inspect` returned.

        Raises:
            ImageRefused: it can't be decoded after all.
            Overloaded: too many pictures wait already.
        """
        if (known := self._recent.get(digest)) is not None:
            self._recent.move_to_end(digest)
            return EncodedImage(known, 0.0)
        task = self._in_flight.get(digest)
        if task is None:
            self._check_room()
            task = self._in_flight[digest] = asyncio.create_task(self._encode(data))
            task.add_done_callback(lambda done: self._finish(digest, done))
        self._wanted[digest] += 1
        try:
            # One caller that goes away must not cancel the work that others share.
            return await asyncio.shield(task)
        finally:
            self._leave(digest, task)

    @contextmanager
    def holding(self) -> Iterator[UploadRoom]:
        """Give room for one upload; what it took is free again after the block."""
        room = UploadRoom(self)
        try:
            yield room
        finally:
            self._held_bytes -= room.taken

    def hold(self, count: int) -> None:
        """Count bytes that an upload holds; what `holding` gave takes care of giving them back.

        Raises:
            Overloaded: all uploads together would hold more than `UPLOAD_BYTES`.
        """
        if self._held_bytes + count > UPLOAD_BYTES:
            raise _overloaded()
        self._held_bytes += count

    def _check_room(self) -> None:
        if self.waiting >= MAX_PICTURES:
            raise _overloaded()

    async def _encode(self, data: bytes) -> EncodedImage:
        loop = asyncio.get_running_loop()
        ready = await loop.run_in_executor(self._decoder_of(data), self._prepare, data)
        decoded_at = perf_counter()
        rows = await loop.run_in_executor(self._tower, ready)
        return EncodedImage(rows[0], decoded_at)

    def _decoder_of(self, data: bytes) -> ThreadPoolExecutor:
        """Choose threads; pictures that may take long wait for each other, and nothing else waits for them."""
        return self._slow_decoder if is_slow(data) else self._decoders

    def _inspect(self, data: bytes) -> str:
        inspect_upload(data, self._side)
        return hashlib.sha256(data).hexdigest()

    def _prepare(self, data: bytes) -> Ready:
        return self._encoder.prepare_images([safe_decode(data, longest_side=self._side)])

    def _leave(self, digest: str, task: asyncio.Task[EncodedImage]) -> None:
        """Take back a caller; a picture that nobody wants any more goes no further than its thread has begun."""
        self._wanted[digest] -= 1
        if not self._wanted[digest]:
            del self._wanted[digest]
            if not task.done():
                del self._in_flight[digest]
                task.cancel()

    def _finish(self, digest: str, done: asyncio.Task[EncodedImage]) -> None:
        if self._in_flight.get(digest) is done:
            del self._in_flight[digest]
        if done.cancelled() or done.exception() is not None:
            return
        self._recent[digest] = done.result().vector
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)

    def close(self) -> None:
        """Finish what is being worked on and stop the threads."""
        self._decoders.shutdown()
        self._slow_decoder.shutdown()
        self._tower.shutdown()


class UploadRoom:
    """Memory for one upload, taken as its bytes arrive: who announces much and sends little holds little."""

    def __init__(self, queue: ImageQueue) -> None:
        self.queue = queue
        self.taken = 0

    def take(self, count: int) -> None:
        """Take room for some more bytes.

        Raises:
            Overloaded: all uploads together would hold more than `UPLOAD_BYTES`.
        """
        self.queue.hold(count)
        self.taken += count


def _overloaded() -> Overloaded:
    return Overloaded("too many pictures at once; try again shortly", retry_after_s=1)
