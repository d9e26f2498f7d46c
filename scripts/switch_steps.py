"""The steps of switch_model, in their order."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from backend.catalogue.embedding import count_pending
from backend.catalogue.opening import index_folder, index_spaces, open_live
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.space import VectorSpace, space_fingerprint
from backend.config import Settings
from backend.database.engine import Database
from backend.model.active import (
    ModelChoice,
    ModelRepository,
    configured_model,
    load_choice,
    same_model,
    wanted_model,
)
from backend.model.announce import announce_model
from backend.model.pruning import prune, stored_embeddings
from ml.encoder.base import Encoder
from ml.encoder.cache import cache_entry
from ml.encoder.source import find_source
from ml.errors import IndexDamaged, MLError
from ml.evaluate.judgments import Judgments
from ml.index.snapshot import current_manifest
from ml.types import Fingerprint
from scripts.compare_models import Candidate, Comparison, compare_on_judgments, compare_on_known_items
from scripts.console import UsageError, console, progress
from scripts.pipeline import embed, index

PASSES = 3  # the second embeds what was written during the first, and so on
SETTLE_S = 5.0  # how long nothing must be pending after a switch; servers poll every second by default
MAX_SETTLE_S = 120.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model by its exact name, and its encoder."""

    choice: ModelChoice
    encoder: Encoder


def parse_model(model: str, pretrained: str | None, settings: Settings) -> ModelChoice:
    """Read what the command was given.

    Raises:
        ModelNotFound: there's no such directory or checkpoint.
    """
    architecture, slash, tag = model.partition("/")
    names_tag = slash and pretrained is None and "/" not in tag and not model.startswith((".", "~", "hf-hub:"))
    if names_tag and architecture and not Path(architecture).is_dir():
        model, pretrained = architecture, tag
    return _exact(ModelChoice(model, pretrained, None), settings)


def serving_model(database: Database, settings: Settings) -> tuple[ModelChoice, Encoder | None]:
    """Return the model that serves; without its encoder when that can't be loaded any more.

    Raises:
        ModelNotFound, ExportRejected: the settings name it, so nothing tells what it was.
    """
    with database.reading() as db:
        choice = wanted_model(db, settings)
    try:
        loaded = _load(choice, settings)
    except MLError as error:
        if choice.fingerprint is None:
            raise
        console.print(f"[yellow]the model that serves can't be loaded, so it isn't compared:[/] {error}")
        return choice, None
    return loaded.choice, loaded.encoder


def prepare(database: Database, settings: Settings, choice: ModelChoice) -> Loaded:
    """Load a model and make its embeddings and its index complete; servers notice nothing."""
    loaded = _load(choice, settings)
    for _ in range(PASSES):
        if not embed(database, settings, loaded.encoder).rows:
            break
    if not _index_is_current(database, settings, loaded.encoder):
        index(database, settings, loaded.encoder)
    return loaded


def is_active(database: Database, settings: Settings, model: Loaded) -> bool:
    """Whether a model serves already."""
    with database.reading() as db:
        wanted = wanted_model(db, settings)
    if wanted.fingerprint is None:
        return same_model(wanted, model.choice)
    return wanted.fingerprint == model.encoder.fingerprint


def compare(
    database: Database,
    settings: Settings,
    old: Encoder | None,
    new: Encoder,
    judgments: Judgments | None,
    sample: int,
    seed: int,
) -> Comparison | None:
    """Compare both models on this catalogue; None when there's nothing to compare with."""
    if old is None:
        return None
    before, after = VectorSpace.of(old, settings), VectorSpace.of(new, settings)
    if (before.fingerprint, "text") not in stored_embeddings(database):
        console.print("the old model has embedded nothing, so there's nothing to compare with")
        return None
    one = Candidate(old, open_live(database, before, settings.faiss_index_path, settings.search_options))
    other = Candidate(new, open_live(database, after, settings.faiss_index_path, settings.search_options))
    if judgments is not None:
        return compare_on_judgments(judgments, one, other)
    return compare_on_known_items(database, one, other, sample=sample, seed=seed)


def activate(database: Database, settings: Settings, model: Loaded, previous: ModelChoice) -> None:
    """Name a model in the database, tell the servers, and embed what they still write with the old one."""
    with database.writing() as db:
        ModelRepository(db).activate(model.choice, previous)
    announce_model(settings.redis_url)
    _settle(database, settings, model.encoder)


def previous_model(database: Database) -> tuple[ModelChoice, ModelChoice]:
    """Return the model that serves and the one before it.

    Raises:
        UsageError: no switch has been made.
    """
    with database.reading() as db:
        active = ModelRepository(db).active()
    if active is None:
        raise UsageError("there is nothing to go back to: no model was switched to, CLIP_MODEL decides")
    return active.current, active.previous


def reset(database: Database, settings: Settings) -> None:
    """Let the settings decide again, once their model is ready."""
    model = prepare(database, settings, _exact(configured_model(settings), settings))
    with database.writing() as db:
        ModelRepository(db).reset()
    announce_model(settings.redis_url)
    _settle(database, settings, model.encoder)


def keep_only_named(database: Database, settings: Settings) -> str:
    """Delete what belongs to models that are neither active nor previous."""
    keep = {
        name for encoder in _roles(database, settings) for name in (encoder, _space(encoder, settings))
    }  # one encoder's pictures, its texts and its index
    with progress("embeddings") as bar:
        task = bar.add_task("prune", total=None)
        pruned = prune(database, settings.faiss_index_path, keep, lambda rows: bar.advance(task, rows))
    return f"deleted {pruned.embeddings:,} embeddings and {pruned.indexes} indexes"


