"""Weights of the signals: data, with what they were learned on, checked when they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, field_validator

from ml.errors import BadWeights
from ml.recommend.signals import SIGNALS, SignalSettings

FORMAT_VERSION: Literal[1] = 1
MAX_WEIGHT: Final = 100.0
PENALTIES: Final = frozenset({"seen"})
"""Signals that may speak against a product."""
DEFAULT: Final = Path(__file__).with_name("default_weights.json")


class LearnedOn(BaseModel):
    """Where weights come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Annotated[str, Field(min_length=1, max_length=500)]
    """The interactions, in words."""
    choices: Annotated[int, Field(ge=0)]
    """How many choices of shoppers they explain best."""
    loss: FiniteFloat
    """Mean negative log-likelihood of a choice under them, in nats."""


class BlendWeights(BaseModel):
    """What each signal counts: a product's score is the weighted sum of its signals.

    The scores of one shopper are log-odds: exp(score), divided by the sum over all products, is the share of shoppers
    in that place who would choose the product next, as far as it was learned. Only differences mean anything.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = FORMAT_VERSION
    signals: dict[str, Annotated[float, Field(ge=-MAX_WEIGHT, le=MAX_WEIGHT, allow_inf_nan=False)]]
    settings: SignalSettings
    learned_on: LearnedOn

    @field_validator("signals")
    @classmethod
    def _all_signals(cls, value: dict[str, float]) -> dict[str, float]:
        if value.keys() != set(SIGNALS):
            raise ValueError(f"wants a weight for each of {', '.join(SIGNALS)} and nothing else")
        below = [name for name, weight in value.items() if weight < 0 and name not in PENALTIES]
        if below:
            raise ValueError(f"a weight of {', '.join(below)} below 0 would punish what speaks for a product")
        return value

    @property
    def vector(self) -> NDArray[np.float32]:
        """The weights in the order of `SIGNALS`: float32, shape (signals,)."""
        return np.array([self.signals[name] for name in SIGNALS], np.float32)

    def save(self, path: Path) -> None:
        """Write the weights as JSON."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load_weights(path: Path | None = None) -> BlendWeights:
    """Read weights; without a path those that ship.

    Raises:
        BadWeights: the file can't be read, or isn't what `BlendWeights` describes; the message names what is wrong.
    """
    path = path or DEFAULT
    try:
        return BlendWeights.model_validate_json(path.read_bytes(), strict=True)
    except OSError as error:
        raise BadWeights(f"{path} can't be read: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors())
        raise BadWeights(f"{path} holds no weights of format {FORMAT_VERSION}: {wrong}") from error
