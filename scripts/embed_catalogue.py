"""Embed products that lack an embedding of the encoder that serves, and build the index.

    python -m scripts.embed_catalogue
    python -m scripts.embed_catalogue --measure

Needed after CLIP_MODEL or PRODUCT_TEXT_TEMPLATE changed, or after an import with --no-embed; switch_model changes the
model of a running shop. It can be stopped and run again; what is embedded stays. Embeddings of other encoders are
kept, so that going back is quick. A picture that can't be read is named, and its product keeps its text alone.
"""

from __future__ import annotations

from typing import Annotated

import typer

from backend.model.active import active_encoders
from scripts.console import clear_errors, load_settings, peak_memory_mb
from scripts.measured_embedding import Measured, embed_measured
from scripts.pipeline import embed, index, open_database, open_embedder

app = typer.Typer(add_completion=False)


@app.command(help=__doc__)
def main(
    measure: Annotated[
        bool, typer.Option("--measure", help="Compare with the inference engine alone; takes some seconds more.")
    ] = False,
) -> None:
    """Run the command."""
    measured: list[Measured] = []
    with clear_errors():
        settings = load_settings()
        with open_database(settings) as database:
            for encoder in active_encoders(database, settings):
                if measure:
                    embedded, measured = embed_measured(database, settings, encoder)
                else:
                    embedded = embed(database, settings, encoder)
                embedder, parts = open_embedder(database, settings, encoder)
                left = sum(embedder.count_pending(part) for part in parts)
                manifest, _ = index(database, settings, encoder)
    print(f"embedded {embedded.rows:,} in {embedded.seconds:.1f} s ({embedded.rate:,.0f}/s)")
    for part in measured:
        print(part.render())
    if left:
        print(
            f"{left:,} are still to be embedded: pictures that can't be read, named above, or changes made meanwhile"
        )
    print(f"index of {manifest.count:,} products at catalogue version {manifest.catalogue_version}")
    print(f"peak memory {peak_memory_mb():,.0f} MiB")


if __name__ == "__main__":
    app()
