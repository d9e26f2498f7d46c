"""Reads what is known of the shopper who searches."""

from __future__ import annotations

import time
from dataclasses import replace

from backend.catalogue.live import LiveCatalogue
from backend.errors import Unauthorized
from backend.interaction.states import UserStates
from backend.interaction.vectors import StateSpace
from backend.recommend.experiments import Experiments
from backend.recommend.ledger import Entry, Ledger
from backend.search.acts import Acts
from backend.search.schemas import SearchRequest
from backend.search.taste import NO_TASTE, ProductTaste, Taste
from ml.ranking.blend import shared_out


class Tastes:
    """Reads the tastes of one request's shopper."""

    def __init__(
        self, states: UserStates, experiments: Experiments, ledger: Ledger, live: LiveCatalogue, *, trusted: bool
    ) -> None:
        """Bring together what is shared.

        Args:
            states: of shoppers.
            experiments: that may vary a search.
            ledger: takes exposures.
            live: the catalogue of the request's engine.
            trusted: whether the request has a key, or the server needs none.
        """
        self._states = states
        self._experiments = experiments
        self._ledger = ledger
        self._live = live
        self._trusted = trusted

    async def of(self, request: SearchRequest) -> Taste:
        """Return what is known; nothing when nobody is named, or when it couldn't move anything.

        Raises:
            Unauthorized: a user is named without a key, where the server has any: the order of a search tells
                something of their taste.
        """
        self._check(request.user_id)
        nobody = request.user_id is None and request.session_id is None
        if nobody or not request.query or request.sort != "relevance":
            return NO_TASTE
        now_us = time.time_ns() // 1000
        treatment = self._experiments.treat("search", request.user_id, request.session_id, self._live.fusion, now_us)
        state = await self._states.read(request.user_id, request.session_id, StateSpace.of(self._live.space))
        self._ledger.note(Entry(None, treatment.exposures, state.erasures, named=True))
        known = Taste(
            fusion=treatment.fusion if treatment.fusion != self._live.fusion else None,
            version=state.version,
            state=state.name,
            variants=treatment.variants,
            may_be_told=self._trusted,
        )
        nothing = state.long_term is None and state.session is None and not state.recent
        if nothing or not request.personal or treatment.personal <= 0:
            return known
        self._live.traits.follow()
        of_user = state.long_term is not None or (state.session is None and state.user_events > 0)
        return replace(
            known,
            part="long_term" if of_user else "session",
            vector=state.long_term if of_user else state.session,
            acts=Acts.of(state.recent, self._states.rules),
            most=treatment.personal,
        )

    async def beside_product(self, user_id: str | None, session_id: str | None) -> ProductTaste:
        """Return what is known for a list of products like one, as in the context `similar` of recommendations.

        Raises:
            Unauthorized: as for `of`.
        """
        self._check(user_id)
        if user_id is None and session_id is None:
            return ProductTaste()
        treatment = self._experiments.treat(
            "recommend", user_id, session_id, self._live.fusion, time.time_ns() // 1000
        )
        state = await self._states.read(user_id, session_id, StateSpace.of(self._live.space))
        self._ledger.note(Entry(None, treatment.exposures, state.erasures, named=True))
        parts = {"long_term": state.long_term, "session": state.session}
        vectors = {name: vector for name, vector in parts.items() if vector is not None}
        weights = shared_out(treatment.rules.blend("similar"), ["product", *vectors])
        return ProductTaste(vectors, weights if weights.keys() & vectors.keys() else {}, state.version)

    def _check(self, user_id: str | None) -> None:
        if user_id is not None and not self._trusted:
            raise Unauthorized("an answer for a user needs an API key, in `X-API-Key` or as a bearer token")
