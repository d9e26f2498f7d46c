"""The counts that all processes share, in Redis."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, time

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from backend.access.window import WINDOW_S, Bucket, Count, left, window_of
from backend.breaker import Breaker
from backend.lag import Doubt, LoopLag

logger = logging.getLogger(__name__)
PREFIX = "vitrine:rate"
TELL_EVERY_S = 0.1
TIMEOUT_S = 0.05
MOST_AT_ONCE = 500  # identities in one call: about a millisecond of Redis
KEPT_S = int(2 * WINDOW_S) + 10

# For each identity: two keys (this minute and the one before) and six numbers: what the caller knows of both, what it
# has let through and not told, what it wants now, the limit, and the weight of the minute before. Returns three: how
# many are granted, and both counts. What isn't a count counts as 0 and is written over, and what a caller knows comes
# back after a flush.
SCRIPT = """
local function count(key, known)
  local value = redis.pcall('GET', key)
  local number = type(value) == 'string' and tonumber(value) or 0
  if number ~= number or number < 0 or number > 1e9 or number % 1 ~= 0 then number = 0 end
  return math.max(number, known)
end
local answer = {}
for i = 1, #KEYS, 2 do
  local at = (i - 1) * 3 + 1
  local given = {}
  for j = 1, 6 do given[j] = tonumber(ARGV[at + j]) end
  local previous = count(KEYS[i + 1], given[2])
  local current = count(KEYS[i], given[1]) + given[3]
  local room = math.floor(given[5] - previous * given[6] - current)
  local granted = math.max(0, math.min(given[4], room))
  current = current + granted
  redis.call('SET', KEYS[i], string.format('%d', current), 'EX', ARGV[1])
  for _, number in ipairs({granted, current, previous}) do answer[#answer + 1] = number end
end
return answer
"""


@dataclass(frozen=True, slots=True)
class _Item:
    """What is told of one identity, and asked when somebody waits for the answer."""

    bucket: Bucket
    identity: str
    count: Count
    wanted: int = 0
    answer: asyncio.Future[int | None] | None = None


class SharedCounts:
    """Brings the counts of this process and those of the others together.

    One task talks to Redis, one call at a time: whoever asks meanwhile shares the next one. A call that fails is
    answered with None, one that takes longer than `TIMEOUT_S` with what this process knows, and after some of them
    Redis is left alone for a second. Those that our own event loop was too late for don't count.
    """

    def __init__(self, url: str, now: Callable[[], float] = time, prefix: str = PREFIX) -> None:
        """Connect to nothing yet.

        Args:
            url: of Redis.
            now: seconds since 1970.
            prefix: of every key.
        """
        self._client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
        )
        self._script = self._client.register_script(SCRIPT)
        self._now = now
        self._prefix = prefix
        self.breaker = Breaker()
        self._lag, self._doubt = LoopLag(), Doubt(TIMEOUT_S)
        self._untold: dict[tuple[str, str], _Item] = {}
        self._due: deque[_Item] = deque()
        self._asked: list[_Item] = []
        self._wake = asyncio.Event()
        self._told_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def answers(self) -> bool:
        """Whether it makes sense to ask."""
        return (
            self._task is not None and not self._task.done() and not self._closing and self.breaker.state == "closed"
        )

    def start(self) -> None:
        """Begin to talk to Redis."""
        self._task = asyncio.create_task(self._talk())
        self._task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Stop; whoever still waits counts for themselves."""
        self._closing = True  # not cancelled: a connection that is just being opened would be left behind
        self._wake.set()
        if self._task is not None:
            await asyncio.wait({self._task})
            self._task = None
        self._lag.close()
        await self._client.aclose()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Answer whoever still waits, however the task ended: from now on they count for themselves."""
        for item in self._asked:
            _answer(item, None)
        self._asked.clear()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("this process doesn't count with the others any more", exc_info=error)

    def tell(self, bucket: Bucket, identity: str, count: Count) -> None:
        """Let the others know soon what is pending in a count."""
        self._untold[bucket.name, identity] = _Item(bucket, identity, count)

    async def ask(self, bucket: Bucket, identity: str, count: Count, wanted: int) -> int | None:
        """Count requests, as many as there is room for, and return how many; None when they aren't counted."""
        if not self.answers:
            return None
        answer: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._asked.append(_Item(bucket, identity, count, wanted, answer))
        self._wake.set()
        return await answer

    async def _talk(self) -> None:
        while not self._closing:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TELL_EVERY_S)
            self._wake.clear()
            if monotonic() - self._told_at >= TELL_EVERY_S:
                self._told_at = monotonic()
                self._due.extend(self._untold.values())
                self._untold = {}
            if self.breaker.state != "closed":
                await self._call([])  # finds out whether Redis is back, though nobody has come meanwhile
            while self._asked or self._due:
                items = self._asked[:MOST_AT_ONCE]  # somebody waits for these
                del self._asked[:MOST_AT_ONCE]
                items += [self._due.popleft() for _ in range(min(MOST_AT_ONCE - len(items), len(self._due)))]
                try:
                    await self._call(items)
                finally:  # whatever happens, everybody who waits gets an answer
                    for item in items:
                        _answer(item, None)

    async def _call(self, items: Sequence[_Item]) -> None:
        """Tell and ask, and answer those to whom Redis says something."""
        if not self.breaker.allows():
            return
        now = self._now()
        window = window_of(now)
        sent = [self._send(item, window) for item in items]
        keys = [key for item in items for key in self._keys(item, window)]
        numbers = [number for item, pending in zip(items, sent, strict=True) for number in (
            item.count.current, item.count.previous, pending, item.wanted, item.bucket.limit, left(now)
        )]  # fmt: skip
        was_late_s = self._lag.late_s
        try:
            with self._lag.watched():
                answer = await asyncio.wait_for(self._script(keys, [KEPT_S, *numbers]), TIMEOUT_S)
            counts = [int(number) for number in answer]
            if len(counts) != 3 * len(items):
                raise ValueError(f"{len(counts)} numbers for {len(items)} counts")
        except Exception as error:
            is_late = isinstance(error, (TimeoutError, redis.TimeoutError))
            for item, pending in zip(items, sent, strict=True):
                _land(item, window, pending)
                if item.count.window == window and is_late:
                    item.count.current += pending  # it may have run: told as known, it isn't counted twice
                elif item.count.window == window:
                    item.count.pending += pending
            if is_late:
                for item in items:
                    _answer(item, self._guess(item, window, now))
            if not (is_late and self._doubt.is_ours(self._lag.late_s - was_late_s)):
                self._failed(error)
            return
        self.breaker.succeeded()
        self._doubt.answered()
        for index, (item, pending) in enumerate(zip(items, sent, strict=True)):
            granted, current, previous = counts[3 * index : 3 * index + 3]
            _land(item, window, pending)
            if item.count.window == window:
                item.count.current = max(item.count.current, current)
                item.count.previous = max(item.count.previous, previous)
                item.count.heard = True
            _answer(item, granted)

    def _failed(self, error: Exception) -> None:
        was = self.breaker.state
        self.breaker.failed()
        if was == "closed" != self.breaker.state:  # once an outage
            logger.warning("Redis doesn't count requests, each process does for itself: %r", error)

    def _guess(self, item: _Item, window: int, now: float) -> int:
        """Grant what there is room for as far as is known, and count it as what Redis may have counted already."""
        count = item.count
        if count.window != window:  # what was wanted is among the requests of the minute before
            return count.fits(item.wanted, item.bucket.limit, self._now())
        granted = count.fits(item.wanted, item.bucket.limit, now)
        count.current += granted
        return granted

    def _send(self, item: _Item, window: int) -> int:
        """Take what is pending along, and make room for what is wanted, so that others here don't take it."""
        count = item.count
        count.roll(window)
        pending, count.pending = count.pending, 0
        count.flying += pending + item.wanted
        return pending

    def _keys(self, item: _Item, window: int) -> tuple[str, str]:
        # Hashed: Redis keeps no name of a shopper, and every key has the same length.
        name = hashlib.blake2b(item.identity.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        stem = f"{self._prefix}:{item.bucket.name}:{name}"
        return f"{stem}:{window}", f"{stem}:{window - 1}"


def _land(item: _Item, window: int, pending: int) -> None:
    if item.count.window == window:
        item.count.flying -= pending + item.wanted


def _answer(item: _Item, granted: int | None) -> None:
    if item.answer is not None and not item.answer.done():
        item.answer.set_result(granted)
