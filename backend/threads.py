"""How many threads the libraries below the server compute with: the server's own requests are what runs at once."""

from __future__ import annotations

import os

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from backend.config import Settings

MOST_ENCODER_THREADS = 2
"""A short text gains little from more, and the threads of an inference turn in circles while one of them waits."""

MOST_IMAGE_THREADS = 4
"""Of four a picture has hardly more than of three; more would only take cores from other requests."""


def one_blas_thread() -> None:
    """Have matrix products run in the thread that asks for them.

    Those of a search are small. Shared out, each wakes a thread on every core, which then looks for more work long
    after it is done, and takes the cores from other requests.
    """
    threadpool_limits(1, user_api="blas")


def one_openmp_thread() -> None:
    """Have what FAISS does for the calling thread be done in that thread; OpenMP's number belongs to each thread.

    One query gives a second thread nothing to do, and it looks for work all the same.
    """
    threadpool_limits(1, user_api="openmp")


def with_encoder_threads(settings: Settings) -> Settings:
    """Return the settings with the number of encoder threads that a server runs with.

    Each worker needs a core for its event loop. A second thread makes a lone search a tenth quicker for two fifths
    more processor time, so there is one only where a core is left for it. A picture is more than ten times the work:
    a second thread makes it a third quicker for a quarter more, also where it shares the event loop's core.
    """
    cores, workers = len(os.sched_getaffinity(0)), settings.api_workers
    spare = max(1, (cores - workers) // workers)
    texts = settings.encoder_threads or min(spare, MOST_ENCODER_THREADS)
    pictures = settings.image_encoder_threads or settings.encoder_threads
    pictures = pictures or min(max(spare, min(2, cores // workers)), MOST_IMAGE_THREADS)
    return settings.model_copy(update={"encoder_threads": texts, "image_encoder_threads": pictures})
