"""Chooses how a search is answered: exactly, or by probing clusters where that was measured to find the same."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

LIKELY_RECALL = 0.99
"""Of candidates, from which outlines are used: what they miss lies at the far end of 200, of which 20 are shown, and
the next best of those that are scored stands in for it."""
REACH_DEPTH = 200  # results for which the clusters near a query must be enough: ten pages
Mode: TypeAlias = Literal["exact", "approximate"]

_Positive = Annotated[FiniteFloat, Field(gt=0)]
_Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class PlannerSettings:
    """What the operator decides.

    Attributes:
        mode: "exact" never approximates; "auto" does where exact would be slow and recall was measured high enough.
        exact_budget_ms: what an exact search may cost; one within it is never approximated.
        minimum_recall: recall, at the depth asked for, that must have been measured.
    """

    mode: Literal["exact", "auto"] = "auto"
    exact_budget_ms: float = 5.0
    minimum_recall: float = 0.99


class CostModel(BaseModel):
    """What work costs on the machine that built the index."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    direct_ns: _Positive
    """Exact score of one row, the rows spread over the index."""
    scan_ns: _Positive
    """Estimate of one row in a scan of all compact rows, including the choice of those to score exactly."""


class Probing(BaseModel):
    """Probing clusters as it was measured for one share of allowed rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: _Share
    """Of the live rows, how many were allowed."""
    depth: Annotated[int, Field(ge=1)]
    """Results wanted."""
    probes: Annotated[int, Field(ge=1)]
    """Clusters looked into, those without an allowed row not counted."""
    recall: _Share
    """recall@depth against exact search: the lower one of random and of clustered filters."""
    cost_ms: _Positive
    """Time of a search, the higher one of random and of clustered filters; the lower quartile each, as other work on
    the machine only ever adds to it."""


class Reach(BaseModel):
    """Looking into the clusters nearest to a query, whatever is allowed, as it was measured for one share of rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: _Share
    """Of the live rows, how many were allowed."""
    probes: Annotated[int, Field(ge=1)]
    """Clusters looked into."""
    recall: _Share
    """Share of the `REACH_DEPTH` best allowed rows in them: the lower one of random and of clustered filters."""
    cost_ms: _Positive
    """Time of looking, the lower quartile."""


class Outlined(BaseModel):
    """Finding candidates by outlines, as it was measured with the tastes that histories add up to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    factor: Annotated[FiniteFloat, Field(ge=1)]
    """Estimates looked at for each candidate wanted."""
    recall: _Share
    """Share of the nearest products among those: the lower one of without and with a filter."""
    cost_ms: _Positive
    """Time of a search, the lower quartile."""

    @property
    def suffices(self) -> bool:
        """Whether outlines find enough to be used."""
        return self.recall >= LIKELY_RECALL


class Tuning(BaseModel):
    """What was measured when compact rows were built; a snapshot's manifest holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    costs: CostModel
    probing: tuple[Probing, ...] = ()
    """By falling share, and for each by rising depth; empty where rows aren't clustered."""
    reach: tuple[Reach, ...] = ()
    """By falling share; empty where rows aren't clustered."""
    rerank: Annotated[int, Field(ge=1)] = 100
    """Best estimates that are scored exactly, beyond the rows wanted."""
    outlined: Outlined | None = None
    """None where rows are clustered, which serves as well."""

    @property
    def keeps_outlines(self) -> bool:
        """Whether rows that aren't clustered have outlines: not where these were measured to find too little."""
        return self.outlined is None or self.outlined.suffices


