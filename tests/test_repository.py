"""What holds for the repository as a whole: commands explained, versions pinned, nothing left lying about."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.config import Settings
from backend.server import DRAIN_S

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT_FILES = (
    "requirements-api.txt", "requirements-tracing.txt", "requirements-dev.txt", "requirements-bench.txt",
)  # fmt: skip
TARGETS = {"help", "setup", "run", "test", "lint", "types", "imports", "bench", "eval", "docs", "ci", "clean"}

TEXT_SUFFIXES = {".py", ".toml", ".md", ".yml", ".yaml", ".sh", ".ts", ".tsx", ".js", ".css", ".html", ".example"}
TEXT_NAMES = {"Makefile", "Dockerfile", "NOTICE", "run", ".dockerignore", ".gitignore", *REQUIREMENT_FILES}
SKIPPED_FOLDERS = {"var", "node_modules", "__pycache__", "dist"}

# Written with classes such as [D], so that this file doesn't find itself.
FORBIDDEN = {
    "unfinished work": re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b"),
    "a path of one machine": re.compile(r"(?<![\w.~)}])/(?:wor[k]|roo[t]|home/\w+|Users/\w+)/"),
    "a package index's host": re.compile(r"pypi\.(?:org|python)|pythonhosted\.(?:org)|download\.pytorch"),
}


def text_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS and (not f.startswith(".") or f == ".ci")]
        for name in names:
            if Path(name).suffix in TEXT_SUFFIXES or name in TEXT_NAMES:
                yield Path(folder, name)


def requirements(name: str) -> list[str]:
    lines = (line.partition(" #")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def pins(name: str) -> dict[str, str]:
    found = {}
    for line in requirements(name):
        package, _, version = line.partition(";")[0].strip().partition("==")
        found[package.split("[")[0]] = version
    return found


@pytest.mark.parametrize("name", [*REQUIREMENT_FILES, "constraints.txt"])
def test_requirements_are_exact_pins_without_local_tags(name: str) -> None:
    exact = re.compile(r"[a-z0-9-]+(?:\[[a-z,-]+\])?==[0-9][0-9a-z.]*(?:; .+)?")
    assert [line for line in requirements(name) if not exact.fullmatch(line)] == []


def test_constraints_cover_every_requirement_at_the_same_version() -> None:
    constraints = pins("constraints.txt")
    for name in REQUIREMENT_FILES:
        assert {p: v for p, v in pins(name).items() if constraints.get(p) != v} == {}


def test_development_builds_on_the_runtime_and_repeats_nothing() -> None:
    assert "-r requirements-api.txt" in (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    assert pins("requirements-api.txt").keys() & pins("requirements-dev.txt").keys() == set()


def test_every_dependency_has_its_reason() -> None:
    decision = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8")
    reasons = re.findall(r"^\| ([a-z0-9-]+) \| \S.{10,} \|$", decision, re.MULTILINE)
    direct = [package for name in REQUIREMENT_FILES for package in pins(name)]
    assert sorted(reasons) == sorted(direct)


def test_help_explains_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
    assert targets >= TARGETS
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    explained = dict(line.split(maxsplit=1) for line in shown.splitlines())
    assert explained.keys() == targets
    assert (
        subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        == shown
    )


def test_every_command_is_phony() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))


@pytest.mark.parametrize(
    ("variables", "command"),
    [
        ([], " exec .venv/bin/python -m scripts.run"),
        (["PORT=9000"], " API_PORT='9000' exec .venv/bin/python -m scripts.run"),
        (["HOST=0.0.0.0", "PORT=9000"], "API_HOST='0.0.0.0' API_PORT='9000' exec .venv/bin/python -m scripts.run"),
    ],
)
def test_run_hands_host_and_port_to_the_server(variables: list[str], command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"HOST", "PORT"}}
    shown = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "run", *variables],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.splitlines()[-1].strip() == command.strip()


def test_eval_names_the_files_it_needs() -> None:
    # --old-file: the environment is there, or this test would not run.
    command = ["make", "--old-file=setup", "eval", "CATALOGUE=", "JUDGMENTS="]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "JUDGMENTS=" in done.stderr


def test_ci_runs_by_itself_and_ends_with_the_tests() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make --no-print-directory test"


@pytest.mark.parametrize("what", list(FORBIDDEN))
def test_no_text_file_contains(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


def compose() -> dict[str, Any]:
    content = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_compose_starts_the_servers_after_healthy_databases_and_nginx_after_them() -> None:
    services = compose()["services"]
    assert set(services) == {"nginx", "api", "worker", "postgres", "redis", "prometheus", "grafana"}
    databases = ("postgres", "redis")
    assert services["api"]["depends_on"] == {name: {"condition": "service_healthy"} for name in databases}
    assert services["nginx"]["depends_on"] == {"api": {"condition": "service_healthy"}}
    checked = {name for name, service in services.items() if service.get("healthcheck", {}).get("test")}
    assert checked == set(services) - {"api", "worker"}  # the image brings the servers' own
    assert all({"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys() for service in services.values())


def test_compose_shows_the_shop_to_the_world_and_the_rest_to_this_machine_alone() -> None:
    services = compose()["services"]
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(ports) == {"nginx", "prometheus", "grafana"}
    assert all(port.startswith("127.0.0.1:") for name in ("prometheus", "grafana") for port in ports[name])


def test_compose_connects_the_servers_to_the_databases() -> None:
    services = compose()["services"]
    database = services["postgres"]["environment"]
    user, password, name = (database[f"POSTGRES_{key}"] for key in ("USER", "PASSWORD", "DB"))
    for server in ("api", "worker"):
        settings = services[server]["environment"]
        assert settings["DATABASE_URL"] == f"postgresql+psycopg2://{user}:{password}@postgres:5432/{name}"
        assert settings["REDIS_URL"].startswith("redis://redis:")
        assert settings["PROFILE_WORKER"] == "false"
        assert {name.lower() for name in settings} <= set(Settings.model_fields)


def test_compose_runs_the_product_without_rights_that_it_does_not_need() -> None:
    for name in ("nginx", "api", "worker"):
        service = compose()["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose_declares_every_volume_and_file_that_it_mounts() -> None:
    content = compose()
    services = content["services"].values()
    mounted = {volume.split(":")[0] for service in services for volume in service.get("volumes", [])}
    assert mounted == set(content["volumes"])
    used = {config["source"] for service in services for config in service.get("configs", [])}
    assert used == set(content["configs"])
    assert all((ROOT / config["file"]).is_file() for config in content["configs"].values())


def test_the_image_runs_the_server_as_an_ordinary_user() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == 'CMD ["python", "-m", "scripts.run"]'
    assert "USER vitrine" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)


def test_the_image_keeps_what_a_hub_sends_where_it_may_write() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (volume,) = re.findall(r"^VOLUME (\S+)$", text, re.MULTILINE)
    for name in ("HF_HOME", "XDG_CACHE_HOME"):
        (folder,) = re.findall(rf"\b{name}=(\S+)", text)
        assert folder.startswith(volume + "/")


def test_the_image_can_do_what_every_setting_asks_for() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^RUN .* install -r requirements-tracing.txt", text, re.MULTILINE)


def test_the_proxy_waits_for_the_servers_and_these_have_connections() -> None:
    services = compose()["services"]
    seconds = {name: int(services[name]["stop_grace_period"].removesuffix("s")) for name in ("nginx", "api")}
    assert seconds["nginx"] >= seconds["api"] > DRAIN_S
    (connections,) = re.findall(r"max_connections=\S+:-(\d+)", " ".join(services["postgres"]["command"]))
    fields = Settings.model_fields
    each = fields["db_pool_size"].default + fields["db_max_overflow"].default
    assert int(connections) > each * (16 + 1)


def test_the_image_gets_only_files_that_exist_and_are_sent() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        source
        for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
        for source in sources.split()
    }
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in ignore if line.startswith("!")}
    for source in copied:
        assert (ROOT / source).exists(), source
        assert source in sent or source.split("/")[0] in sent, source


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text.split()) > 1500
    assert "Apache License, Version 2.0" in (ROOT / "NOTICE").read_text(encoding="utf-8")
