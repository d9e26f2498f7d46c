"""The threads of the libraries below the server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from backend.config import Settings
from backend.threads import MOST_ENCODER_THREADS, MOST_IMAGE_THREADS, with_encoder_threads

SCRIPT = """
import faiss, numpy
from threadpoolctl import threadpool_info
from backend.threads import one_blas_thread, one_openmp_thread

def threads():
    return sorted(pool["num_threads"] for pool in threadpool_info())

before = threads()
one_blas_thread()
one_openmp_thread()
print(min(before), max(threads()))
"""


def test_libraries_work_in_the_thread_that_asks() -> None:
    own = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=own, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2" if (os.cpu_count() or 1) > 1 else "1", "1"]


@pytest.mark.parametrize(
    ("cores", "workers", "threads"),
    [(1, 1, 1), (2, 1, 1), (3, 1, 2), (4, 2, 1), (6, 2, 2), (4, 8, 1), (16, 1, MOST_ENCODER_THREADS)],
)
def test_a_server_encodes_with_few_threads(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, cores: int, workers: int, threads: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)))
    assert with_encoder_threads(make_settings(encoder_threads=0, api_workers=workers)).encoder_threads == threads
    assert with_encoder_threads(make_settings(encoder_threads=7)).encoder_threads == 7


@pytest.mark.parametrize(
    ("cores", "workers", "threads"),
    [(1, 1, 1), (2, 1, 2), (3, 1, 2), (4, 1, 3), (4, 2, 2), (4, 8, 1), (16, 1, MOST_IMAGE_THREADS)],
)
def test_a_server_encodes_pictures_with_more(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, cores: int, workers: int, threads: int
) -> None:
    def of_pictures(**said: int) -> int:
        return with_encoder_threads(make_settings(api_workers=workers, **said)).image_encoder_threads

    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)))
    assert of_pictures(encoder_threads=0) == threads
    assert of_pictures(encoder_threads=7) == 7
    assert of_pictures(encoder_threads=7, image_encoder_threads=5) == 5
