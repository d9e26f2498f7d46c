"""Answers as bytes: ready-made cards are joined without building and validating them object by object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from backend.recommend.picking import Pick
from backend.recommend.reasons import Said
from backend.recommend.schemas import RecommendRequest
from backend.recommend.service import RecommendPage
from backend.recommend.together import TogetherPage

Item = dict[str, object]


def render(request: RecommendRequest, page: RecommendPage, encoder: bytes) -> bytes:
    """Return a `RecommendResponse` without its `recommendation_id`, which each serving has of its own."""
    rest: Mapping[str, object] = {
        "items": _items(page.picks, page.reasons, page.cards, explain=request.explain),
        "encoder": orjson.Fragment(encoder),
        "context": request.context,
        "rung": page.rung,
        "weights": page.weights,
        "state_version": page.state_version,
        "experiments": [{"experiment": name, "variant": variant} for name, variant in page.variants.items()],
        "model_version": page.model_version,
        "catalogue_version": page.catalogue_version,
        "timings_ms": page.timings_ms,
    }
    return orjson.dumps(rest)


def render_together(page: TogetherPage, encoder: bytes, *, explain: bool) -> bytes:
    """Return a `TogetherResponse`."""
    whole: Mapping[str, object] = {
        "items": _items(page.picks, page.reasons, page.cards, explain=explain),
        "encoder": orjson.Fragment(encoder),
        "recommendation_id": page.recommendation_id,
        "rung": page.rung,
        "state_version": page.state_version,
        "model_version": page.model_version,
        "catalogue_version": page.catalogue_version,
        "timings_ms": page.timings_ms,
    }
    return orjson.dumps(whole)


def _items(picks: Sequence[Pick], reasons: Sequence[Said], cards: Sequence[bytes], *, explain: bool) -> list[Item]:
    return [
        {
            "position": number,
            "score": None if one.score is None else round(one.score, 6),
            "reason": {"kind": reason.kind, "text": reason.text, "because": reason.because},
            "explored": one.explored,
            "propensity": round(one.propensity, 6),
            **({"parts": {name: round(value, 6) for name, value in one.parts.items()}} if explain else {}),
            "product": orjson.Fragment(card),
        }
        for number, (one, reason, card) in enumerate(zip(picks, reasons, cards, strict=True), 1)
    ]
