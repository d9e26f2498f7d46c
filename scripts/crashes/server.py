"""The server as it is, with merges of both indexes and snapshots without pause, so that kills meet them."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI

from backend import main
from backend.catalogue.opening import build_snapshot
from backend.catalogue.options import SearchOptions
from backend.config import Settings
from backend.errors import NotReady
from backend.lifespan import Runtime
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.merge import MergeSettings
from scripts.crashes.marks import Marks

APP = "scripts.crashes.server:create_app"
MARKS = "CRASH_MARKS"  # environment: the file of marks
SMALL = MergeSettings(
    compact_from=64, clusters_from=256, added_rows=16, added_share=0.01, added_most=64, retired_share=0.05
)
PAUSE_S = 0.05


class CrashSettings(Settings):
    """The settings of a server whose vector index merges after a few writes."""

    @property
    def search_options(self) -> SearchOptions:
        """As configured, but for the merges."""
        return replace(super().search_options, merging=SMALL)


def create_app() -> FastAPI:
    """Build the application; its threads begin once it is ready."""
    app = main.create_app(CrashSettings())
    marks = Marks(Path(os.environ[MARKS]))
    for work in (_merge_on_and_on, _save_on_and_on):
        threading.Thread(target=work, args=(app.state.runtime, marks), daemon=True).start()
    return app


def _merge_on_and_on(runtime: Runtime, marks: Marks) -> None:
    _wait(runtime)
    while True:
        index = runtime.engine.live.index
        if isinstance(index, FaissFlatIndex):
            with marks.during("merge"):
                index.merge()
        time.sleep(PAUSE_S)


def _save_on_and_on(runtime: Runtime, marks: Marks) -> None:
    _wait(runtime)
    while True:
        with marks.during("save"):
            build_snapshot(
                runtime.database, runtime.engine.live.space, runtime.settings.faiss_index_path, merging=SMALL
            )
        time.sleep(PAUSE_S)


def _wait(runtime: Runtime) -> None:
    while True:
        try:
            runtime.models.engine  # noqa: B018  it says whether it is there
            return
        except NotReady:
            time.sleep(0.01)
