"""Reads the form of a search by picture, without it ever touching a disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from time import perf_counter

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from backend.catalogue.images import ImageRefused, ImageTypeRefused, check_type
from backend.errors import InvalidRequest, NoImageTower, PictureRefused, UnsupportedMediaType
from backend.image_queue import UploadRoom
from backend.search.schemas import ImageSearch, ImageSearchRequest

FORM_BYTES = 128 << 10  # of everything that isn't the picture
MAX_FIELD_BYTES = 64 << 10
MAX_FIELDS = 12
UPLOAD_TIMEOUT_S = 30  # who needs longer holds memory that others could use


class _InMemory(MultiPartParser):
    """Starlette's parser would move larger files to disk, where an upload has no business."""

    spool_max_size = 1 << 40
    _ended = False

    def on_end(self) -> None:
        """Note the last boundary."""
        self._ended = True

    def on_part_end(self) -> None:
        """Take a part.

        Raises:
            MultiPartException: it is text, and not in UTF-8; Starlette would read it as Latin-1.
        """
        if self._current_part.file is None:
            try:
                self._current_part.data.decode("utf-8")
            except UnicodeDecodeError as error:
                raise MultiPartException(f"`{self._current_part.field_name[:50]}` isn't in UTF-8") from error
        super().on_part_end()

    async def parse(self) -> FormData:
        """Read the form.

        Raises:
            MultiPartException: malformed, with text that isn't UTF-8, or broken off before its last boundary.
        """
        form = await super().parse()
        if not self._ended:
            for file in self._files_to_close_on_error:
                file.close()
            raise MultiPartException("it breaks off before its last boundary")
        return form


async def read_upload(request: Request, room: UploadRoom, max_image_bytes: int) -> ImageSearch:
    """Read and check the form.

    Args:
        request: with a body of multipart/form-data.
        room: takes account of the memory, and leads to who inspects the picture.
        max_image_bytes: of the picture.

    Raises:
        UnsupportedMediaType: another body, or a picture of another type than JPEG, PNG or WebP, or than declared.
        InvalidRequest, RequestValidationError: the form is malformed or breaks a rule.
        NoImageTower: there is a picture, and the model knows only words.
        PictureRefused: something is wrong with the picture's file.
        Overloaded: no room for another upload.
        HTTPException: too large (413) or too slow (408).
    """
    kind, parameters = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or parameters.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise UnsupportedMediaType("Content-Type is multipart/form-data, in UTF-8")
    form = await _parse(request, room)
    try:
        file = _only_file(form)
        if file is not None and not room.queue.has_tower:
            raise NoImageTower("the model of this server reads no pictures: its CLIP_MODEL has no image tower")
        fields = _fields(form)
        data = None if file is None else await file.read()
    finally:
        await form.close()
    digest, start = None, perf_counter()
    if file is not None and data is not None:
        if len(data) > max_image_bytes:
            raise HTTPException(413, f"the picture is larger than {max_image_bytes} bytes")
        try:
            check_type(data, file.content_type)
            digest = await room.queue.inspect(data)
        except ImageTypeRefused as error:
            raise UnsupportedMediaType(str(error)) from error
        except ImageRefused as error:
            raise PictureRefused(str(error)) from error
    check_ms = (perf_counter() - start) * 1000
    try:
        checked = ImageSearchRequest.model_validate({**fields, "image": digest})
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from error
    return ImageSearch(checked, data, check_ms)


async def _parse(request: Request, room: UploadRoom) -> FormData:
    async def counted() -> AsyncGenerator[bytes, None]:
        async for chunk in request.stream():
            room.take(len(chunk))
            yield chunk

    parser = _InMemory(request.headers, counted(), max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    try:
        async with asyncio.timeout(UPLOAD_TIMEOUT_S):
            return await parser.parse()
    except MultiPartException as error:
        raise InvalidRequest(f"the form can't be read: {error.message}") from error
    except TimeoutError as error:
        raise HTTPException(408, f"the upload took longer than {UPLOAD_TIMEOUT_S} s") from error


def _only_file(form: FormData) -> UploadFile | None:
    found = [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile)]
    if any(name != "image" for name, _ in found):
        raise InvalidRequest("the one file of the form is `image`")
    if not found or not (found[0][1].filename or found[0][1].size):
        return None  # browsers send an empty part without a name when no file was chosen
    return found[0][1]


def _fields(form: FormData) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            continue
        if name == "image":
            raise InvalidRequest("`image` is a file: its part needs a filename and a Content-Type")
        if name in fields:
            raise InvalidRequest(f"`{name[:50]}` is given twice")
        fields[name] = value
    return fields
