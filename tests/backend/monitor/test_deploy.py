"""Alert rules and dashboard speak of metrics and operations that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from backend.config import Settings
from backend.monitor.burn import FAST, OBJECTIVE, SLOW
from backend.monitor.operations import INTERACTIVE
from tests.backend.conftest import serving

DEPLOY = Path(__file__).parents[3] / "deploy"
NAME = re.compile(r"\bvitrine_\w+")
SUFFIXES = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",), "gauge": ("",)}


def rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]:
        yield from group["rules"]


def panels() -> Iterator[dict[str, Any]]:
    yield from json.loads((DEPLOY / "grafana/dashboards/vitrine.json").read_text())["panels"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_metric_that_is_asked_for_exists(make_settings: Callable[..., Settings], redis_url: str) -> None:
    with serving(make_settings(redis_url=redis_url)) as client:
        families = list(text_string_to_metric_families(client.get("/metrics").text))
    shown = {family.name + suffix for family in families for suffix in SUFFIXES[family.type]}
    asked = {name for rule in rules() for name in NAME.findall(rule["expr"])}
    asked |= {name for panel in panels() for target in panel["targets"] for name in NAME.findall(target["expr"])}
    assert asked <= shown
    assert {family.name for family in families} - {
        re.sub(r"_(bucket|count|sum|total)$", "", name) for name in asked
    } == set()
    for family in families:
        assert family.documentation


def test_rules_are_complete_and_named_once() -> None:
    found = list(rules())
    assert len({rule["alert"] for rule in found}) == len(found)
    for rule in found:
        assert rule["labels"]["severity"] in ("info", "warning", "critical")
        assert rule["annotations"].keys() == {"summary", "description"}


def test_rules_mean_what_the_server_means() -> None:
    by_name = {rule["alert"]: rule["expr"] for rule in rules()}
    (listed,) = re.findall(r'operation=~"([^"]+)"', by_name["VitrineP95OverTarget"])
    assert all(re.fullmatch(listed, operation) for operation in INTERACTIVE)
    for name, limit in (("VitrineBudgetBurnsFast", FAST), ("VitrineBudgetBurnsSlowly", SLOW)):
        assert by_name[name].count(f"/ {1 - OBJECTIVE:.2f} > {limit:.0f}") == 2


def test_a_full_queue_is_told_whatever_its_bound() -> None:
    (expr,) = [rule["expr"] for rule in rules() if rule["alert"] == "VitrineQueueFills"]
    share = re.fullmatch(r".*\(vitrine_queue_depth\) / .*\(vitrine_queue_bound\) > ([\d.]+)", expr)
    assert share is not None
    assert float(share[1]) < 1


def test_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert all(x < 24 for x, _ in cells)
        taken |= cells


def test_grafana_finds_what_is_provisioned() -> None:
    sources = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert {panel["datasource"]["uid"] for panel in panels()} == {source["uid"] for source in sources}
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    assert [(DEPLOY / "prometheus" / name).is_file() for name in config["rule_files"]] == [True]
    (provider,) = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/vitrine.yml").read_text())["providers"]
    assert provider["type"] == "file"
