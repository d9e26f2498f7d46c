"""The files of deploy/ with the addresses of one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.full import files


def test_nginx_gets_addresses_and_folders_and_nothing_else(tmp_path: Path) -> None:
    content = files.nginx_config(tmp_path, listen="127.0.0.1:9000", upstream="127.0.0.1:9001")
    original = files.NGINX.read_text()
    changed = [
        after for before, after in zip(original.splitlines(), content.splitlines(), strict=True) if before != after
    ]
    assert "        server 127.0.0.1:9001;" in changed
    assert "        listen 127.0.0.1:9000;" in changed
    assert "/tmp/nginx" not in content.replace(str(tmp_path), "")
    assert len(changed) == 2 + original.count("/tmp/nginx")


def test_prometheus_gets_its_target_and_the_rules() -> None:
    content = files.prometheus_config(target="127.0.0.1:9001")
    assert '"127.0.0.1:9001"' in content
    assert f"- {files.ALERTS}" in content
    assert files.ALERTS.exists()


def test_a_file_that_says_something_else_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "prometheus.yml"
    other.write_text("scrape_configs: []\n")
    monkeypatch.setattr(files, "PROMETHEUS", other)
    with pytest.raises(ValueError, match="api:8000"):
        files.prometheus_config(target="127.0.0.1:9001")
