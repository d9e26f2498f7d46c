"""Answers as bytes: ready-made cards are joined without building and validating them object by object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from backend.recommend.picking import Pick
from backend.recommend.schemas import Reason, RecommendRequest
from backend.recommend.service import RecommendPage
from backend.recommend.together import TogetherPage


def render(request: RecommendRequest, page: RecommendPage, encoder: bytes) -> bytes:
    """Return a `RecommendResponse` without its `recommendation_id`, which each serving has of its own."""
    rest: Mapping[str, object] = {
        "context": request.context,
        "rung": page.rung,
        "weights": page.weights,
        "state_version": page.state_version,
        "experiments": [{"experiment": name, "variant": variant} for name, variant in page.variants.items()],
        "model_version": page.model_version,
        "catalogue_version": page.catalogue_version,
        "timings_ms": page.timings_ms,
    }
    items = render_items(page.picks, page.reasons, page.cards, explain=request.explain)
    return b'{"items":[%b],"encoder":%b,%b' % (items, encoder, orjson.dumps(rest)[1:])


def render_together(page: TogetherPage, encoder: bytes, *, explain: bool) -> bytes:
    """Return a `TogetherResponse`."""
    rest: Mapping[str, object] = {
        "recommendation_id": page.recommendation_id,
        "rung": page.rung,
        "state_version": page.state_version,
        "model_version": page.model_version,
        "catalogue_version": page.catalogue_version,
        "timings_ms": page.timings_ms,
    }
    items = render_items(page.picks, page.reasons, page.cards, explain=explain)
    return b'{"items":[%b],"encoder":%b,%b' % (items, encoder, orjson.dumps(rest)[1:])


def render_items(picks: Sequence[Pick], reasons: Sequence[Reason], cards: Sequence[bytes], *, explain: bool) -> bytes:
    """Return the items of a list, without its brackets."""
    return b",".join(
        b'%b,"product":%b}' % (orjson.dumps(_item(number, one, reason, explain))[:-1], card)
        for number, (one, reason, card) in enumerate(zip(picks, reasons, cards, strict=True), 1)
    )


def _item(number: int, one: Pick, reason: Reason, explain: bool) -> dict[str, object]:
    item: dict[str, object] = {
        "position": number,
        "score": None if one.score is None else round(one.score, 6),
        "reason": {"kind": reason.kind, "text": reason.text, "because": reason.because},
        "explored": one.explored,
        "propensity": round(one.propensity, 6),
    }
    if explain:
        item["parts"] = {name: round(value, 6) for name, value in one.parts.items()}
    return item
