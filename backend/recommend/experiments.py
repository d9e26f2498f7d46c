"""Experiments: data that says who gets which rules, and sticky assignment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from backend.recommend.rules import RecommendRules, Share, Surface, first_errors, read_object
from ml.errors import RulesRefused
from ml.ranking.fusion import Fusion

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Place = Literal["recommend", "search"]
FUSION = Fusion()


@dataclass(frozen=True, slots=True)
class Exposure:
    """Somebody met their variant of an experiment."""

    experiment: str
    kind: str
    actor: str
    variant: str
    first_at_us: int


class SearchChanges(BaseModel):
    """What a variant changes about search; None leaves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    personal: Share | None = Field(default=None, description="Largest weight of the shopper's taste.")
    lexical: Share | None = None
    similarity: Share | None = None

    @property
    def fields(self) -> set[str]:
        """Names of what is changed."""
        return {name for name in type(self).model_fields if getattr(self, name) is not None}


class Variant(BaseModel):
    """One way to do it, and the share of shoppers who get it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    share: Share
    recommend: dict[str, Any] = Field(default_factory=dict, description="Fields of `RecommendRules`, replaced.")
    search: SearchChanges = SearchChanges()

    @property
    def fields(self) -> set[str]:
        """Names of what is changed."""
        return {f"recommend.{name}" for name in self.recommend} | {f"search.{name}" for name in self.search.fields}


class Experiment(BaseModel):
    """Variants, of which every shopper gets one for good: it follows from the experiment's name and their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    variants: Annotated[tuple[Variant, ...], Field(min_length=2, max_length=20)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        names = [variant.name for variant in self.variants]
        if len(set(names)) < len(names):
            raise ValueError("two variants have one name")
        if sum(variant.share for variant in self.variants) > 1 + 1e-9:
            raise ValueError("the shares add up to more than 1")
        if not self.fields:
            raise ValueError("no variant changes anything")
        return self

    @property
    def fields(self) -> set[str]:
        """Names of what any variant changes."""
        return {name for variant in self.variants for name in variant.fields}

    def touches(self, place: Place, context: Surface | None, rules: RecommendRules) -> bool:
        """Whether a variant makes a difference there, to the rules of the shop; arguments as for `treat`."""
        if place == "search":
            return any(variant.search.fields for variant in self.variants)
        varied = [rules.varied(variant.recommend) for variant in self.variants]
        if context is None:
            return any(one.blend("similar") != rules.blend("similar") for one in varied)
        return any(one.reading(context) != rules.reading(context) for one in varied)

    def variant_of(self, kind: str, actor: str) -> Variant | None:
        """Return the variant of a shopper; None for those who don't take part."""
        digest = hashlib.blake2b(f"{self.name}\n{kind}\n{actor}".encode(), digest_size=8).digest()
        point = int.from_bytes(digest, "big") / 2**64
        for variant in self.variants:
            if point < variant.share:
                return variant
            point -= variant.share
        return None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    experiments: tuple[Experiment, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What experiments make of one answer.

    Attributes:
        rules: of recommendations.
        personal: largest weight of taste in a search.
        fusion: of a search.
        variants: by experiment that the answer is part of.
        exposures: to be written down.
    """

    rules: RecommendRules
    personal: float
    fusion: Fusion
    variants: Mapping[str, str]
    exposures: tuple[Exposure, ...] = ()


class Experiments:
    """All experiments of a shop; no two of them change the same thing, so a shopper may take part in each."""

    def __init__(
        self, rules: RecommendRules, experiments: Iterable[Experiment] = (), fusion: Fusion = FUSION
    ) -> None:
        """Check experiments against each other, the rules and the weights of a search.

        Raises:
            RulesRefused: two have one name or change one thing, or what a variant says can't be used.
        """
        self.rules = rules
        self.by_name: dict[str, Experiment] = {}
        owners: dict[str, str] = {}
        for experiment in experiments:
            if experiment.name in self.by_name:
                raise RulesRefused(f"two experiments are named {experiment.name}")
            for name in experiment.fields:
                if (other := owners.setdefault(name, experiment.name)) != experiment.name:
                    raise RulesRefused(f"{other} and {experiment.name} both change {name}")
            for variant in experiment.variants:
                rules.varied(variant.recommend)
            self.by_name[experiment.name] = experiment
        _check_weights(list(self.by_name.values()), fusion)
        places: list[tuple[Place, Surface | None]] = [("search", None), ("recommend", None)]
        places += [("recommend", context) for context in get_args(Surface)]
        self._at = {
            place: [experiment for experiment in self.by_name.values() if experiment.touches(*place, rules)]
            for place in places
        }

    @classmethod
    def read(cls, rules: RecommendRules, path: Path | None, fusion: Fusion = FUSION) -> Experiments:
        """Read experiments from a JSON file; none without one.

        Raises:
            RulesRefused: it can't be read or used; the message names what is wrong.
        """
        if path is None:
            return cls(rules)
        try:
            return cls(rules, _File.model_validate(read_object(path)).experiments, fusion)
        except ValidationError as error:
            raise RulesRefused(f"{path}: {first_errors(error)}") from error
        except RulesRefused as error:
            raise RulesRefused(f"{path}: {error}") from error

    def treat(
        self,
        place: Place,
        user_id: str | None,
        session_id: str | None,
        fusion: Fusion,
        now_us: int,
        *,
        context: Surface | None = None,
    ) -> Treatment:
        """Return what applies to a shopper; the user decides, or else the session, and nobody takes part in nothing.

        Args:
            place: what is being answered.
            user_id: of the shopper.
            session_id: of the visit.
            fusion: of the catalogue.
            now_us: microseconds since 1970.
            context: of recommendations; None for the products like one, which only the parts of `similar` order.
        """
        kind, actor = ("u", user_id) if user_id is not None else ("s", session_id)
        changes: dict[str, Any] = {}
        search: dict[str, float] = {}
        variants: dict[str, str] = {}
        exposures = []
        for experiment in self._at[place, context] if actor is not None else ():
            if (variant := experiment.variant_of(kind, str(actor))) is None:
                continue
            changes |= variant.recommend
            search |= variant.search.model_dump(exclude_none=True)
            variants[experiment.name] = variant.name
            exposures.append(Exposure(experiment.name, kind, str(actor), variant.name, now_us))
        rules = self.rules.varied(changes) if changes else self.rules
        weights = rules.blend("search")
        personal = weights.get("long_term", 0.0) / sum(weights.values())
        return Treatment(
            rules=rules,
            personal=search.pop("personal", personal),
            fusion=replace(fusion, **search) if search else fusion,
            variants=variants,
            exposures=tuple(exposures),
        )


def _check_weights(experiments: Iterable[Experiment], fusion: Fusion) -> None:
    """Refuse variants of which one, or one of each of two experiments, leaves a search neither words nor meaning."""
    weighing = [one for one in experiments if one.fields & {"search.lexical", "search.similarity"}]
    for met in product(*((None, *one.variants) for one in weighing)):
        weights = {"lexical": fusion.lexical, "similarity": fusion.similarity}
        for variant in met:
            if variant is not None:
                weights |= variant.search.model_dump(include=set(weights), exclude_none=True)
        if weighing and not any(weights.values()):
            names = " and ".join(variant.name for variant in met if variant is not None)
            raise RulesRefused(f"{names}: lexical and similarity can't both be 0")
