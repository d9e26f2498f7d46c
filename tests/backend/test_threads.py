"""The threads of the libraries below the server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from backend.config import Settings
from backend.threads import MOST_ENCODER_THREADS, with_encoder_threads
from tests.backend.conftest import serving


def _blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_a_server_multiplies_matrices_in_one_thread(make_settings: Callable[..., Settings]) -> None:
    with threadpool_limits(2, user_api="blas"):
        assert _blas_threads() == {2}
        with serving(make_settings()):
            assert _blas_threads() == {1}


def test_faiss_works_in_the_thread_that_asks() -> None:
    script = (
        "import faiss; from backend.threads import one_openmp_thread as one; "
        "print(faiss.omp_get_max_threads()); one(); print(faiss.omp_get_max_threads())"
    )
    own = {**os.environ, "OMP_NUM_THREADS": "3"}
    said = subprocess.run([sys.executable, "-c", script], env=own, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["3", "1"]


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (16, MOST_ENCODER_THREADS)])
def test_a_server_encodes_with_few_threads(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)))
    assert with_encoder_threads(make_settings(encoder_threads=0)).encoder_threads == threads
    assert with_encoder_threads(make_settings(encoder_threads=7)).encoder_threads == 7
