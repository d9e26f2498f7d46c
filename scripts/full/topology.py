"""What docker-compose.yml starts, as processes of this machine in one folder."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from pathlib import Path

from backend.config import Settings
from backend.server import DRAIN_S
from scripts.full.child import Child
from scripts.full.files import nginx_config, prometheus_config
from scripts.full.services import postgres_child, redis_child
from scripts.local_services import LOOPBACK

ASK_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Place:
    """Where things are.

    Attributes:
        folder: of everything that is kept.
        host: address of the front.
        port: of the front.
    """

    folder: Path
    host: str
    port: int

    @property
    def logs(self) -> Path:
        """The folder of all logs."""
        return self.folder / "logs"

    def postgres(self) -> tuple[Child, str]:
        """Return PostgreSQL and the URL of its maintenance database."""
        return postgres_child(self.folder / "postgres", self.logs)

    def redis(self) -> tuple[Child, str]:
        """Return Redis and its URL."""
        return redis_child(self.logs)

    def settings(self, settings: Settings, database_url: str, redis_url: str) -> Settings:
        """Return the settings of servers and worker: the user's own, but for what the topology is made of."""
        return settings.model_copy(
            update={
                "database_url": database_url,
                "redis_url": redis_url,
                "profile_worker": False,
                "trusted_proxies": (*settings.trusted_proxies, ip_network("127.0.0.0/8")),
                "faiss_index_path": self.folder / "index",
                "media_path": self.folder / "media",
                "recommender_path": self.folder / "recommender",
                "monitor_path": self.folder / "monitor",
                "encoder_cache_path": settings.encoder_cache_path.resolve(),
            }
        )

    def preparation(self, values: Mapping[str, str], options: Sequence[str]) -> Child:
        """Return what a first start needs; it ends when all is prepared."""
        command = [sys.executable, "-m", "scripts.run", "--no-serve", *options]
        return Child("preparation", command, self.logs / "preparation.log", environment=values)

    def server(self, values: Mapping[str, str], host: str, port: int, workers: int) -> Child:
        """Return the servers: one process that looks after its workers."""
        command = [
            sys.executable, "-m", "scripts.serve",
            "--host", host, "--port", str(port), "--workers", str(workers),
        ]  # fmt: skip
        return Child(
            "servers", command, self.logs / "servers.log", environment=values,
            grace_s=DRAIN_S + 10, ready=partial(answers, _reached(host), port, "/ready"),
        )  # fmt: skip

    def worker(self, values: Mapping[str, str]) -> Child:
        """Return the process for the background's work."""
        return Child("worker", [sys.executable, "-m", "scripts.worker"], self.logs / "worker.log", environment=values)

    def nginx(self, upstream: int) -> Child | None:
        """Return nginx in front of the servers; None where it isn't installed."""
        program = shutil.which("nginx", path=_with_system_folders())
        if program is None:
            return None
        config = self.folder / "nginx.conf"
        listen = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        config.write_text(nginx_config(self.folder, listen=listen, upstream=f"{LOOPBACK}:{upstream}"))
        return Child(
            "nginx", [program, "-c", config, "-p", self.folder, "-g", "daemon off;"], self.logs / "nginx.log",
            # Those under way are answered, before the servers are told to end.
            stop_signal=signal.SIGQUIT, grace_s=DRAIN_S,
            ready=partial(answers, _reached(self.host), self.port, "/live"),
        )  # fmt: skip

    def prometheus(self, target: int, port: int) -> Child | None:
        """Return Prometheus; None where it isn't installed."""
        program = shutil.which("prometheus")
        if program is None:
            return None
        config = self.folder / "prometheus.yml"
        config.write_text(prometheus_config(target=f"{LOOPBACK}:{target}"))
        command = [
            program, f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'prometheus'}",
            f"--web.listen-address={LOOPBACK}:{port}",
        ]  # fmt: skip
        return Child(
            "Prometheus", command, self.logs / "prometheus.log", ready=partial(answers, LOOPBACK, port, "/-/ready")
        )


def answers(host: str, port: int, path: str) -> bool:
    """Whether an address answers a GET with 200."""
    with closing(http.client.HTTPConnection(host, port, timeout=ASK_TIMEOUT_S)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def _reached(host: str) -> str:
    """Return the address by which this machine reaches what listens on another one."""
    return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104  compared with, not listened on


def _with_system_folders() -> str:
    """Return PATH with the folders that only administrators have on it, where nginx lies."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
