"""Bulk upsert: NDJSON as it streams in, one transaction per block of lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
from pydantic import ValidationError

from backend.catalogue.schemas import BulkRejection, BulkResult, ProductIn
from backend.catalogue.service import CatalogueService
from backend.catalogue.validation import first_messages

BLOCK = 256
TURN = 32  # lines checked at a stretch, some 6 ms: as long as a search takes
MAX_LINE_BYTES = 1_048_576
MAX_REPORTED = 1000


class BulkUpsert:
    """One upload. Valid lines are written even when others are refused; a repeated id takes its last line."""

    def __init__(self, service: CatalogueService) -> None:
        self._service = service
        self._block: dict[str, ProductIn] = {}
        self._result = BulkResult(
            inserted=0, updated=0, unchanged=0, rejected=0, rejections=[], catalogue_version=service.version
        )

    async def run(self, chunks: AsyncIterator[bytes]) -> BulkResult:
        """Read to the end and return what was done."""
        async for number, line in _lines(chunks):
            if number % TURN == 0:
                await asyncio.sleep(0)  # searches have their turn
            if line is None:
                self._reject(number, f"longer than {MAX_LINE_BYTES} bytes")
                continue
            if not line.strip():
                continue
            try:
                product = ProductIn.model_validate(orjson.loads(line))
            except orjson.JSONDecodeError as error:
                self._reject(number, f"not JSON: {error.msg}")
            except ValidationError as error:
                messages = [
                    f"{m['field']}: {m['message']}" if m["field"] else m["message"] for m in first_messages(error)
                ]
                self._reject(number, "; ".join(messages))
            else:
                if product.id in self._block:
                    await self._flush()  # keeps the order of writes to one product
                self._block[product.id] = product
                if len(self._block) == BLOCK:
                    await self._flush()
        await self._flush()
        return self._result

    def _reject(self, line: int, reason: str) -> None:
        self._result.rejected += 1
        if len(self._result.rejections) < MAX_REPORTED:
            self._result.rejections.append(BulkRejection(line=line, reason=reason))

    async def _flush(self) -> None:
        if not self._block:
            return
        written = await self._service.upsert(list(self._block.values()))
        self._result.inserted += written.counts["inserted"]
        self._result.updated += written.counts["updated"]
        self._result.unchanged += written.counts["unchanged"]
        self._result.catalogue_version = written.catalogue_version
        self._block.clear()


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes | None]]:
    """Yield numbered lines; one that is too long comes as None and never takes more memory than the limit."""
    number, buffer, skipping = 1, b"", False
    async for chunk in chunks:
        *complete, rest = (buffer + chunk).split(b"\n")
        for line in complete:
            yield number, None if skipping or len(line) > MAX_LINE_BYTES else line
            number, skipping = number + 1, False
        skipping = skipping or len(rest) > MAX_LINE_BYTES
        buffer = b"" if skipping else rest
    if skipping or buffer:
        yield number, None if skipping else buffer
