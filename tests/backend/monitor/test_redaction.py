"""The log keeps secrets, words and names to itself."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from backend.config import Settings
from backend.log import JsonFormatter
from backend.monitor import current
from backend.monitor.redaction import MASK, Redactor
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import put, search, serving

KEY = "0123456789abcdef"


@pytest.mark.parametrize(
    ("line", "secret", "kept"),
    [
        ("can't reach postgresql://shop:hunter2@db/vitrine", "hunter2", "@db/vitrine"),
        ("can't reach redis://:hunter2@cache:6379/0", "hunter2", "@cache:6379/0"),
        ("Authorization: Bearer abc.def-123", "abc.def-123", "Authorization"),
        ("header bearer abc.def-123 refused", "abc.def-123", "refused"),
        ("X-API-Key: s3cretvalue, next", "s3cretvalue", "next"),
        ("{'password': 'hunter two', 'a': 1}", "hunter two", "'a': 1"),
        ("OTLP token=abcdef&x=1", "abcdef", "x=1"),
        ("no account anna.b+shop@mail.example.org here", "anna.b", "here"),
        (f"the key {KEY} was refused", KEY, "was refused"),
        ('failed\nDETAIL:  Key (user_id)=(anna) exists.\nmore', "anna", "more"),
        ("1 error\n input_value='anna', input_type=str]", "anna", "input_type=str"),
    ],
)  # fmt: skip
def test_secrets_are_known_by_their_form(line: str, secret: str, kept: str) -> None:
    redacted = Redactor([KEY])(line)
    assert secret not in redacted
    assert kept in redacted
    assert MASK in redacted


@pytest.mark.parametrize(
    "line",
    [
        "ready: 60 products, catalogue version 60",
        "http://localhost:8000/docs",
        "POST /api/v1/search 200",
        "at 12:30:01",
    ],
)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert Redactor([KEY])(line) == line


def test_values_in_statements_are_left_out() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(SQLAlchemyError) as failure:
        connection.execute(text("SELECT * FROM missing WHERE user_id = :u"), {"u": "anna"})
    engine.dispose()
    redacted = Redactor()(str(failure.value))
    assert "anna" not in redacted
    assert "no such table" in redacted


@pytest.mark.parametrize(
    "scope",
    [
        {"path_params": {"user_id": "anna b"}},
        {"query_string": b"q=anna%20b&limit=3"},
        {current.ASKED: type("Body", (), {"query": "anna b"})()},
        {current.ASKED: type("Batch", (), {"events": [{"session_id": "anna b"}, 7]})()},
    ],
)
def test_words_and_ids_of_the_request_are_left_out(scope: dict[str, Any]) -> None:
    record = logging.LogRecord("backend", logging.ERROR, "", 0, "no vector of %s, joanna bly", ("anna b",), None)
    token = current.current_scope.set({"request_id": "r", **scope})
    try:
        line = json.loads(JsonFormatter().format(record))
    finally:
        current.current_scope.reset(token)
    assert line["message"] == f"no vector of {MASK}, joanna bly"
    assert line["request_id"] == "r"


class Shy:
    """Says nothing of itself, and its key in the error."""

    def __str__(self) -> str:
        raise ValueError(KEY)


@pytest.mark.parametrize(
    ("template", "arguments", "fields", "kept"),
    [
        ("can't find %s with %s", ("mug\ud800", KEY), {}, "can't find mug? with"),
        ("%s is refused", (KEY,), {"n": 2**70, "half": "\udfff"}, str(2**70)),
        ("%s is refused", (KEY,), {"who": Path(KEY), "when": {1: "now"}}, "is refused"),
        ("%s is refused", (KEY,), {"who": Shy()}, "can't be written"),
        ("%s is refused by %s", (KEY, Shy()), {}, "can't be written (ValueError)"),
        ("%s is refused by %s", (KEY,), {}, "can't be written (TypeError) from shop.py:7"),
    ],
)
def test_what_json_can_not_say_is_in_the_log_without_secrets(
    capsys: pytest.CaptureFixture[str], template: str, arguments: tuple[object, ...], fields: object, kept: str
) -> None:
    record = logging.LogRecord("backend.shop", logging.WARNING, "shop.py", 7, template, arguments, None)
    record.fields = fields
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter([KEY]))
    handler.handle(record)
    written = capsys.readouterr().err
    assert KEY not in written
    line = json.loads(written)
    assert (line["level"], line["logger"]) == ("WARNING", "backend.shop")
    assert kept in line["message"] + str(line.get("n"))


SPEAK = f"""
import logging, warnings
from backend.log import configure_logging
for _ in range(2):
    configure_logging("INFO", ["{KEY}"])
for name in ("asyncio", "redis", "sqlalchemy.pool"):
    logging.getLogger(name).error("lost redis://:hunter2@cache, {KEY}")
    logging.getLogger(name).info("unimportant")
warnings.warn("unwise with {KEY}")
"""


def test_libraries_and_warnings_are_in_the_log_as_everything_else() -> None:
    spoken = subprocess.run([sys.executable, "-c", SPEAK], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in spoken.stderr.splitlines()]
    assert [line["logger"] for line in lines] == ["asyncio", "redis", "sqlalchemy.pool", "py.warnings"]
    assert KEY not in spoken.stderr
    assert "hunter2" not in spoken.stderr


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unexpected_error_is_logged_with_its_id_and_without_words(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(FakeEncoder):
        def encode_texts(self, texts):  # type: ignore[no-untyped-def]
            if "private words" in texts:
                raise RuntimeError(f"can't encode {texts}")
            return super().encode_texts(texts)

    with serving(make_settings(), Broken()) as client:
        answer = client.post("/api/v1/search", json={"query": "private words"}, headers={"X-Request-ID": "mine"})
        assert answer.status_code == 500
    errors = [line for line in capsys.readouterr().err.splitlines() if "unexpected error" in line]
    (line,) = map(json.loads, errors)
    assert line["request_id"] == "mine"
    assert "can't encode" in line["exception"]
    assert "private words" not in json.dumps(line)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wanted", [False, True])
def test_requests_are_logged_when_asked_for(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str], wanted: bool
) -> None:
    with serving(make_settings(log_requests=wanted)) as client:
        put(client, "p", "mug")
        search(client, "mug")
        client.get("/api/v1/users/anna/state", headers={"X-Request-ID": "mine"})
    entries = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    lines = [line for line in entries if line["logger"] == "backend.requests"]
    assert bool(lines) == wanted
    if wanted:
        (line,) = [line for line in lines if line.get("request_id") == "mine"]
        assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/users/{user_id}/state", 200)
        assert line["ms"] > 0
        assert "anna" not in json.dumps(line)
