"""Arrays read by several threads at once."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ml.array_reading import mapped_array, read_arrays


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads take turns as often as they can, also in the middle of parsing: collecting garbage runs Python."""

    def collecting(*_: object) -> None:
        sum(range(50))

    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(5)
    gc.callbacks.append(collecting)
    yield
    gc.callbacks.remove(collecting)
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless")
def test_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)
    np.save(tmp_path / "one.npy", rows)
    np.savez(tmp_path / "more.npz", rows=rows, count=np.array(7))
    problems: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(60):
                np.testing.assert_array_equal(mapped_array(tmp_path / "one.npy"), rows)
                assert int(read_arrays(tmp_path / "more.npz")["count"]) == 7
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.parametrize("read", [mapped_array, read_arrays])
def test_what_is_no_array_is_refused(read: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none")
    (tmp_path / "text").write_text("no array")
    with pytest.raises(ValueError, match="pickle"):
        read(tmp_path / "text")
