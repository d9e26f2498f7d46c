"""Which product vectors user states are made of, for commands."""

from __future__ import annotations

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.vectors import StateSpace
from backend.model.active import ModelChoice, load_choice, wanted_model


def active_space(database: Database, settings: Settings) -> tuple[StateSpace, ModelChoice]:
    """Return the space of the model that is to serve, and that model.

    Raises:
        ModelNotFound, FingerprintMismatch: the model can't be loaded, or isn't what was chosen.
    """
    with database.reading() as db:
        choice = wanted_model(db, settings)
    return space_of(choice, settings), choice


def space_of(choice: ModelChoice, settings: Settings) -> StateSpace:
    """Return the space of a model, which is loaded for it.

    Raises:
        as `active_space`.
    """
    return StateSpace.of(VectorSpace.of(load_choice(choice, settings), settings))
