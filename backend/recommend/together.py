"""What goes with a product or a cart."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from backend.catalogue.service import CatalogueService
from backend.ids import new_uuid
from backend.interaction.states import UserStates
from backend.model.engine import Engine
from backend.recommend.complements import bought_together, going_with
from backend.recommend.ledger import Entry
from backend.recommend.picking import Pick
from backend.recommend.reasons import Grounds, Said, in_words, named_in
from backend.recommend.repository import Served
from backend.recommend.runtime import Recommendations
from backend.recommend.schemas import CartRequest, Rung
from backend.recommend.shopper import Shopper, read_shopper
from backend.recommend.shortlist import Limits
from backend.search.filters import row_filter
from backend.search.service import INLINE_ROWS
from backend.search.similar import missing
from backend.search.stages import Stages
from ml.types import ProductId


@dataclass(frozen=True, slots=True)
class TogetherPage:
    """Products that go with others, their cards as ready-made JSON."""

    recommendation_id: str | None
    rung: Rung
    state_version: int
    picks: list[Pick]
    reasons: list[Said]
    cards: list[bytes]
    model_version: str | None
    catalogue_version: int
    timings_ms: dict[str, float]


class TogetherService:
    """Finds what goes with products; one instance a request."""

    def __init__(
        self, engine: Engine, states: UserStates, shared: Recommendations, catalogue: CatalogueService
    ) -> None:
        self._engine = engine
        self._live = engine.live
        self._states = states
        self._shared = shared
        self._catalogue = catalogue

    async def with_product(self, product_id: str, limit: int) -> TogetherPage:
        """Return what is bought together with a product often enough to say so.

        Raises:
            InvalidProductId, ProductNotFound: there's no such product.
            ProductNotSearchable: it is hidden, or not embedded yet.
            Overloaded: too many requests wait already.
        """
        if self._live.index.row_of(ProductId(product_id)) is None:
            raise await missing(self._catalogue, product_id)
        request = CartRequest.model_construct(product_ids=(product_id,), limit=limit)
        return await self._page(request, "product", complements=False)

    async def with_cart(self, request: CartRequest) -> TogetherPage:
        """Return what a cart may lack: bought together with what is in it, then of complementary categories.

        Raises:
            InvalidRequest: a filter names an attribute that no product has.
            Overloaded: too many requests wait already.
        """
        return await self._page(request, "cart", complements=True)

    async def _page(self, request: CartRequest, context: str, *, complements: bool) -> TogetherPage:
        stages = Stages()
        catalogue_version = self._live.version
        shopper = await read_shopper(self._states, self._live.space, request.user_id, request.session_id)
        stages.end("state")
        limits = self._limits(request, shopper)
        work = partial(self._find, request, shopper, limits, complements=complements)
        inline = self._live.product_count <= INLINE_ROWS
        picks, grounds = work() if inline else await self._engine.compute.run(work)
        stages.end("retrieve")
        named = await self._engine.cards.of(named_in(self._live, grounds))
        cards = await self._engine.cards.of(picks)
        shown = [
            (one, in_words(reason, shopper, named, None))
            for one, reason in zip(picks, grounds, strict=True)
            if one.product_id in cards and limits.passes(self._live, one.product_id)
        ]
        listed = [one for one, _ in shown]
        rung: Rung = "bought_together" if shown and shown[0][1].kind == "bought_together" else "goes_with"
        served = Served(
            id=new_uuid().hex,
            user_id=request.user_id,
            session_id=request.session_id,
            context=context,
            rung=rung,
            served_at_us=time.time_ns() // 1000,
            state_version=shopper.version,
            catalogue_version=catalogue_version,
            model_version=self._model_version,
            weights={},
            experiments={},
            items=tuple((one.product_id, 1.0, False) for one in listed),
        )
        about_somebody = request.user_id is not None or request.session_id is not None
        is_noted = self._shared.ledger.note(Entry(served, (), shopper.erasures, named=about_somebody))
        stages.end("enrich")
        return TogetherPage(
            recommendation_id=served.id if is_noted else None,
            rung=rung,
            state_version=shopper.version,
            picks=listed,
            reasons=[reason for _, reason in shown],
            cards=[cards[one.product_id] for one in listed],
            model_version=self._model_version,
            catalogue_version=catalogue_version,
            timings_ms=stages.timings_ms(),
        )

    @property
    def _model_version(self) -> str | None:
        model = self._shared.collaborative.of(self._live.space)
        return None if model is None else model.version

    def _limits(self, request: CartRequest, shopper: Shopper) -> Limits:
        where = row_filter(request.filters, self._live.columns.attributes)
        hidden = self._engine.rules.effects_of("", request.filters.category).hidden
        without = hidden | shopper.disliked | frozenset(request.exclude_ids)
        if request.exclude_purchased:
            without |= shopper.purchased
        return Limits((where,), without, frozenset(request.product_ids))

    def _find(
        self, request: CartRequest, shopper: Shopper, limits: Limits, *, complements: bool
    ) -> tuple[list[Pick], list[Grounds]]:
        live, model = self._live, self._shared.collaborative.of(self._live.space)
        cart = [ProductId(id_) for id_ in dict.fromkeys(request.product_ids)]
        cart = [id_ for id_ in cart if live.index.row_of(id_) is not None]
        picks, grounds = bought_together(live, model, cart, limits.mask(live), request.limit)
        if not complements or len(picks) >= request.limit:
            return picks, grounds
        rest = Limits(limits.filters, limits.without, limits.unlike | {one.product_id for one in picks})
        more, why = going_with(
            live, model, cart, rest.mask(live), request.limit - len(picks),
            shopper=shopper, rules=self._shared.experiments.rules,
        )  # fmt: skip
        return [*picks, *more], [*grounds, *why]
