"""What a shop's own log says, on both databases, with a fake encoder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from scripts.evaluate import app
from tests.backend.conftest import serving
from tests.backend.recommend.helpers import fill, recommend, served
from tests.scripts.environment import own_settings

LISTS = 80


@pytest.fixture
def shop(database_url: str, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    rules = tmp_path / "recommend.json"
    rules.write_bytes(orjson.dumps({"exploration": {"pool": 2, "least": 2}}))
    settings = own_settings(monkeypatch, tmp_path, database_url, redis_url, RECOMMEND_RULES_PATH=str(rules))
    with serving(settings) as client:
        fill(client)
        yield client


def report(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["log", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def act(client: TestClient, **event: Any) -> None:
    answer = client.post("/api/v1/feedback", json=event)
    assert answer.status_code == 200, answer.text


def test_choices_are_replayed_by_context_with_a_model_of_what_was_before(shop: TestClient) -> None:
    now = datetime.now(UTC)
    for number in range(30):  # long ago everybody bought the lamp after the mug
        for minute, product in enumerate(("mug-red", "lamp-gold")):
            moment = now - timedelta(days=20, minutes=-minute)
            act(shop, user_id=f"old-{number}", product_id=product, interaction_type="PURCHASE",
                timestamp=moment.isoformat())  # fmt: skip
    for number in range(10):
        steps = (("mug-red", "CLICK", None), ("lamp-gold", "PURCHASE", "feed"), ("tent-pink", "VIEW", "search"))
        for minute, (product, what, context) in enumerate(steps):
            moment = now - timedelta(hours=1, minutes=-minute)
            act(shop, user_id=f"new-{number}", product_id=product, interaction_type=what, context=context,
                timestamp=moment.isoformat())  # fmt: skip
    found = report()
    assert found["acts_learned_from"] == 60
    counts = {context: one["choices"] for context, one in found["replayed"]["ours"].items()}
    assert counts == {"feed": 10, "unnamed": 10}, "looking at something is no choice"
    ours = found["replayed"]["ours"]["feed"]["figures"]["mrr"]["mean"]
    alone = found["replayed"]["last item"]["feed"]["figures"]["mrr"]["mean"]
    assert ours > 0.45, "the lamp is first or second: the mug itself may be bought again"
    assert ours > alone
    assert found["replayed"]["as served"]["feed"]["figures"]["mrr"]["mean"] > alone
    assert found["drawn_places"] == {}


def test_a_place_without_exploration_is_estimated_from_its_propensities(shop: TestClient) -> None:
    best_shown = 0
    for number in range(LISTS):
        user = f"u-{number}"
        act(shop, user_id=user, product_id="mug-red", interaction_type="LIKE")
        answer = recommend(shop, user_id=user, limit=3, explore=True)
        logged = served(shop, answer["recommendation_id"])
        assert logged is not None
        product, propensity, explored = logged.items[-1]
        assert propensity == 0.5
        if not explored:  # shoppers like the best one, and no other
            best_shown += 1
            act(shop, user_id=user, product_id=product, interaction_type="CLICK", context="feed",
                recommendation_id=answer["recommendation_id"])  # fmt: skip
    assert 0 < best_shown < LISTS
    place = report("--effective", "10")["drawn_places"]["feed"]
    assert place["lists"] == LISTS
    assert place["logged"] == pytest.approx(best_shown / LISTS)
    estimate = place["without_exploration"]
    assert estimate["value"] == 1.0
    assert estimate["effective"] == pytest.approx(best_shown)
    refused = report("--effective", "1000")["drawn_places"]["feed"]
    assert refused["without_exploration"] is None
    assert "1000" in refused["refused"]


def test_acts_that_cite_no_list_or_another_product_earn_nothing(shop: TestClient) -> None:
    act(shop, user_id="u", product_id="mug-red", interaction_type="LIKE")
    answer = recommend(shop, user_id="u", limit=3, explore=True)
    logged = served(shop, answer["recommendation_id"])
    assert logged is not None
    last, first = logged.items[-1][0], logged.items[0][0]
    act(shop, user_id="u", product_id=last, interaction_type="PURCHASE")
    act(shop, user_id="u", product_id=first, interaction_type="PURCHASE", recommendation_id=logged.id)
    act(shop, user_id="u", product_id=last, interaction_type="VIEW", recommendation_id=logged.id)
    assert report("--effective", "1")["drawn_places"]["feed"]["logged"] == 0.0


def test_tables_are_for_people(shop: TestClient) -> None:
    act(shop, user_id="u", product_id="mug-red", interaction_type="LIKE")
    answer = recommend(shop, user_id="u", limit=3, explore=True)
    assert served(shop, answer["recommendation_id"]) is not None
    shown = CliRunner().invoke(app, ["log"])
    assert shown.exit_code == 0, shown.output
    assert "popularity" in shown.stdout
    assert "are worth" in shown.stdout, "one list is too few for an estimate, and it says so"


def test_an_empty_log_is_said(shop: TestClient) -> None:
    refused = CliRunner().invoke(app, ["log"])
    assert refused.exit_code == 1
    assert "the log of interactions is empty" in refused.output
