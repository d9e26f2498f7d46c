"""Write docs/openapi.json from the routes; CI fails when that changes the file.

python -m scripts.write_docs
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson
import typer

from backend.config import Settings
from backend.main import create_app

app = typer.Typer(add_completion=False)
TARGET = Path("docs/openapi.json")


@app.command(help=__doc__)
def main() -> None:
    """Run the command."""
    TARGET.write_bytes(openapi())
    print(f"wrote {TARGET}")


def openapi() -> bytes:
    """Return the OpenAPI document of the application."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        settings = Settings(_env_file=None, database_url=f"sqlite:///{path / 'unused.db'}", media_path=path / "media")
        document = create_app(settings).openapi()
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


if __name__ == "__main__":
    app()
