"""Finds the model that is to serve: the database's choice, or else the settings'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.model.tables import ActiveModelRow
from ml.encoder.base import Encoder
from ml.encoder.expected import expected_encoder
from ml.encoder.load import load_encoder
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec
from ml.errors import FingerprintMismatch, ModelNotFound
from ml.types import Fingerprint

EncoderLoader = Callable[[EncoderSpec], Encoder]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model by name.

    Attributes:
        model: architecture, ``hf-hub:`` name or directory.
        pretrained: tag or checkpoint file of an architecture.
        fingerprint: of the encoder, where it is known before loading; another one is then refused.
    """

    model: str
    pretrained: str | None
    fingerprint: Fingerprint | None

    @property
    def title(self) -> str:
        """For people: architecture and tag, or the directory."""
        return self.model + (f" / {self.pretrained}" if self.pretrained else "")

    def spec(self, settings: Settings) -> EncoderSpec:
        """Return how to load it: engine and precision are of the machine, not of the model."""
        return replace(settings.encoder_spec, model=self.model, pretrained=self.pretrained)


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """The database's choice, and what served before."""

    current: ModelChoice
    previous: ModelChoice
    activated_at: datetime


class ModelRepository:
    """Reads and writes the choice inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def active(self) -> ActiveModel | None:
        """Return the choice; None while the settings decide."""
        row = self._db.get(ActiveModelRow, 1)
        if row is None:
            return None
        return ActiveModel(
            ModelChoice(row.model, row.pretrained, Fingerprint(row.fingerprint)),
            ModelChoice(row.previous_model, row.previous_pretrained, Fingerprint(row.previous_fingerprint)),
            row.activated_at,
        )

    def activate(self, current: ModelChoice, previous: ModelChoice) -> None:
        """Make a model the one that serves; every process follows."""
        self._db.merge(
            ActiveModelRow(
                id=1,
                model=current.model,
                pretrained=current.pretrained,
                fingerprint=current.fingerprint,
                activated_at=datetime.now(UTC),
                previous_model=previous.model,
                previous_pretrained=previous.pretrained,
                previous_fingerprint=previous.fingerprint,
            )
        )

    def reset(self) -> None:
        """Let the settings decide again."""
        self._db.execute(delete(ActiveModelRow))


def wanted_model(db: Session, settings: Settings) -> ModelChoice:
    """Return the model that is to serve."""
    active = ModelRepository(db).active()
    return active.current if active is not None else configured_model(settings)


def configured_model(settings: Settings) -> ModelChoice:
    """Return the model that the settings name."""
    return ModelChoice(settings.clip_model, settings.clip_pretrained, None)


def same_model(one: ModelChoice, other: ModelChoice) -> bool:
    """Whether two choices name the same model; a directory may be named in several ways."""
    return _names(one) == _names(other)


def _names(choice: ModelChoice) -> tuple[str, str | None]:
    try:
        source = find_source(EncoderSpec(choice.model, choice.pretrained))
    except ModelNotFound:  # it need not exist to have a name
        return choice.model, choice.pretrained
    return source.model, source.pretrained


def load_choice(choice: ModelChoice, settings: Settings, load: EncoderLoader = load_encoder) -> Encoder:
    """Load a model.

    Raises:
        ModelNotFound: it can't be found or read.
        ExportRejected: its exported graph doesn't agree with torch.
        FingerprintMismatch: it isn't any more what was chosen.
    """
    encoder = load(choice.spec(settings))
    if choice.fingerprint not in (None, encoder.fingerprint):
        raise FingerprintMismatch(
            f"{choice.title} has changed since it was chosen: its fingerprint was {choice.fingerprint} and is "
            f"{encoder.fingerprint}. Put its files back, or switch with `python -m scripts.switch_model`"
        )
    return encoder


def expected_space(choice: ModelChoice, settings: Settings, load: EncoderLoader) -> VectorSpace | None:
    """Return the vector space that a model most likely has, before it is loaded; None if nothing is known of it."""
    expected = expected_encoder(choice.spec(settings)) if load is load_encoder else None
    return None if expected is None else VectorSpace.of(expected, settings)


def active_encoders(database: Database, settings: Settings, load: EncoderLoader = load_encoder) -> Iterator[Encoder]:
    """Yield the encoder that is to serve, for every command that works on the served catalogue.

    When the shop has switched models while the caller worked with it, the next one follows: what the caller embeds is
    then embedded for that one too.

    Raises:
        as `load_choice`.
    """
    done: ModelChoice | None = None
    while True:
        with database.reading() as db:
            choice = wanted_model(db, settings)
        if choice == done:
            return
        yield load_choice(choice, settings, load)
        done = choice
