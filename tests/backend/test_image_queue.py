"""Pictures on their way to the encoder."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Iterable

import numpy as np
import pytest
from PIL import Image

from backend import image_queue
from backend.catalogue.images import ImageRefused
from backend.errors import Overloaded
from backend.image_queue import ImageQueue
from ml.encoder.base import Ready
from ml.encoder.fake import FakeEncoder
from tests.backend.images.pictures import encode


class GatedEncoder(FakeEncoder):
    """Prepares when told to, and counts."""

    def __init__(self) -> None:
        super().__init__(image_tower=True)
        self.gate = threading.Event()
        self.prepared: list[tuple[int, int]] = []

    def prepare_images(self, images: Iterable[Image.Image]) -> Ready:
        assert self.gate.wait(10)
        kept = list(images)
        self.prepared += [image.size for image in kept]
        return super().prepare_images(kept)


@pytest.fixture
def encoder() -> GatedEncoder:
    return GatedEncoder()


@pytest.fixture
async def queue(encoder: GatedEncoder) -> AsyncIterator[ImageQueue]:
    queue = ImageQueue(encoder)
    yield queue
    encoder.gate.set()
    queue.close()


RED, BLUE = (encode(Image.new("RGB", (2000, 1000), colour), "PNG") for colour in ("red", "blue"))


async def test_equal_pictures_in_flight_are_decoded_and_encoded_once(
    encoder: GatedEncoder, queue: ImageQueue
) -> None:
    tasks = [asyncio.create_task(queue.encode(RED, "red")) for _ in range(5)]
    tasks.append(asyncio.create_task(queue.encode(BLUE, "blue")))
    await asyncio.sleep(0.05)
    encoder.gate.set()
    rows = [(await task).vector for task in tasks]
    assert encoder.prepared == [(256, 128)] * 2
    expected = FakeEncoder().encode_texts(["red", "blue"])
    np.testing.assert_array_equal(np.stack(rows), expected[[0, 0, 0, 0, 0, 1]])


async def test_recent_ones_are_kept(
    encoder: GatedEncoder, queue: ImageQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_queue, "RECENT", 2)
    encoder.gate.set()
    for digest in ("a", "b", "a", "c", "a", "b"):
        await queue.encode(RED, digest)
    assert len(encoder.prepared) == 4  # a, b, c, and b again


async def test_a_full_queue_refuses_at_once(
    encoder: GatedEncoder, queue: ImageQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_queue, "MAX_PICTURES", 3)
    tasks = [asyncio.create_task(queue.encode(RED, f"p{number}")) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await queue.encode(BLUE, "one too many")
    encoder.gate.set()
    await asyncio.gather(*tasks)
    assert (await queue.encode(BLUE, "one too many")).vector.shape == (64,)


async def test_inspections_count_too(queue: ImageQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_queue, "MAX_PICTURES", 3)
    tasks = [asyncio.create_task(queue.inspect(RED)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await queue.inspect(BLUE)
    with pytest.raises(Overloaded):
        await queue.encode(BLUE, "one too many")
    await asyncio.gather(*tasks)
    assert await queue.inspect(BLUE) == hashlib.sha256(BLUE).hexdigest()


async def test_few_are_decoded_at_a_time(encoder: GatedEncoder, queue: ImageQueue) -> None:
    running = [0, 0]
    inner, lock = encoder.prepare_images, threading.Lock()

    def watched(images: Iterable[Image.Image]) -> Ready:
        with lock:
            running[0] += 1
            running[1] = max(running)
        try:
            return inner(images)
        finally:
            with lock:
                running[0] -= 1

    encoder.prepare_images = watched  # type: ignore[method-assign]
    tasks = [asyncio.create_task(queue.encode(RED, f"p{number}")) for number in range(20)]
    while running[0] < image_queue.DECODERS:
        await asyncio.sleep(0.01)
    encoder.gate.set()
    await asyncio.gather(*tasks)
    assert running == [0, image_queue.DECODERS]


async def test_a_refusal_reaches_every_caller_and_is_not_kept(encoder: GatedEncoder, queue: ImageQueue) -> None:
    encoder.gate.set()
    with pytest.raises(ImageRefused, match="cut off"):
        await queue.inspect(RED[:-1])
    for _ in range(2):
        tasks = [asyncio.create_task(queue.encode(RED[:200], "cut")) for _ in range(3)]
        for task in tasks:
            with pytest.raises(ImageRefused, match="cut off"):
                await task
    assert await queue.inspect(RED) == hashlib.sha256(RED).hexdigest()
    assert (await queue.encode(RED, "cut")).vector.shape == (64,)


async def test_a_caller_that_leaves_does_not_take_the_others_answer(encoder: GatedEncoder, queue: ImageQueue) -> None:
    leaving, staying = (asyncio.create_task(queue.encode(RED, "red")) for _ in range(2))
    await asyncio.sleep(0.05)
    leaving.cancel()
    encoder.gate.set()
    assert (await staying).vector.shape == (64,)


def test_room_is_shared_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_queue, "UPLOAD_BYTES", 100)
    queue = ImageQueue(FakeEncoder(image_tower=True))
    with queue.holding() as first, queue.holding() as second:
        first.take(60)
        second.take(40)
        with pytest.raises(Overloaded):
            second.take(1)
    with queue.holding() as again:
        again.take(100)
    queue.close()


async def test_large_pngs_wait_for_each_other_and_nothing_else_for_them(
    encoder: GatedEncoder, queue: ImageQueue
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (900, 900, 3), dtype=np.uint8)
    large = encode(Image.fromarray(noise), "PNG")
    assert len(large) > 2 << 20
    waiting = [asyncio.create_task(queue.encode(large, f"large {number}")) for number in range(3)]
    await asyncio.sleep(0.05)
    for small in (RED, encode(Image.fromarray(noise), "JPEG", quality=100)):
        assert await queue.inspect(small) == hashlib.sha256(small).hexdigest()
    assert not any(task.done() for task in waiting)
    encoder.gate.set()
    await asyncio.gather(*waiting)
    assert len(encoder.prepared) == 3


async def test_a_picture_that_nobody_waits_for_any_more_goes_no_further(
    encoder: GatedEncoder, queue: ImageQueue
) -> None:
    blocking = [asyncio.create_task(queue.encode(RED, f"red {number}")) for number in range(image_queue.DECODERS)]
    left, stays = (asyncio.create_task(queue.encode(BLUE, "blue")) for _ in range(2))
    await asyncio.sleep(0.05)
    left.cancel()
    await asyncio.sleep(0)
    assert queue.waiting == image_queue.DECODERS + 1  # the other one still wants it
    stays.cancel()
    await asyncio.sleep(0.01)
    assert queue.waiting == image_queue.DECODERS
    again = asyncio.create_task(queue.encode(BLUE, "blue"))
    encoder.gate.set()
    await asyncio.gather(*blocking, again)
    assert len(encoder.prepared) == image_queue.DECODERS + 1
    assert queue.waiting == 0
