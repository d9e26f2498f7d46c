"""The straightforward server that ours is measured beside: what a careful first version looks like.

FastAPI with response models, open_clip in torch padded to its context length, FAISS's flat index, SQLAlchemy for the
cards, a Redis cache. One thread does all model work: with a pool of them, each with torch's own threads below it, the
cores only get in each other's way.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Annotated, cast

import faiss
import numpy as np
import torch
from fastapi import Depends, FastAPI, Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from PIL import Image
from redis.asyncio import Redis
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from backend.config import Settings
from ml.encoder.reference import load_reference
from ml.encoder.source import find_source
from ml.types import Embeddings
from scripts.bench.reference_schemas import (
    Card,
    FeedbackBody,
    Item,
    ItemList,
    RecommendBody,
    Recorded,
    SearchBody,
)
from scripts.bench.reference_tables import Event, Product

Encode = Callable[[], Embeddings]

CACHE_S = 300
LAST_EVENTS = 50
SNIPPET = 200


class Shop:
    """Model, index, database and cache."""

    def __init__(self, settings: Settings) -> None:
        torch.set_num_threads(settings.encoder_threads or 1)
        self._engine = create_engine(settings.database_url, pool_size=20, max_overflow=20)
        self._model = load_reference(find_source(settings.encoder_spec))
        self._vectors = np.load(settings.faiss_index_path)
        self._index = faiss.IndexFlatIP(self._vectors.shape[1])
        self._index.add(self._vectors)
        with Session(self._engine) as db:
            self._ids = sorted(db.scalars(select(Product.id)))  # as the vectors are
        self._places = {id_: place for place, id_ in enumerate(self._ids)}
        # OpenMP counts for each thread that calls it. One query is one thread's work; others would spin beside it.
        self._work = ThreadPoolExecutor(1, initializer=faiss.omp_set_num_threads, initargs=(1,))
        self.cache = Redis.from_url(settings.redis_url or "")

    async def search(self, body: SearchBody) -> ItemList:
        """Search by words, from the cache where it was asked before."""
        key = "search:" + hashlib.sha256(body.model_dump_json().encode()).hexdigest()
        if (known := await self.cache.get(key)) is not None:
            return ItemList.model_validate_json(known)
        found = await self._near(lambda: self._model.encode_texts([body.query]), body.limit)
        await self.cache.set(key, found.model_dump_json(), ex=CACHE_S)
        return found

    async def search_image(self, data: bytes, limit: int) -> ItemList:
        """Search by picture."""

        def encode() -> Embeddings:
            with Image.open(io.BytesIO(data)) as picture:
                return self._model.encode_images([picture.convert("RGB")])

        return await self._near(encode, limit)

    async def recommend(self, body: RecommendBody) -> ItemList:
        """Search by the mean of what the user did last."""
        products = await run_in_threadpool(self._last, body.user_id)
        places = [self._places[id_] for id_ in products if id_ in self._places] or [0]
        return await self._near(lambda: self._vectors[places].mean(axis=0, keepdims=True), body.limit)

    async def record(self, body: FeedbackBody) -> Recorded:
        """Write one event."""
        return await run_in_threadpool(self._insert, body)

    async def close(self) -> None:
        """Let go of connections."""
        await self.cache.aclose()
        self._engine.dispose()

    async def _near(self, encode: Encode, limit: int) -> ItemList:
        def work() -> tuple[list[str], list[float]]:
            scores, rows = self._index.search(np.ascontiguousarray(encode(), np.float32), limit)
            return [self._ids[row] for row in rows[0]], [float(score) for score in scores[0]]

        ids, scores = await asyncio.get_running_loop().run_in_executor(self._work, work)
        cards = await run_in_threadpool(self._cards, ids)
        items = [Item(score=score, product=card) for card, score in zip(cards, scores, strict=True)]
        return ItemList(items=items, total=len(items))

    def _cards(self, ids: Sequence[str]) -> list[Card]:
        with Session(self._engine) as db:
            rows = {row.id: row for row in db.scalars(select(Product).where(Product.id.in_(ids)))}
        return [_card(rows[id_]) for id_ in ids]

    def _last(self, user: str) -> list[str]:
        with Session(self._engine) as db:
            last = select(Event.product_id).where(Event.user_id == user).order_by(Event.id.desc()).limit(LAST_EVENTS)
            return list(db.scalars(last))

    def _insert(self, body: FeedbackBody) -> Recorded:
        with Session(self._engine) as db:
            event = Event(**body.model_dump())
            db.add(event)
            db.commit()
            return Recorded(event_id=str(event.id))


def _card(row: Product) -> Card:
    values = {name: getattr(row, name) for name in Card.model_fields if name != "snippet"}
    return Card(**values, snippet=row.description[:SNIPPET] if row.description else None)


def shop_of(request: Request) -> Shop:
    """Return what the lifespan opened."""
    return cast(Shop, request.app.state.shop)


ShopDep = Annotated[Shop, Depends(shop_of)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open everything; FAISS_INDEX_PATH names the vectors' file here."""
    app.state.shop = Shop(Settings())
    yield
    await app.state.shop.close()


def create_app() -> FastAPI:
    """Return the reference server."""
    app = FastAPI(lifespan=lifespan)

    @app.get("/ready")
    async def ready(shop: ShopDep) -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/api/v1/search")
    async def search(body: SearchBody, shop: ShopDep) -> ItemList:
        return await shop.search(body)

    @app.post("/api/v1/search/image")
    async def search_image(image: UploadFile, shop: ShopDep, limit: Annotated[int, Form()] = 20) -> ItemList:
        return await shop.search_image(await image.read(), limit)

    @app.post("/api/v1/recommend")
    async def recommend(body: RecommendBody, shop: ShopDep) -> ItemList:
        return await shop.recommend(body)

    @app.post("/api/v1/feedback")
    async def feedback(body: FeedbackBody, shop: ShopDep) -> Recorded:
        return await shop.record(body)

    return app
