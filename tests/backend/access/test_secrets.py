"""What a server isn't started with in production, and what never shows a secret."""

from __future__ import annotations

import base64
import random
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.access.guessable import is_guessable
from backend.config import Settings

ROOT = Path(__file__).parents[3]
KEY = "J7fq-2Lw9sXn4bRt"
GOOD = {"environment": "production", "api_keys": KEY, "database_url": "postgresql://vitrine:Kq7-vTz2mW@host/vitrine"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"api_keys": ""}, "API_KEYS"),
        ({"api_keys": "changeme-changeme-changeme"}, "can be guessed"),
        ({"api_keys": f"{KEY},aaaaaaaaaaaaaaaaaaaaaaaa"}, "can be guessed"),
        ({"api_keys": "a-long-random-key"}, "can be guessed"),
        ({"api_keys": "0123456789abcdef"}, "can be guessed"),
        ({"database_url": "postgresql://vitrine:vitrine@host/vitrine"}, "DATABASE_URL"),
        ({"database_url": "postgresql://vitrine:change-me@host/vitrine"}, "DATABASE_URL"),
        ({"database_url": "postgresql://Kq7vTz2mW:Kq7vTz2mW@host/vitrine"}, "DATABASE_URL"),
        ({"database_url": "postgresql://u:pass%77ord@host/vitrine"}, "DATABASE_URL"),
        ({"database_url": "postgresql://h/x?user=vitrine&password=vitrine"}, "DATABASE_URL"),
        ({"database_url": "postgresql://u:Kq7-vTz2mW@h/x?password=letmein1"}, "DATABASE_URL"),
        ({"database_url": "postgresql://shop:Shop7-vTz2mW@h/x"}, "DATABASE_URL"),
        ({"redis_url": "redis://:redis@h"}, "REDIS_URL"),
        ({"redis_url": "redis://h/0?password=redis"}, "REDIS_URL"),
        ({"api_keys": "passw0rd-passw0rd"}, "can be guessed"),
        ({"api_keys": "p4$$word-8h2kq9Tz"}, "can be guessed"),
        ({"api_keys": "qwertzuiopasdfghjkl"}, "can be guessed"),
        ({"api_keys": "8h2-lkjhg-9TzqW4v"}, "can be guessed"),
        ({"allowed_origins": "*"}, "ALLOWED_ORIGINS"),
    ],
)
def test_production_refuses_what_anybody_could_guess(changes: dict[str, str], message: str) -> None:
    Settings(_env_file=None, **GOOD)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match=message) as refused:
        Settings(_env_file=None, **{**GOOD, **changes})  # type: ignore[arg-type]
    for value in changes.values():
        assert not value or value == "*" or value not in str(refused.value)


def test_a_database_without_a_password_in_its_url_is_taken() -> None:
    for url in ("sqlite:///var/x.db", "postgresql://vitrine@/vitrine?host=/run/postgresql"):
        Settings(_env_file=None, **{**GOOD, "database_url": url})  # type: ignore[arg-type]


def test_what_the_examples_say_is_refused_in_production() -> None:
    example = (ROOT / ".env.example").read_text()
    compose = (ROOT / "docker-compose.yml").read_text()
    readme = (ROOT / "README.md").read_text()
    keys = re.findall(r"API_KEYS=(\S+)", example + readme)
    passwords = re.findall(r"POSTGRES_PASSWORD:-(\w+)", compose) + re.findall(r"//\w+:([\w-]+)@", example + readme)
    assert len(keys) > 1
    assert len(passwords) > 2
    assert all(is_guessable(key) for key in keys)
    assert all(is_guessable(password, shortest=8) for password in passwords)


def test_random_secrets_are_taken() -> None:
    rng = random.Random(0)
    made = [base64.urlsafe_b64encode(rng.randbytes(32)).decode().rstrip("=") for _ in range(2000)]
    assert sum(map(is_guessable, made)) <= 2


def test_settings_show_no_secret() -> None:
    settings = Settings(
        _env_file=None,
        **{**GOOD, "redis_url": "redis://:Vw8-tXq3bN@host/0", "log_level": "DEBUG"},  # type: ignore[arg-type]
    )
    for shown in (repr(settings), str(settings)):
        assert "DEBUG" in shown
        assert not any(secret in shown for secret in (KEY, "Kq7-vTz2mW", "Vw8-tXq3bN"))


def test_an_error_about_a_setting_doesnt_repeat_its_value() -> None:
    for changes in ({"api_keys": "hunter2"}, {"redis_url": "hunter2"}, {"database_url": "mysql://u:hunter2@h"}):
        with pytest.raises(ValidationError) as refused:
            Settings(_env_file=None, **changes)  # type: ignore[arg-type]
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "origin",
    ["shop.example", "https://shop.example/", "https://*.example", "null", "https://a b", "file://x", "https://Shop"],
)
def test_what_no_browser_sends_as_an_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="ALLOWED_ORIGINS"):
        Settings(_env_file=None, allowed_origins=origin)


@pytest.mark.parametrize("origin", ["https://shop.example", "http://localhost:3000", "http://[::1]:8080", "*"])
def test_origins_are_taken(origin: str) -> None:
    assert Settings(_env_file=None, allowed_origins=origin).allowed_origins == (origin,)


@pytest.mark.parametrize("networks", ["10.0.0.0/33", "proxy", "10.0.0.1/8"])
def test_networks_that_are_none_are_refused(networks: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, trusted_proxies=networks)
    (finding,) = refused.value.errors()
    assert finding["loc"] == ("trusted_proxies",)
    assert networks.partition("/")[0] in finding["msg"]
