from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import numpy as np
import pytest

from backend.compute import Compute, EncoderQueue
from backend.errors import Overloaded
from ml.encoder.base import Ready
from ml.encoder.fake import FakeEncoder
from ml.types import Embeddings


class GatedEncoder(FakeEncoder):
    """Encodes when told to, and remembers its batches."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.batches: list[list[str]] = []

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        self.begun.set()
        assert self.gate.wait(10)
        self.batches.append(list(texts))
        if "explode" in texts:
            raise RuntimeError("no such word")
        return super().encode_texts(texts)


@pytest.fixture
def encoder() -> GatedEncoder:
    return GatedEncoder()


@pytest.fixture
async def queue(encoder: GatedEncoder) -> AsyncIterator[EncoderQueue]:
    queue = EncoderQueue(encoder, max_waiting=6, batch_size=4, cache_size=3)
    yield queue
    encoder.gate.set()
    queue.close()


async def test_waiting_queries_form_the_next_batch_and_equal_ones_are_encoded_once(
    encoder: GatedEncoder, queue: EncoderQueue
) -> None:
    first = asyncio.create_task(queue.encode("first"))
    await asyncio.sleep(0.05)
    others = [asyncio.create_task(queue.encode(text)) for text in ("a", "b", "a", "c", "d", "e", "first")]
    await asyncio.sleep(0)
    encoder.gate.set()
    rows = await asyncio.gather(first, *others)
    assert encoder.batches == [["first"], ["a", "b", "c", "d"], ["e"]]
    expected = FakeEncoder().encode_texts(["first", "a", "b", "a", "c", "d", "e", "first"])
    np.testing.assert_array_equal(np.stack(rows), expected)


async def test_recent_queries_are_kept(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    encoder.gate.set()
    for text in ("a", "b", "a", "c", "d", "a", "b"):
        await queue.encode(text)
    assert [batch[0] for batch in encoder.batches] == ["a", "b", "c", "d", "b"]


async def test_a_full_queue_refuses_at_once(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    tasks = [asyncio.create_task(queue.encode("first"))]
    await asyncio.sleep(0.05)
    tasks += [asyncio.create_task(queue.encode(f"q{number}")) for number in range(6)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await queue.encode("one too many")
    encoder.gate.set()
    assert len(await asyncio.gather(*tasks)) == 7


async def test_work_beside_is_done_while_the_text_is_encoded(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    def work() -> str:
        assert encoder.begun.wait(10)
        assert not encoder.batches
        encoder.gate.set()
        return "done"

    row, done = await queue.encode_beside("a", work)
    assert done == "done"
    np.testing.assert_array_equal(row, FakeEncoder().encode_texts(["a"])[0])
    assert (await queue.encode_beside("a", lambda: 7))[1] == 7  # its embedding is kept
    assert encoder.batches == [["a"]]


async def test_work_beside_that_fails_harms_nobody_else(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await queue.encode_beside("a", fail)
    encoder.gate.set()
    assert (await queue.encode("a")).shape == (64,)
    assert encoder.batches == [["a"]]


async def test_a_text_that_cannot_be_prepared_keeps_no_other_waiting(
    encoder: GatedEncoder, queue: EncoderQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.gate.set()
    whole = encoder.prepare_texts

    def prepare(texts: Sequence[str]) -> Ready:
        if "odd" in texts:
            raise RuntimeError("no such letter")
        return whole(texts)

    monkeypatch.setattr(encoder, "prepare_texts", prepare)
    odd, fine = (
        asyncio.create_task(queue.encode("odd")),
        [asyncio.create_task(queue.encode(text)) for text in "abcde"],
    )
    with pytest.raises(RuntimeError, match="no such letter"):
        await odd
    found = await asyncio.gather(*fine, return_exceptions=True)
    assert [isinstance(one, RuntimeError) for one in found] == [
        True,
        True,
        True,
        False,
        False,
    ]  # who shared its batch


async def test_a_failure_reaches_its_callers_and_nobody_else(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    encoder.gate.set()
    with pytest.raises(RuntimeError, match="no such word"):
        await queue.encode("explode")
    assert (await queue.encode("fine")).shape == (64,)


async def test_an_encoder_that_returns_too_few_rows_leaves_nobody_waiting(
    encoder: GatedEncoder, queue: EncoderQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.gate.set()
    whole = encoder.encode_texts
    monkeypatch.setattr(encoder, "encode_texts", lambda texts: whole(texts)[1:])
    with pytest.raises(ValueError, match="zip"):
        await asyncio.wait_for(queue.encode("a"), 10)
    monkeypatch.undo()
    assert (await asyncio.wait_for(queue.encode("a"), 10)).shape == (64,)


async def test_a_caller_that_leaves_does_not_take_the_others_answer(
    encoder: GatedEncoder, queue: EncoderQueue
) -> None:
    leaving, staying = asyncio.create_task(queue.encode("a")), asyncio.create_task(queue.encode("a"))
    await asyncio.sleep(0.05)
    leaving.cancel()
    encoder.gate.set()
    assert (await staying).shape == (64,)


async def test_what_nobody_waits_for_any_more_is_not_encoded(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    first = asyncio.create_task(queue.encode("first"))
    await asyncio.sleep(0.05)
    leaving, shared, staying = (asyncio.create_task(queue.encode(text)) for text in ("left", "kept", "kept"))
    await asyncio.sleep(0)
    leaving.cancel()
    shared.cancel()
    await asyncio.sleep(0)
    again = asyncio.create_task(queue.encode("left"))  # and again, by somebody else
    await asyncio.sleep(0)
    encoder.gate.set()
    await asyncio.gather(first, staying, again)
    assert encoder.batches == [["first"], ["kept", "left"]]


async def test_index_work_is_bounded_too(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    compute = Compute(encoder, queue, threads=1, max_waiting=1)
    gate = threading.Event()
    tasks = [asyncio.create_task(compute.run(lambda: gate.wait(10))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await compute.run(lambda: None)
    gate.set()
    assert await asyncio.gather(*tasks) == [True, True]
    assert await compute.run(lambda: "free again") == "free again"
    encoder.gate.set()
    compute.close()


async def test_bulk_encoding_keeps_the_order(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    compute = Compute(encoder, queue, threads=1, max_waiting=1)
    encoder.gate.set()
    texts = [f"{'word ' * (number * 7 % 50)}{number}" for number in range(100)]
    rows = await compute.encode_many(texts)
    np.testing.assert_array_equal(rows, FakeEncoder().encode_texts(texts))
    assert max(len(batch) for batch in encoder.batches) <= 16
    compute.close()


async def test_light_work_is_done_in_order_and_others_come_in_between(
    encoder: GatedEncoder, queue: EncoderQueue
) -> None:
    compute = Compute(encoder, queue, threads=1, max_waiting=1)
    done: list[int | str] = []
    others = asyncio.create_task(_come_in_between(done))
    await asyncio.gather(*(compute.run_light(lambda number=number: done.append(number)) for number in range(20)))
    others.cancel()
    assert [one for one in done if one != "other"] == list(range(20))
    places = [at for at, one in enumerate(done) if one != "other"]
    assert all(later - earlier > 1 for earlier, later in pairwise(places))


async def test_light_work_that_fails_lets_the_next_one_go_on(encoder: GatedEncoder, queue: EncoderQueue) -> None:
    compute = Compute(encoder, queue, threads=1, max_waiting=1)

    def fail() -> None:
        raise ValueError("no")

    failing = [compute.run_light(fail) for _ in range(3)]
    assert [type(one) for one in await asyncio.gather(*failing, return_exceptions=True)] == [ValueError] * 3
    assert await compute.run_light(lambda: 7) == 7


async def _come_in_between(done: list[int | str]) -> None:
    while True:
        done.append("other")
        await asyncio.sleep(0)
