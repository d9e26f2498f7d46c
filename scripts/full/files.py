"""The files of deploy/ as this machine needs them: the same text but for addresses and folders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX = DEPLOY / "nginx/nginx.conf"
PROMETHEUS = DEPLOY / "prometheus/prometheus.yml"
ALERTS = DEPLOY / "prometheus/alerts.yml"


def nginx_config(folder: Path, *, listen: str, upstream: str) -> str:
    """Return the configuration of nginx.

    Args:
        folder: for its pid and what it buffers on disk.
        listen: address and port.
        upstream: of the servers.
    """
    changes = {
        "server api:8000 resolve;": f"server {upstream};",
        "listen 8080;": f"listen {listen};",
        "/tmp/nginx": f"{folder}/nginx",  # noqa: S108  what the file says
    }
    return _changed(NGINX.read_text(), changes)


def prometheus_config(*, target: str) -> str:
    """Return the configuration of Prometheus.

    Args:
        target: address and port of the servers.
    """
    return _changed(PROMETHEUS.read_text(), {"api:8000": target, "- alerts.yml": f"- {ALERTS}"})


def _changed(content: str, changes: Mapping[str, str]) -> str:
    for before, after in changes.items():
        if before not in content:
            raise ValueError(f"the file doesn't say {before!r} any more")
        content = content.replace(before, after)
    return content
