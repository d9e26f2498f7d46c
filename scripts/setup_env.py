"""Create .venv and install the pinned requirements into it; do nothing when it is up to date.

Runs before anything is installed: standard library only, and readable by older Pythons, so that they get a
sentence about their version instead of a syntax error.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple, NoReturn

OLDEST = (3, 11)
NEWEST = (3, 14)  # the last Python for which every pinned package has a ready-made wheel
CPU_GB, CUDA_GB = 4, 14  # environment, download cache and head room

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
RUNTIME = ROOT / "requirements-api.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"
CONSTRAINTS = ROOT / "constraints.txt"


class Attempt(NamedTuple):
    """One way to install: a later one is tried when an earlier one failed."""

    label: str
    command: list[str]
    environment: dict[str, str]


def main() -> None:
    """Bring .venv up to date with the requirement files."""
    parser = argparse.ArgumentParser(description="Create .venv and install the pinned requirements.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    dev = bool(parser.parse_args().dev)
    wanted = fingerprint(dev)
    if is_current(wanted):
        return
    use_supported_python()
    started = time.monotonic()
    create_environment()
    install(DEVELOPMENT if dev else RUNTIME)
    check_consistency()
    # Written last, so that an interrupted set-up is taken up again and never taken for a finished one.
    STAMP.write_text(wanted + "\n", encoding="ascii")
    say(f"Environment ready in {time.monotonic() - started:.0f} s.")


def fingerprint(dev: bool) -> str:
    """Return one line that changes whenever the environment has to: `dev` or `api`, then a hash of the pins."""
    digest = hashlib.sha256()
    for path in (RUNTIME, DEVELOPMENT, CONSTRAINTS):
        digest.update(path.read_bytes())
    return ("dev " if dev else "api ") + digest.hexdigest()


def is_current(wanted: str) -> bool:
    """Tell whether .venv already holds what is wanted; a development environment serves as a runtime one."""
    try:
        installed = STAMP.read_text(encoding="ascii").strip()
    except OSError:
        return False
    # `exists` follows the link: an upgraded or removed system Python leaves a dead one behind.
    return PYTHON.exists() and installed in (wanted, wanted.replace("api ", "dev ", 1))


def use_supported_python() -> None:
    """Go on under a Python that the pinned packages support, or stop with the reason."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        # Version managers leave launchers for versions that are not active: only a run tells.
        if found and run_quietly([found, "-c", "import venv, ensurepip"]) is not None:
            say(f"This is Python {platform.python_version()}; going on with {found}.")
            os.execv(found, [found, *sys.argv])  # noqa: S606 - a list, and no shell
    stop(
        f"Vitrine needs Python {version(OLDEST)} to {version(NEWEST)}, this is {platform.python_version()}.",
        "Install Python 3.11 and run make again, or name one: make PYTHON=/path/to/python3.11 ...",
    )


def create_environment() -> None:
    """Make .venv, or make it anew when its Python no longer runs or is not a supported one."""
    check = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    if PYTHON.exists() and run_quietly([str(PYTHON), "-c", check]) is not None:
        return
    say(f"Creating .venv with Python {platform.python_version()}")
    if VENV.exists():
        shutil.rmtree(str(VENV))
    code = subprocess.call([sys.executable, "-m", "venv", str(VENV)])
    if code != 0:
        shutil.rmtree(str(VENV), ignore_errors=True)
        stop(
            "This Python can't create virtual environments.",
            "On Debian and Ubuntu: apt-get install python3-venv (or python3.11-venv). Then run make again.",
        )


