"""Every hostile picture is refused with a typed 4xx, before it has cost anything, and the server goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from ml.encoder.fake import FakeEncoder
from scripts.hostile.case import Case, encoded, photo
from scripts.hostile.cases import hostile_cases
from tests.backend.conftest import error_of, put, serving
from tests.backend.image_forms import by_picture, post

CASES = hostile_cases()
CODES = {(422, "IMAGE_REFUSED"), (415, "UNSUPPORTED_MEDIA_TYPE"), (413, "PAYLOAD_TOO_LARGE")}
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of what it finds odd in a file

# In a process of its own, whose peak is nobody else's; writing 5 to clear_refs forgets the peak so far.
MEMORY = """
from pathlib import Path
from backend.catalogue.images import ImageRefused, check_type
from scripts.hostile.case import encoded, photo
from scripts.hostile.cases import hostile_cases
from tests.backend.images.pictures import decode_upload

def held(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))

for kind in ("JPEG", "PNG", "WEBP"):
    decode_upload(encoded(photo(640, 480), kind), 512)
for case in hostile_cases():
    data = case.make()
    before = held("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    try:
        check_type(data, case.declared)
        decode_upload(data, 512)
    except ImageRefused:
        pass
    print(round(held("VmHWM") - before, 1), case.name, sep="\\t")
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("hostile")
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'test.db'}",
        faiss_index_path=folder / "index",
        media_path=folder / "media",
    )
    with serving(settings, FakeEncoder(image_tower=True)) as client:
        put(client, "p", "mug")
        yield client


def test_there_are_many_and_each_has_its_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_picture_gets_a_typed_4xx(shop: TestClient, case: Case) -> None:
    assert error_of(post(shop, case.make(), case.declared)) in CODES


def test_the_server_answers_afterwards_and_holds_nothing(shop: TestClient) -> None:
    for case in CASES[::7]:
        post(shop, case.make(), case.declared)
    assert by_picture(shop, encoded(photo(320, 240, 5), "PNG"))["total"] == 1
    images = shop.app.state.runtime.engine.compute.images  # type: ignore[attr-defined]
    assert (images._held_bytes, images._in_flight) == (0, {})


def test_no_hostile_picture_takes_50_mb() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    peaks = {name: float(peak) for peak, name in (line.split("\t") for line in done.stdout.splitlines())}
    assert len(peaks) == len(CASES)
    assert {name: peak for name, peak in peaks.items() if peak > 50} == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_many_uploads_at_once_all_get_an_answer(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(), FakeEncoder(image_tower=True)) as client, ThreadPoolExecutor(16) as threads:
        put(client, "p", "mug")
        good = [encoded(photo(800, 600, number), "JPEG") for number in range(8)]
        answers = list(threads.map(lambda number: post(client, good[number % 8], "image/jpeg"), range(64)))
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert sum(answer.status_code == 200 for answer in answers) >= 32
