"""What is put into an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.catalogue.repository import CatalogueRepository
from backend.config import Settings
from scripts.pipeline import open_database
from scripts.run import fill_if_empty

PRODUCTION = {"environment": "production", "api_keys": "J7fq-2Lw9sXn4bRt"}


@pytest.mark.parametrize(
    ("changes", "is_filled"),
    [
        ({}, True),
        ({"demo_shop": ""}, True),
        ({"demo_shop": "false"}, False),
        (PRODUCTION, False),
        ({**PRODUCTION, "demo_shop": "true"}, True),
    ],
)
def test_invented_products_are_for_trying_out(tmp_path: Path, changes: dict[str, Any], is_filled: bool) -> None:
    settings = Settings(
        _env_file=None, database_url=f"sqlite:///{tmp_path}/shop.db", media_path=tmp_path / "media", **changes
    )
    with open_database(settings) as database:
        fill_if_empty(database, settings, tmp_path / "demo", 3)
        with database.reading() as db:
            assert CatalogueRepository(db).is_empty() != is_filled