def install(requirements: Path) -> None:
    """Install with the first attempt that works."""
    say(f"Installing {requirements.name}; the first time this downloads several hundred megabytes.")
    for attempt in attempts(requirements):
        say("-> " + attempt.label)
        if subprocess.call(attempt.command, env=dict(os.environ, **attempt.environment), cwd=str(ROOT)) == 0:
            return
        say("!! That failed: " + attempt.label)
    free_gb = shutil.disk_usage(str(ROOT)).free / 1e9
    stop(
        "The packages could not be installed; the reason is in the messages above.",
        f"Disk: {free_gb:.1f} GB are free; about {CPU_GB} GB are needed, {CUDA_GB} GB for CUDA builds of torch.",
        "Network: pip and uv must reach a package index. Behind a proxy set HTTPS_PROXY; for a mirror set",
        "  PIP_INDEX_URL; for wheels on disk set PIP_FIND_LINKS to their folder.",
        "Then run make again: it goes on where it stopped. `make clean` starts afresh.",
    )


def attempts(requirements: Path) -> list[Attempt]:
    """List the ways to install, best first."""
    selection = ["-r", str(requirements), "-c", str(CONSTRAINTS)]
    pip = Attempt(
        "pip (slower; torch comes from the index that pip is set up for)",
        [str(PYTHON), "-m", "pip", "install", *selection],
        {},
    )
    if not install_uv():
        say("!! uv could not be installed: falling back to pip, which takes several times as long.")
        return [pip]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON), *selection]
    environment = pip_settings_for_uv()
    found: list[Attempt] = []
    backend = torch_backend(environment.get("UV_FIND_LINKS"))
    if backend:
        label = f"uv, torch from PyTorch's own index (TORCH_BACKEND={backend})"
        found.append(Attempt(label, [*uv, "--torch-backend", backend], environment))
    return [*found, Attempt("uv, torch from the configured index or folder", uv, environment), pip]


def install_uv() -> bool:
    """Put uv into .venv; tell whether it is there."""
    if run_quietly([str(VENV / "bin" / "uv"), "--version"]) is not None:
        return True
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.call([*command, "uv", "-c", str(CONSTRAINTS)]) == 0


def pip_settings_for_uv() -> dict[str, str]:
    """Return the settings of pip that uv does not read by itself, under uv's names.

    Without the folder of local wheels uv would pass over a CPU build of torch that lies there and fetch the
    index's default build, which on Linux brings gigabytes of CUDA libraries.
    """
    settings: dict[str, str] = {}
    for uv_name, pip_name in (("UV_FIND_LINKS", "find-links"), ("UV_DEFAULT_INDEX", "index-url")):
        value = os.environ.get(uv_name) or ",".join((pip_setting(pip_name) or "").split())
        if value:
            settings[uv_name] = value
    certificates = pip_setting("cert")
    if certificates and not os.environ.get("SSL_CERT_FILE"):
        settings["SSL_CERT_FILE"] = certificates
    return settings


def pip_setting(name: str) -> str | None:
    """Return one setting of pip, from its environment variable or its configuration files."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    return value or run_quietly([str(PYTHON), "-m", "pip", "config", "get", "global." + name])


def torch_backend(find_links: str | None) -> str | None:
    """Return the torch build to ask uv for, or None to take what the configured index or folder holds."""
    fallback = "auto" if sys.platform == "linux" and not find_links else "none"
    chosen = os.environ.get("TORCH_BACKEND") or fallback
    return None if chosen == "none" else chosen


def check_consistency() -> None:
    """Stop when the installed packages contradict each other."""
    result = subprocess.run(
        [str(PYTHON), "-m", "pip", "check"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if result.returncode != 0:
        stop("The installed packages don't fit together:", result.stdout.decode().strip(), "Try `make clean`.")


def version(numbers: tuple[int, int]) -> str:
    """Return (3, 11) as "3.11"."""
    return ".".join(map(str, numbers))


def run_quietly(command: list[str]) -> str | None:
    """Return what a command printed, or None when it failed or does not exist."""
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return None
    return result.stdout.decode().strip() if result.returncode == 0 else None


def say(line: str) -> None:
    """Print at once, so that the order with what pip and uv print is right."""
    print(line, flush=True)


def stop(*lines: str) -> NoReturn:
    """Print a reason and what to do about it, and end."""
    print("\n" + "\n".join(lines), file=sys.stderr, flush=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
