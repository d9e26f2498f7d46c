"""The error tree: services raise these, `error_handlers` turns them into HTTP."""

from __future__ import annotations

from typing import Any


class VitrineError(Exception):
    """Base of errors with a meaning for the caller.

    Attributes:
        code: the stable, documented name in the error envelope.
        details: facts that a program can use; never secrets or stack traces.
    """

    code = "INTERNAL_ERROR"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class ProductNotFound(VitrineError):
    """No such product, or it was deleted."""

    code = "PRODUCT_NOT_FOUND"


class RuleNotFound(VitrineError):
    """No merchandising rule of this id."""

    code = "RULE_NOT_FOUND"


class ExperimentNotFound(VitrineError):
    """No experiment of this name."""

    code = "EXPERIMENT_NOT_FOUND"


class PictureNotFound(VitrineError):
    """No picture of this name is stored."""

    code = "NOT_FOUND"


class InvalidProductId(VitrineError):
    """An id that no product can have."""

    code = "INVALID_PRODUCT_ID"


class UnsupportedMediaType(VitrineError):
    """A body of a type that the route doesn't take."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class PictureRefused(VitrineError):
    """An uploaded picture that isn't decoded, since something is wrong with its file."""

    code = "IMAGE_REFUSED"


class NoImageTower(VitrineError):
    """A search by picture, and a model that knows only words."""

    code = "NO_IMAGE_TOWER"


class ProductNotSearchable(VitrineError):
    """The product exists, but it is hidden or has no vector yet."""

    code = "PRODUCT_NOT_SEARCHABLE"


class InvalidRequest(VitrineError):
    """A well-formed request whose content contradicts itself or the catalogue's rules."""

    code = "VALIDATION_ERROR"


class VersionConflict(VitrineError):
    """The product changed since the caller read it."""

    code = "VERSION_CONFLICT"


class EventConflict(VitrineError):
    """The event id is taken by an event of other content."""

    code = "EVENT_CONFLICT"


class RateLimited(VitrineError):
    """An actor sends more than it may."""

    code = "RATE_LIMIT_EXCEEDED"


class Unauthorized(VitrineError):
    """A missing or wrong API key."""

    code = "UNAUTHORIZED"


class Forbidden(VitrineError):
    """A right API key that doesn't allow this."""

    code = "FORBIDDEN"


class Overloaded(VitrineError):
    """The bounded queue in front of the encoder is full."""

    code = "OVERLOADED"


class NotReady(VitrineError):
    """The model or the index is still loading, or could not be loaded."""

    code = "NOT_READY"


class DependencyUnavailable(VitrineError):
    """The database doesn't answer."""

    code = "DEPENDENCY_UNAVAILABLE"
