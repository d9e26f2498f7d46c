"""Make, list, replace and end API keys, beside running servers, which see it within about a second.

    python -m scripts.api_keys create "shop backend" --scope search --scope feedback --days 365
    python -m scripts.api_keys list
    python -m scripts.api_keys rotate 3f9c2a7be104 --grace-hours 48
    python -m scripts.api_keys revoke 3f9c2a7be104

A key is shown once, when it is made: the database keeps a hash of it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
import typer

from backend.access.keys import SCOPES, StoredKey, check_scopes
from backend.access.service import KeyService, MadeKey
from scripts.console import UsageError, clear_errors, load_settings
from scripts.pipeline import open_database

app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)

KeyId = Annotated[str, typer.Argument(help="The part of the key between the two underscores, as `list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    scope: Annotated[list[str], typer.Option(help=f"What it allows, once for each: {', '.join(SCOPES)}.")],
    days: Annotated[
        float | None, typer.Option(min=0.0001, max=36_500, help="Until it expires; never without.")
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option(min=0, max=1_000_000_000, help="Its own limit of requests; 0 for none.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a key and show it, this once."""
    with clear_errors():
        if not 1 <= len(name.strip()) <= 100:
            raise UsageError("a name has 1 to 100 characters")
        try:
            scopes = check_scopes(scope)
        except ValueError as error:
            raise UsageError(str(error)) from error
        lifetime = None if days is None else timedelta(days=days)
        with open_database(load_settings()) as database:
            made = KeyService(database).create(name.strip(), scopes, lifetime=lifetime, per_minute=per_minute)
        _show(made, json)


@app.command("list")
def list_keys(json: AsJson = False) -> None:
    """Show every key there ever was, without its secret."""
    with clear_errors():
        with open_database(load_settings()) as database:
            keys = KeyService(database).all()
        now = datetime.now(UTC)
        if json:
            print(orjson.dumps([_described(key, now) for key in keys]).decode())
            return
        for key in keys:
            shown = _described(key, now)
            print(f"{key.id}  {shown['state']:<8}  {','.join(shown['scopes']):<32}  {key.name}")


@app.command()
def rotate(
    key_id: KeyId,
    grace_hours: Annotated[float, typer.Option(min=0, max=8760, help="How long the old one stays valid.")] = 24.0,
    json: AsJson = False,
) -> None:
    """Make a key in place of another, with its name, scopes, limit and lifetime, and show it, this once."""
    with clear_errors():
        with open_database(load_settings()) as database:
            made = KeyService(database).rotate(key_id, grace=timedelta(hours=grace_hours))
        _show(made, json)


@app.command()
def revoke(key_id: KeyId) -> None:
    """End a key at once."""
    with clear_errors():
        with open_database(load_settings()) as database:
            key = KeyService(database).revoke(key_id)
        print(f"{key.id} ({key.name}) is revoked")


def _show(made: MadeKey, json: bool) -> None:
    if json:
        print(orjson.dumps({"key": made.secret, **_described(made.stored, datetime.now(UTC))}).decode())
    else:
        print(made.secret)


def _described(key: StoredKey, now: datetime) -> dict[str, Any]:
    if key.revoked_at is not None:
        state = "revoked"
    elif not key.is_valid(now):
        state = "expired"
    else:
        state = "valid" if key.replaced_by is None else "replaced"
    return {
        "id": key.id,
        "name": key.name,
        "state": state,
        "scopes": sorted(key.scopes),
        "per_minute": key.per_minute,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "replaced_by": key.replaced_by,
    }


if __name__ == "__main__":
    app()
