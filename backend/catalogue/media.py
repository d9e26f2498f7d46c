"""Serves the pictures in the media store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse

from backend.catalogue.images import MediaStore
from backend.catalogue.records import MEDIA_PREFIX
from backend.error_handlers import error_responses
from backend.errors import PictureNotFound

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def media_router(root: Path) -> APIRouter:
    """Return the route to the pictures of one media store."""
    router = APIRouter(tags=["catalogue"])
    media = MediaStore(root)

    @router.get(
        MEDIA_PREFIX + "{folder}/{name}",
        summary="Get a product picture",
        response_class=FileResponse,
        responses=error_responses(404),
    )
    def picture(
        folder: Annotated[str, PathParameter(max_length=2)], name: Annotated[str, PathParameter(max_length=80)]
    ) -> FileResponse:
        """Return a picture by the name that a product card gives; its content never changes."""
        return FileResponse(_path(media, f"{folder}/{name}"), media_type="image/jpeg", headers=FOR_EVER)

    return router


def _path(media: MediaStore, name: str) -> Path:
    try:
        return media.path(name)
    except FileNotFoundError as error:
        raise PictureNotFound("there's no such picture") from error
