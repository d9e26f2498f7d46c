"""What can go wrong inside `ml`, named after the problem; the edge picks HTTP statuses and exit codes."""

from __future__ import annotations


class MLError(Exception):
    """Base of every error that `ml` raises on purpose; the message says what to do."""


class EmptyInput(MLError):
    """An encoder was given no texts or no images."""


class ModelNotFound(MLError):
    """The model directory, checkpoint or hub tag can't be loaded."""


class ExportRejected(MLError):
    """An exported graph doesn't agree with the torch reference, so it isn't served."""


class TowerMissing(MLError):
    """The model has no image tower, and images were asked for."""


class IndexDamaged(MLError):
    """A snapshot file is missing, truncated or fails its checksum."""


class FingerprintMismatch(MLError):
    """Vectors of another encoder, template or dimension than the one in use."""


class TrainingRefused(MLError):
    """A model can't be trained on this data or with these options."""


class RulesRefused(MLError):
    """Weights or decays of interactions that can't be used."""


class BadWeights(MLError):
    """A file of blend weights can't be used."""


class RecommenderDamaged(MLError):
    """A stored model of interactions is missing, truncated or fails a check; train it again."""
