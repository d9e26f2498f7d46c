from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import serving
from tests.backend.recommend.helpers import fill


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings()) as client:
        fill(client)
        yield client
