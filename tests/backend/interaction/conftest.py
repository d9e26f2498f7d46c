from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import serving
from tests.backend.interaction.helpers import fill


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    """A server with a few products, whose worker rests: the tests let it work when they want."""
    with serving(make_settings(profile_worker=False)) as client:
        fill(client)
        yield client
