"""Merchandising rules over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from backend.dependencies import CATALOGUE_KEY, RuleServiceDep
from backend.error_handlers import error_responses
from backend.search.rules.schemas import RuleBody, RuleList, RuleWritten

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])


@router.get("", summary="List rules", responses=error_responses(401, 403, 429, 503), dependencies=[CATALOGUE_KEY])
async def list_rules(service: RuleServiceDep) -> RuleList:
    """Return all merchandising rules, in the order in which they win."""
    return await service.all()


@router.post(
    "",
    summary="Create a rule",
    status_code=201,
    responses=error_responses(401, 403, 413, 422, 429, 503),
    dependencies=[CATALOGUE_KEY],
)
async def create_rule(body: RuleBody, service: RuleServiceDep) -> RuleWritten:
    """Store a rule: for some searches, while it is active, it pins, boosts, buries or hides products."""
    return await service.create(body)


@router.put(
    "/{rule_id}",
    summary="Replace a rule",
    responses=error_responses(401, 403, 404, 413, 422, 429, 503),
    dependencies=[CATALOGUE_KEY],
)
async def replace_rule(rule_id: str, body: RuleBody, service: RuleServiceDep) -> RuleWritten:
    """Store a rule in place of another."""
    return await service.replace(rule_id, body)


@router.delete(
    "/{rule_id}",
    summary="Delete a rule",
    status_code=204,
    responses=error_responses(401, 403, 404, 429, 503),
    dependencies=[CATALOGUE_KEY],
)
async def delete_rule(rule_id: str, service: RuleServiceDep) -> None:
    """Delete a rule; searches stop following it at once."""
    await service.delete(rule_id)