@dataclass(frozen=True, slots=True)
class Plan:
    """How a search is answered.

    Attributes:
        mode: exact results are certain; approximate ones have the recall that was measured.
        allowed: live rows that the filter allows.
        scanned: rows whose vector or code is expected to be looked at.
        probes: clusters to look into; 0 for exact, and for outlines.
        rerank: best estimates to score exactly, beyond the rows wanted; 0 for exact.
        expected_ms: what it should cost, on the machine that built the index; 0 where nothing was measured.
        recall: that was measured for such a search; 1 for exact.
    """

    mode: Mode
    allowed: int
    scanned: int
    probes: int = 0
    rerank: int = 0
    expected_ms: float = 0.0
    recall: float = 1.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the parts of an index are.

    Attributes:
        compact: rows that have a code, retired ones too.
        lists: clusters of compact rows; 1 if they aren't clustered.
        added: rows past the compact ones, which are always scored exactly.
        live: products that can be found.
    """

    compact: int
    lists: int
    added: int
    live: int


def scans(allowed: int, shape: Shape, costs: CostModel) -> bool:
    """Tell whether estimating all compact rows is cheaper than scoring the allowed rows exactly."""
    return allowed * costs.direct_ns > shape.compact * costs.scan_ns


def exact_ms(allowed: int, shape: Shape, costs: CostModel) -> float:
    """Return what an exact search is expected to cost, in milliseconds."""
    if not scans(allowed, shape, costs):
        return allowed * costs.direct_ns / 1e6
    return (shape.compact * costs.scan_ns + shape.added * costs.direct_ns) / 1e6


def choose(allowed: int, count: int, shape: Shape, tuning: Tuning | None, settings: PlannerSettings) -> Plan:
    """Return how to answer a search.

    Args:
        allowed: live rows that the filter allows.
        count: results wanted.
        shape: of the index.
        tuning: what was measured; None for an index without compact rows, which is scored exactly.
        settings: the operator's.
    """
    exact = exactly(allowed, shape, tuning)
    cost = exact.expected_ms
    if tuning is None or settings.mode == "exact" or cost <= settings.exact_budget_ms:
        return exact
    share = allowed / shape.live
    # What was measured for a smaller share holds: there are more allowed rows in each cluster.
    fitting = next((entry for entry in tuning.probing if entry.share <= share and entry.depth >= count), None)
    if fitting is None or fitting.recall < settings.minimum_recall or fitting.cost_ms >= cost:
        return exact
    scanned = _probed(fitting.probes, shape)
    return Plan("approximate", allowed, scanned, fitting.probes, tuning.rerank, fitting.cost_ms, fitting.recall)


def choose_likely(allowed: int, count: int, shape: Shape, tuning: Tuning | None, settings: PlannerSettings) -> Plan:
    """Return how to find candidates, of which another score chooses: as `choose`, but for exact by less than that.

    That is by outlines, or where those find too little by codes alone: these leave out one of the best only where
    `Tuning.rerank` rows that aren't are estimated to be nearer.

    Args:
        allowed: live rows that the filter allows.
        count: candidates wanted.
        shape: of the index.
        tuning: as for `choose`.
        settings: the operator's.
    """
    plan = choose(allowed, count, shape, tuning, settings)
    if plan.mode == "approximate" or tuning is None or settings.mode == "exact":
        return plan
    if not scans(allowed, shape, tuning.costs):
        return plan
    outlined = tuning.outlined
    if outlined is not None and outlined.suffices:
        rerank = math.ceil((outlined.factor - 1) * count)
        return Plan("approximate", allowed, plan.scanned, 0, rerank, outlined.cost_ms, outlined.recall)
    return replace(plan, mode="approximate", probes=shape.lists, rerank=tuning.rerank)


def choose_reaching(
    allowed: int, shape: Shape, tuning: Tuning | None, settings: PlannerSettings, *, beside: int = 0
) -> Plan:
    """Return how to find the rows whose inner product reaches a value.

    Approximately, they are looked for in the clusters nearest to the query, as many for every filter: so a filter
    only takes away. And where it is approximate with a filter, it is so with every wider one.

    Args:
        allowed: live rows that the filter allows.
        shape: of the index.
        tuning: as for `choose`.
        settings: the operator's.
        beside: rows that are scored in any case, wherever they lie.
    """
    exact = exactly(allowed, shape, tuning)
    if tuning is None or settings.mode == "exact" or exact.expected_ms <= settings.exact_budget_ms:
        return exact
    entry = _best_reach(shape, tuning, settings)
    cost = 0.0 if entry is None else entry.cost_ms + beside * tuning.costs.direct_ns / 1e6
    if entry is None or allowed < entry.share * shape.live or cost >= exact.expected_ms:
        return exact
    return Plan("approximate", allowed, _probed(entry.probes, shape), entry.probes, 0, cost, entry.recall)


def _best_reach(shape: Shape, tuning: Tuning, settings: PlannerSettings) -> Reach | None:
    """Return the number of clusters with which the dearest search is cheapest, be it approximate or exact.

    The fewer they are, the more a filter must allow for their recall to be good, and exact searches below cost more.
    """
    good = [entry for entry in tuning.reach if entry.recall >= settings.minimum_recall]

    def dearest(entry: Reach) -> tuple[float, float]:
        return max(entry.cost_ms, exact_ms(int(entry.share * shape.live), shape, tuning.costs)), entry.share

    return min(good, key=dearest, default=None)


def exactly(allowed: int, shape: Shape, tuning: Tuning | None) -> Plan:
    """Return the plan of an exact search."""
    if tuning is None or not shape.compact:
        return Plan("exact", allowed, allowed)
    scanned = shape.compact + shape.added if scans(allowed, shape, tuning.costs) else allowed
    return Plan("exact", allowed, scanned, expected_ms=exact_ms(allowed, shape, tuning.costs))


def _probed(probes: int, shape: Shape) -> int:
    return min(shape.compact, probes * shape.compact // shape.lists) + shape.added
