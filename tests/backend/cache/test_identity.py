"""Every setting is either known to change no answer, or names the answers made under it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.cache.identity import SILENT, fingerprint
from backend.config import Settings

NAMING: dict[str, Any] = {
    "clip_model": "another",
    "clip_pretrained": "laion",
    "encoder_engine": "torch",
    "encoder_precision": "fp32",
    "experiments_path": "{}",
    "image_weight": 0.9,
    "interaction_rules_path": "{}",
    "product_text_template": "{title}",
    "recommend_rules_path": "{}",
    "recommender_weights_path": "{}",
    "rerank_depth": 7,
    "rerank_weights_path": "{}",
    "search_attributes": frozenset({"material", "fit", "length"}),
    "search_coverage": 0.3,
    "search_cutoff": 1.0,
    "search_exact_budget_ms": 1.0,
    "search_language": "german",
    "search_lexical_weight": 0.1,
    "search_minimum_recall": 0.5,
    "search_mode": "exact",
    "search_similarity_weight": 0.9,
    "synonyms_path": "a, b",
    "text_weight": 0.1,
}


def with_change(name: str, value: object) -> Settings:
    return Settings(_env_file=None).model_copy(update={name: value})


def test_every_setting_is_one_of_both() -> None:
    """A new one that changes no answer belongs into `SILENT`; any other into the list above."""
    assert not SILENT & NAMING.keys()
    assert SILENT | NAMING.keys() == Settings.model_fields.keys()


@pytest.mark.parametrize("name", sorted(NAMING))
def test_another_value_is_another_name(name: str, tmp_path: Path) -> None:
    before = fingerprint(Settings(_env_file=None))
    if not name.endswith("_path"):
        assert fingerprint(with_change(name, NAMING[name])) != before
        return
    file = tmp_path / "file"
    file.write_text(NAMING[name])
    named = fingerprint(with_change(name, file))
    file.write_text(NAMING[name] + "\n")
    assert len({before, named, fingerprint(with_change(name, file))}) == 3


def test_what_changes_no_answer_changes_no_name() -> None:
    changed = Settings(_env_file=None, api_port=1, api_workers=3, query_cache_size=5, log_level="ERROR")
    assert fingerprint(changed) == fingerprint(Settings(_env_file=None))


def test_what_auto_comes_to_is_in_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines with the same settings may make vectors of another precision."""
    names = set()
    for precision in ("int8", "bf16"):
        monkeypatch.setattr("backend.config.pick_precision", lambda _, precision=precision: precision)
        names.add(fingerprint(Settings(_env_file=None)))
    for engine in ("openvino", "torch"):
        monkeypatch.setattr("backend.cache.identity.pick_engine", lambda _, engine=engine: engine)
        names.add(fingerprint(Settings(_env_file=None)))
    assert len(names) >= 3


def test_a_set_is_written_alike_in_every_process() -> None:
    code = (
        "from backend.cache.identity import fingerprint; from backend.config import Settings;"
        "print(fingerprint(Settings(_env_file=None)))"
    )
    said = {
        subprocess.run(
            (sys.executable, "-c", code),
            env={**os.environ, "PYTHONHASHSEED": seed, "SEARCH_ATTRIBUTES": "material,fit,length,sole,lining"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
