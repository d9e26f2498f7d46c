"""What switch_model understands and refuses before it loads anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.catalogue.tables import ProductRow
from backend.config import DEFAULT_MODEL, Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from backend.model.active import ModelChoice, ModelRepository, load_choice
from ml.encoder.base import Encoder
from ml.encoder.cache import cache_entry
from ml.encoder.fake import FakeEncoder
from ml.encoder.prepare import prepare_encoder
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec
from ml.errors import ModelNotFound
from ml.types import Fingerprint
from scripts import switch_steps
from scripts.console import UsageError
from scripts.pipeline import Timed
from scripts.switch_steps import Loaded, activate, parse_model, refuse_overwritten, serving_model
from tests.e2e.conftest import ROOT


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None, database_url=f"sqlite:///{tmp_path}/shop.db", encoder_cache_path=tmp_path / "encoders"
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    migrate(database)
    yield database
    database.close()


def test_names_of_models(settings: Settings) -> None:
    assert parse_model(DEFAULT_MODEL, None, settings) == ModelChoice(DEFAULT_MODEL, None, None)
    tagged = ModelChoice("ViT-B-32", "laion2b_s34b_b79k", None)
    assert parse_model("ViT-B-32/laion2b_s34b_b79k", None, settings) == tagged
    assert parse_model("ViT-B-32", "laion2b_s34b_b79k", settings) == tagged
    hub = ModelChoice("hf-hub:Marqo/marqo-fashionSigLIP", None, None)
    assert parse_model("hf-hub:Marqo/marqo-fashionSigLIP", None, settings) == hub


def test_paths_become_absolute(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    relative = str(Path(DEFAULT_MODEL).relative_to(ROOT))
    assert parse_model(relative, None, settings).model == DEFAULT_MODEL
    with pytest.raises(ModelNotFound, match="models/nowhere"):  # not an architecture named models
        parse_model("models/nowhere", None, settings)


def test_a_model_in_use_whose_files_were_replaced_is_refused(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    directory = Path(shutil.copytree(DEFAULT_MODEL, tmp_path / "model"))
    choice = parse_model(str(directory), None, settings)
    refuse_overwritten(database, settings, choice)  # not in use
    with database.writing() as db:
        used = ModelChoice(choice.model, None, Fingerprint("0" * 16))
        ModelRepository(db).activate(used, used)
    refuse_overwritten(database, settings, choice)  # no export is known, so nothing can be lost

    shared = settings.model_copy(update={"encoder_cache_path": ROOT / "var/encoders"}).encoder_spec
    prepare_encoder(shared)
    manifest = cache_entry(shared.cache_dir, find_source(shared)).read_manifest()
    assert manifest is not None
    entry = cache_entry(settings.encoder_cache_path, find_source(EncoderSpec(str(directory))))
    entry.folder.mkdir(parents=True)
    entry.manifest_path.write_text(manifest.model_dump_json())
    refuse_overwritten(database, settings, choice)  # the files are those of the export
    (directory / "tokenizer_config.json").write_text("{}")
    with pytest.raises(UsageError, match="a directory of its own"):
        refuse_overwritten(database, settings, choice)


def test_a_chosen_model_that_is_gone_can_be_switched_away_from(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    gone = ModelChoice(str(tmp_path / "gone"), None, Fingerprint("0" * 16))
    with database.writing() as db:
        ModelRepository(db).activate(gone, gone)
    assert serving_model(database, settings) == (gone, None)
    with pytest.raises(ModelNotFound):
        load_choice(gone, settings)


def test_a_configured_model_that_is_gone_is_an_error(settings: Settings, database: Database, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        serving_model(database, settings.model_copy(update={"clip_model": str(tmp_path / "gone")}))


def test_after_a_switch_unreadable_pictures_are_tried_once(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with database.writing() as db:
        repository = CatalogueRepository(db)
        product = ProductIn.model_validate({"id": "p", "title": "mug"})
        repository.upsert([to_record(product, settings.product_text_template)], repository.lock_version())
        db.execute(update(ProductRow).values(image_file=f"{'0' * 64}.webp"))
    embed, done = switch_steps.embed, []

    def counted(database: Database, settings: Settings, encoder: Encoder) -> Timed:
        done.append(embed(database, settings, encoder))
        return done[-1]

    monkeypatch.setattr(switch_steps, "embed", counted)
    monkeypatch.setattr(switch_steps, "SETTLE_S", 1.5)
    encoder = FakeEncoder(image_tower=True)
    model = Loaded(ModelChoice("new", None, encoder.fingerprint), encoder)
    activate(database, settings.model_copy(update={"media_path": tmp_path}), model, model.choice)
    assert [timed.rows for timed in done] == [1, 0]  # the text, then nothing
