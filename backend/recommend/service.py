"""The way of a recommendation, from a shopper's state to a list with reasons."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil

from backend.catalogue.service import CatalogueService
from backend.interaction.states import UserStates
from backend.model.engine import Engine
from backend.recommend.collaborative import Chosen
from backend.recommend.evidence import Evidence, effective, rung_of, weigh
from backend.recommend.experiments import Treatment
from backend.recommend.light import done
from backend.recommend.picking import Pick, pick
from backend.recommend.reasons import Grounds, Said, grounds, in_words, named_in
from backend.recommend.runtime import Recommendations
from backend.recommend.schemas import RecommendRequest, Rung
from backend.recommend.shopper import Shopper, read_shopper
from backend.recommend.shortlist import Limits, shortlist
from backend.recommend.subject import Subject, read_subject
from backend.search.stages import Stages
from ml.ranking.diversify import Variety
from ml.types import ProductId


@dataclass(frozen=True, slots=True)
class RecommendPage:
    """A list, its cards as ready-made JSON."""

    rung: Rung
    weights: Mapping[str, float]
    state_version: int
    picks: list[Pick]
    reasons: list[Said]
    cards: list[bytes]
    variants: Mapping[str, str]
    model_version: str | None
    catalogue_version: int
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what is known of who asks.

    Attributes:
        state_ms: what reading took.
    """

    request: RecommendRequest
    shopper: Shopper
    treatment: Treatment
    state_ms: float

    @property
    def key(self) -> str:
        """Names the state of the shopper and what experiments do to it, for caches; vectors fade without a change."""
        return f"{self.shopper.state} {sorted(self.treatment.variants.items())}"


@dataclass(frozen=True, slots=True)
class _Task:
    """All that one list depends on."""

    request: RecommendRequest
    shopper: Shopper
    evidence: Evidence
    treatment: Treatment
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Found:
    """What ranking hands back."""

    picks: list[Pick]
    grounds: list[Grounds]
    rung: Rung


class RecommendService:
    """Recommends products; one instance a request."""

    def __init__(
        self, engine: Engine, states: UserStates, shared: Recommendations, catalogue: CatalogueService
    ) -> None:
        self._engine = engine
        self._live = engine.live
        self._states = states
        self._shared = shared
        self._catalogue = catalogue

    async def asked(self, request: RecommendRequest) -> Asked:
        """Read who asks, up to this moment."""
        started = time.perf_counter()
        shopper = await read_shopper(self._states, self._live.space, request.user_id, request.session_id)
        treatment = self._shared.experiments.treat(
            "recommend",
            request.user_id,
            request.session_id,
            self._live.fusion,
            time.time_ns() // 1000,
            context=request.context,
        )
        return Asked(request, shopper, treatment, 1000 * (time.perf_counter() - started))

    async def recommend(self, asked: Asked) -> RecommendPage:
        """Make one list: evidence, candidates, variety, reasons.

        Raises:
            InvalidRequest: a filter names an attribute that no product has.
            InvalidProductId, ProductNotFound, ProductNotSearchable: of the product that the list should be like.
            Overloaded: too many lists are at work or wait.
        """
        async with self._engine.compute.list_admission.enter():
            return await self._recommend(asked)

    async def _recommend(self, asked: Asked) -> RecommendPage:
        request, shopper, treatment = asked.request, asked.shopper, asked.treatment
        stages = Stages()
        stages.add("state", asked.state_ms)
        catalogue_version = self._live.version
        subject = await read_subject(self._engine, self._catalogue, request)
        stages.end("encode")
        evidence = weigh(request.context, shopper, subject, treatment, self._others(request, shopper))
        if not evidence.weights:
            evidence = evidence.of_popularity(await self._shared.popular.votes())
        task = _Task(request, shopper, evidence, treatment, _limits(request, shopper, subject, treatment))
        began = self._live.columns.changes, self._live.moves
        found = await done(self._engine, request, partial(self._find, task))
        stages.end("retrieve")
        named = await self._engine.cards.of(named_in(self._live, found.grounds))
        cards = await self._engine.cards.of(found.picks)
        # Only then may one not pass any more. Rows that are being moved are in the columns before the index has them.
        changed = any(count % 2 for count in began) or began != (self._live.columns.changes, self._live.moves)
        shown = [
            (one, in_words(reason, shopper, named, request.query))
            for one, reason in zip(found.picks, found.grounds, strict=True)
            if one.product_id in cards and (not changed or task.limits.passes(self._live, one.product_id))
        ]
        picks = [one for one, _ in shown]
        stages.end("enrich")
        return RecommendPage(
            rung=found.rung,
            weights=effective(evidence),
            state_version=shopper.version,
            picks=picks,
            reasons=[reason for _, reason in shown],
            cards=[cards[one.product_id] for one in picks],
            variants=treatment.variants,
            model_version=evidence.model_version,
            catalogue_version=catalogue_version,
            timings_ms=stages.timings_ms(),
        )

    def _others(self, request: RecommendRequest, shopper: Shopper) -> Chosen | None:
        """Return what others chose after the product that the list is like, or after the shopper's own choices."""
        model = self._shared.collaborative.of(self._live.space)
        if model is None:
            return None
        if request.product_id is not None:
            return model.chosen(self._live, {ProductId(request.product_id): 1.0})
        return model.chosen(self._live, shopper.strengths)

    def _find(self, task: _Task) -> _Found:
        request, rules = task.request, task.treatment.rules
        short = shortlist(self._live, task.evidence, task.limits.mask(self._live), request.limit)
        per_brand = request.max_per_brand or ceil(rules.brand_share * request.limit)
        exploration = rules.exploration if request.explore else None
        picks = pick(self._live, short, request.limit, Variety(rules.diversity, per_brand), exploration)
        reasons = grounds(self._live, picks, short.popular, task.shopper, request.product_id)
        return _Found(picks, reasons, rung_of(task.evidence, request.context, short.popular))


def _limits(request: RecommendRequest, shopper: Shopper, subject: Subject, treatment: Treatment) -> Limits:
    by_default = request.context in treatment.rules.exclude_seen
    without = subject.hidden | shopper.disliked | frozenset(request.exclude_ids)
    if request.exclude_purchased:
        without |= shopper.purchased
    if by_default if request.exclude_seen is None else request.exclude_seen:
        without |= shopper.seen
    unlike = frozenset() if request.product_id is None else frozenset({request.product_id})
    return Limits(subject.filters, without, unlike)
