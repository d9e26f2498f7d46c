"""Maps errors to HTTP: the one place that picks statuses, and the one envelope."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from backend.access.safe_headers import safe_headers
from backend.database.failures import is_conflict, is_database_down
from backend.errors import DependencyUnavailable, InvalidRequest, VitrineError
from backend.wording import message_of

logger = logging.getLogger(__name__)

STATUS = {
    "VALIDATION_ERROR": 422,
    "NOT_FOUND": 404,
    "PRODUCT_NOT_FOUND": 404,
    "RULE_NOT_FOUND": 404,
    "EXPERIMENT_NOT_FOUND": 404,
    "INVALID_PRODUCT_ID": 400,
    "VERSION_CONFLICT": 409,
    "EVENT_CONFLICT": 409,
    "PRODUCT_NOT_SEARCHABLE": 409,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "IMAGE_REFUSED": 422,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "RATE_LIMIT_EXCEEDED": 429,
    "OVERLOADED": 503,
    "NOT_READY": 503,
    "DEPENDENCY_UNAVAILABLE": 503,
    "INTERNAL_ERROR": 500,
    "NO_IMAGE_TOWER": 501,
}
HTTP_CODES = {
    400: "BAD_REQUEST",
    405: "METHOD_NOT_ALLOWED",
    408: "REQUEST_TIMEOUT",
    413: "PAYLOAD_TOO_LARGE",
    414: "URL_TOO_LONG",
    431: "HEADERS_TOO_LARGE",
}
RETRY_AFTER_S = 1
MAX_FINDINGS = 20


class ErrorBody(BaseModel):
    """What went wrong."""

    code: str
    message: str
    details: dict[str, Any]


class ErrorEnvelope(BaseModel):
    """The form of every error."""

    success: bool = False
    error: ErrorBody
    timestamp: datetime
    request_id: str


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of a route's errors."""
    names: dict[int, str] = {}
    for code, status in [*STATUS.items(), *((code, status) for status, code in HTTP_CODES.items())]:
        names[status] = f"{names[status]} or `{code}`" if status in names else f"`{code}`"
    return {status: {"model": ErrorEnvelope, "description": names[status]} for status in statuses}


def envelope(request_id: str, code: str, message: str, details: dict[str, Any]) -> bytes:
    """Return the body of an error."""
    body = {
        "success": False,
        "error": {"code": code, "message": message, "details": details},
        "timestamp": datetime.now(UTC),
        "request_id": request_id,
    }
    return orjson.dumps(body)


def error_response(request: Request, status: int, code: str, message: str, details: dict[str, Any]) -> Response:
    """Build the envelope."""
    id_ = request.scope.get("request_id", "")
    headers: dict[str, str] = {}
    if status in {429, 503}:
        headers["Retry-After"] = str(details.get("retry_after_s", RETRY_AFTER_S))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(envelope(id_, code, message, details), status, headers, "application/json")


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(VitrineError, _vitrine_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _client_left)
    app.add_exception_handler(SQLAlchemyError, _database_failed)
    app.add_exception_handler(Exception, _unexpected)


def vitrine_error_response(request: Request, error: VitrineError) -> Response:
    """Build the envelope of an error of ours."""
    return error_response(request, STATUS[error.code], error.code, error.message, error.details)


async def _vitrine_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, VitrineError)  # noqa: S101  registered for it
    return vitrine_error_response(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    errors = [_finding(item) for item in error.errors()[:MAX_FINDINGS]]
    if isinstance(error.body, bytes) and error.body:  # which the framework reads as JSON only if it is said to be
        errors = [{"field": "body", "message": "it isn't said to be JSON: send Content-Type: application/json"}]
    message = "; ".join(f"{item['field']}: {item['message']}" for item in errors[:3])
    return error_response(request, 422, InvalidRequest.code, message, {"errors": errors})


def _finding(item: dict[str, Any]) -> dict[str, str]:
    if item["type"] == "json_invalid":
        return {"field": "body", "message": f"not JSON: {item['ctx']['error']} at character {item['loc'][-1]}"}
    field = ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0])
    return {"field": field, "message": message_of(item)}


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    if error.status_code == 400:  # how the framework reports a body that is no text at all
        return error_response(request, 422, InvalidRequest.code, "the body is not JSON in UTF-8", {})
    code = "NOT_FOUND" if error.status_code == 404 else HTTP_CODES.get(error.status_code, "HTTP_ERROR")
    response = error_response(request, error.status_code, code, str(error.detail), {})
    response.headers.update(error.headers or {})
    return response


async def _client_left(request: Request, _: Exception) -> Response:
    """Answer nobody: the status is what others log for a request that broke off."""
    logger.info("the client left in the middle of %s", request.url.path)
    return Response(status_code=499)


async def _database_failed(request: Request, error: Exception) -> Response:
    if is_conflict(error):
        logger.error("the database undid a request in favour of others", exc_info=error)
        return error_response(request, 503, DependencyUnavailable.code, "others write the same now; try again", {})
    if not is_database_down(error):  # but a mistake of ours
        raise error
    logger.error("the database doesn't answer: %s", error)
    return error_response(request, 503, DependencyUnavailable.code, "the database doesn't answer; try again", {})


def unexpected_error_response(request: Request, error: Exception) -> Response:
    """Log a mistake of ours, and build the envelope that tells nothing of it but where to look."""
    logger.error("unexpected error", exc_info=error)
    return _fault_of_ours(request)


def _fault_of_ours(request: Request) -> Response:
    message = "something went wrong on our side; the request id leads to the details in the server's log"
    return error_response(request, 500, VitrineError.code, message, {})


async def _unexpected(request: Request, _: Exception) -> Response:
    """Answer what failed in the outer middleware, which adds nothing to this; the server logs it, trace and all."""
    response = _fault_of_ours(request)
    response.headers["X-Request-ID"] = request.scope.get("request_id", "")
    https_only = request.app.state.runtime.settings.environment == "production"
    response.raw_headers.extend(safe_headers(https_only=https_only))
    return response
