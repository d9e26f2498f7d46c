"""Ids of served lists: a list that is kept is served several times, and each serving has its own."""

from __future__ import annotations

from backend.ids import new_uuid

SERVING = 16  # characters of the part that tells servings of one list apart


def new_list() -> str:
    """Return the id of a list, which its first serving has too."""
    return new_uuid().hex


def served_again(list_id: str) -> str:
    """Return the id of another serving of a list."""
    return f"{list_id}.{new_uuid().hex[:SERVING]}"


def list_of(recommendation_id: str) -> str:
    """Return the list that was served: what was drawn for it was drawn once, however often it is served."""
    return recommendation_id.partition(".")[0]
