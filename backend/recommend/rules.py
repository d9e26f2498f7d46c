"""How recommendations are made: data that a shop may change, and that experiments vary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ml.errors import RulesRefused

Surface = Literal["feed", "search", "similar", "category"]
Part = Literal["query", "product", "long_term", "session"]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]

_OTHERS: Mapping[Surface, float] = {"feed": 0.6, "search": 0.6, "similar": 0.3, "category": 0.6}  # decision 0018
_OWN: Mapping[str, str | None] = {"feed": None, "search": "query", "similar": "product", "category": None}


class Exploration(BaseModel):
    """The slot that tries something else, so that it can be learned what else would have worked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Share = Field(default=1.0, description="Of lists that have such a slot.")
    pool: Annotated[int, Field(ge=2, le=1000, strict=True)] = Field(
        default=50, description="Next best products of which one is drawn, each with the same chance."
    )
    least: Annotated[int, Field(ge=2, le=100, strict=True)] = Field(
        default=5, description="Shorter lists have no such slot."
    )


class RecommendRules(BaseModel):
    """Weights of the parts by context, and how lists are kept useful."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    feed: dict[Part, Share] = Field(default={"long_term": 0.6, "session": 0.4})
    search: dict[Part, Share] = Field(default={"query": 0.7, "long_term": 0.3})
    similar: dict[Part, Share] = Field(default={"product": 0.8, "long_term": 0.2})
    category: dict[Part, Share] = Field(default={"long_term": 1.0})
    collaborative: dict[Surface, Share] = Field(
        default=dict(_OTHERS),
        description="What others chose after the same products, of a product that many have chosen; the rest is left "
        "to the parts above. The query's part is never touched. A context left out keeps its default.",
    )
    diversity: Share = Field(default=0.1, description="What likeness to a product listed before takes off.")
    brand_share: Annotated[float, Field(gt=0, le=1, strict=True)] = Field(
        default=0.3, description="Share of a list, rounded up, that one brand has while there are others."
    )
    exclude_seen: frozenset[Surface] = Field(
        default=frozenset({"feed"}), description="Contexts that leave out what the shopper has just seen."
    )
    exploration: Exploration = Exploration()

    @field_validator("collaborative")
    @classmethod
    def _every_context(cls, value: dict[Surface, float]) -> dict[Surface, float]:
        return {**_OTHERS, **value}

    @field_validator("feed", "search", "similar", "category")
    @classmethod
    def _something(cls, value: dict[Part, float]) -> dict[Part, float]:
        if sum(value.values()) <= 0:
            raise ValueError("one part at least has a weight above 0")
        return value

    @field_validator("feed", "search", "similar", "category")
    @classmethod
    def _own_part(cls, value: dict[Part, float], info: Any) -> dict[Part, float]:
        for part in ("query", "product"):
            if part in value and part != _OWN[info.field_name]:
                raise ValueError(f"this context has no {part}")
        return value

    def blend(self, surface: Surface) -> Mapping[str, float]:
        """Return the weights of a context's parts; they needn't add up to 1."""
        weights: Mapping[str, float] = getattr(self, surface)
        return weights

    def reading(self, surface: Surface) -> tuple[object, ...]:
        """Return all that a context's lists are made by: rules that agree in it make the same lists there."""
        return (
            self.blend(surface), self.collaborative[surface], self.diversity, self.brand_share,
            surface in self.exclude_seen, self.exploration,
        )  # fmt: skip

    def varied(self, changes: Mapping[str, Any]) -> RecommendRules:
        """Return these rules with some fields replaced, as an experiment's variant names them.

        Raises:
            RulesRefused: a field is unknown or out of range.
        """
        return checked(self.model_dump(mode="json") | dict(changes), "recommend")

    @classmethod
    def read(cls, path: Path | None) -> RecommendRules:
        """Read rules from a JSON file; what is left out keeps its default, and without a file all does.

        Raises:
            RulesRefused: it can't be read, or isn't such an object.
        """
        return cls() if path is None else checked(read_object(path), str(path))


def checked(values: Mapping[str, Any], name: str) -> RecommendRules:
    """Validate rules.

    Raises:
        RulesRefused: naming the first things that are wrong.
    """
    try:
        return RecommendRules.model_validate(values)
    except ValidationError as error:
        raise RulesRefused(f"{name}: {first_errors(error)}") from error


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON object from a file.

    Raises:
        RulesRefused: it can't be read, or is something else.
    """
    try:
        values = orjson.loads(path.read_bytes())
    except OSError as error:
        raise RulesRefused(f"can't read {path}: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise RulesRefused(f"{path} isn't JSON: {error.msg}") from error
    if not isinstance(values, dict):
        raise RulesRefused(f"{path} must hold a JSON object")
    return values


def first_errors(error: ValidationError) -> str:
    """Return the first three things wrong with a file, for people."""
    found = error.errors()[:3]
    return "; ".join(
        f"{'.'.join(map(str, item['loc']))}: {item['msg'].removeprefix('Value error, ')}" for item in found
    )