def describe(database: Database, settings: Settings) -> str:
    """Return what serves and what is kept, for people."""
    with database.reading() as db:
        active = ModelRepository(db).active()
    roles = _roles(database, settings)
    if active is None:
        lines = [f"serves     {configured_model(settings).title} ({next(iter(roles))}), as CLIP_MODEL says"]
    else:
        since = f"{active.activated_at:%Y-%m-%d %H:%M:%S} UTC"
        lines = [
            f"serves     {active.current.title} ({active.current.fingerprint}) since {since}",
            f"previous   {active.previous.title} ({active.previous.fingerprint})",
        ]
        if not same_model(active.current, configured_model(settings)):
            lines.append(f"CLIP_MODEL names {configured_model(settings).title}, which doesn't count until --reset")
    return "\n".join([*lines, "", *_table(database, settings, roles)])


def _table(database: Database, settings: Settings, roles: Mapping[Fingerprint, str]) -> list[str]:
    stored = stored_embeddings(database)
    indexes = set(index_spaces(settings.faiss_index_path))
    spaces = {_space(encoder, settings): (encoder, role) for encoder, role in roles.items()}
    pictures = {name: rows for (name, part), rows in stored.items() if part == "image"}
    lines = [f"{'model':<10}{'space':<18}{'texts':>10}{'pictures':>10}  index"]
    named = {*spaces, *(name for name, part in stored if part == "text"), *indexes}
    for space in sorted(named, key=lambda name: (name not in spaces, name)):
        encoder, role = spaces.get(space, (None, "unused"))
        seen = f"{pictures.pop(encoder, 0):,}" if encoder is not None else "-"
        has_index = "yes" if space in indexes else "no"
        lines.append(f"{role:<10}{space:<18}{stored.get((space, 'text'), 0):>10,}{seen:>10}  {has_index}")
    lines += [f"{'unused':<10}{name:<18}{'-':>10}{rows:>10,}  no" for name, rows in sorted(pictures.items())]
    return lines


def _roles(database: Database, settings: Settings) -> dict[Fingerprint, str]:
    """Return the encoders in use, the active one first."""
    with database.reading() as db:
        active = ModelRepository(db).active()
    if active is None:
        return {load_choice(configured_model(settings), settings).fingerprint: "active"}
    named = ((active.current.fingerprint, "active"), (active.previous.fingerprint, "previous"))
    return {fingerprint: role for fingerprint, role in named if fingerprint is not None}


def _space(encoder: Fingerprint, settings: Settings) -> Fingerprint:
    return space_fingerprint(encoder, settings.product_text_template)


def _exact(choice: ModelChoice, settings: Settings) -> ModelChoice:
    """Make paths absolute: other processes have other working directories."""
    source = find_source(choice.spec(settings))
    return replace(choice, model=source.model, pretrained=source.pretrained)


def _load(choice: ModelChoice, settings: Settings) -> Loaded:
    console.print(f"loading {choice.title}", soft_wrap=True)
    encoder = load_choice(choice, settings)
    return Loaded(replace(_exact(choice, settings), fingerprint=encoder.fingerprint), encoder)


def refuse_overwritten(database: Database, settings: Settings, choice: ModelChoice) -> None:
    """Refuse a directory whose files were replaced since it was chosen: there would be no way back.

    Its export still is of the former files, and a server that restarts needs it.

    Raises:
        UsageError: the model is in use and its files aren't those of its export.
    """
    with database.reading() as db:
        active = ModelRepository(db).active()
    in_use = [configured_model(settings)] if active is None else [active.current, active.previous]
    if not any(same_model(choice, other) for other in in_use):
        return
    source = find_source(choice.spec(settings))
    manifest = cache_entry(settings.encoder_cache_path, source).read_manifest()
    if manifest is not None and manifest.sources != source.checksums():
        raise UsageError(
            f"the files of {choice.title} were replaced while it is in use: put a new model into a directory of its "
            "own, so that there is a way back"
        )


def _index_is_current(database: Database, settings: Settings, encoder: Encoder) -> bool:
    space = VectorSpace.of(encoder, settings)
    try:
        manifest = current_manifest(index_folder(settings.faiss_index_path, space))
    except IndexDamaged:
        return False
    with database.reading() as db:
        repository = CatalogueRepository(db)
        now = (repository.catalogue_id(), repository.version())
    return manifest is not None and (manifest.catalogue_id, manifest.catalogue_version) == now


def _settle(database: Database, settings: Settings, encoder: Encoder) -> None:
    """Embed what servers write before they have changed over, until they don't any more.

    They do the same for what they wrote; this covers one that dies in between.
    """
    space = VectorSpace.of(encoder, settings)
    start = quiet_since = time.monotonic()
    left = 0  # what can't be embedded, such as unreadable pictures: not tried again until something else is pending
    while (now := time.monotonic()) < start + MAX_SETTLE_S and now < quiet_since + SETTLE_S:
        with database.reading() as db:
            pending = count_pending(db, space)
        if pending != left:
            embedded = embed(database, settings, encoder).rows
            left = 0 if embedded else pending
            if embedded:
                quiet_since = time.monotonic()
        time.sleep(0.2)
