"""Embed products that lack an embedding of the configured encoder, and build the index.

    python -m scripts.embed_catalogue

Needed after CLIP_MODEL or PRODUCT_TEXT_TEMPLATE changed, or after an import with --no-embed. It can be stopped and
run again; what is embedded stays. Embeddings of other encoders are kept, so that going back is quick.
"""

from __future__ import annotations

import typer

from ml.encoder.load import load_encoder
from scripts.console import clear_errors, load_settings, peak_memory_mb
from scripts.pipeline import embed, index, open_database

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main() -> None:
    """Run the command."""
    with clear_errors():
        settings = load_settings()
        with open_database(settings) as database:
            encoder = load_encoder(settings.encoder_spec)
            embedded = embed(database, settings, encoder)
            manifest, _ = index(database, settings, encoder)
    print(f"embedded {embedded.rows:,} in {embedded.seconds:.1f} s ({embedded.rate:,.0f}/s)")
    print(f"index of {manifest.count:,} products at catalogue version {manifest.catalogue_version}")
    print(f"peak memory {peak_memory_mb():,.0f} MiB")


if __name__ == "__main__":
    app()
