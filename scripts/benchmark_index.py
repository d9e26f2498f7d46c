"""Measure the index on a large invented catalogue: recall, time, memory and how long it takes to build.

    python -m scripts.benchmark_index --products 100000 --dimension 384
    python -m scripts.benchmark_index --products 1000000 --dimension 512 --json

Vectors are drawn around cluster centres in a space of 48 latent dimensions, laid into the full space by a random map,
with a little noise on top: x = unit(map @ (centre + spread * latent) + noise). Clusters are of very unequal size, as
the categories of a shop are. Queries are drawn likewise. All of it is decided by the seed. Needs 2 KB of disk, and
while building about 4 KB of memory, per product of 512 dimensions.
"""

from __future__ import annotations

import json as json_module
import multiprocessing
import re
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from ml.evaluate.recall import recall_of
from ml.index.manifest import SnapshotMeta
from ml.index.planner import PlannerSettings
from ml.index.snapshot import VECTORS, load_snapshot, save_snapshot
from ml.types import Embeddings, Fingerprint, ProductId
from scripts.console import clear_errors, console
from scripts.upserts_beside import beside_upserts

app = typer.Typer(add_completion=False, help=__doc__)
FINGERPRINT = Fingerprint("0" * 16)
SHARES = (1.0, 0.5, 0.1, 0.02, 0.005, 0.001)
LATENT = 48
SPREAD = 0.6  # of the members of a cluster around its centre
NOISE = 0.3  # outside of the latent space, as a share of a vector's length
BLOCK = 20_000
K = 10
WRITTEN = 2000  # products that get new vectors, again and again


@dataclass(frozen=True, slots=True)
class World:
    """What the invented catalogue is drawn from."""

    products: int
    dimension: int
    seed: int

    def clusters(self) -> NDArray[np.int64]:
        """Return the cluster of each product: int64, shape (products,)."""
        count = max(10, self.products // 250)
        weights = np.random.default_rng([self.seed, 1]).pareto(1.5, count) + 0.2
        draws = np.random.default_rng([self.seed, 2])
        return draws.choice(count, self.products, p=weights / weights.sum())

    def blocks(self) -> Iterator[Embeddings]:
        """Yield the vectors of all products: float32, shape (<= BLOCK, dimension)."""
        clusters = self.clusters()
        for start in range(0, self.products, BLOCK):
            yield self._around(clusters[start : start + BLOCK], np.random.default_rng([self.seed, 3, start]))

    def queries(self, count: int) -> Embeddings:
        """Return vectors that products of the catalogue might have, but don't."""
        rng = np.random.default_rng([self.seed, 4])
        return self._around(rng.choice(self.clusters(), count), rng)

    def _around(self, clusters: NDArray[np.int64], rng: np.random.Generator) -> Embeddings:
        fixed = np.random.default_rng([self.seed, 5])
        latent_map = fixed.standard_normal((LATENT, self.dimension), dtype=np.float32) / np.sqrt(LATENT)
        centres = fixed.standard_normal((max(10, self.products // 250), LATENT), dtype=np.float32)
        latent = centres[clusters] + SPREAD * rng.standard_normal((len(clusters), LATENT), dtype=np.float32)
        vectors = latent @ latent_map
        noise = rng.standard_normal(vectors.shape, dtype=np.float32) / np.sqrt(self.dimension)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors += NOISE * noise
        unit: Embeddings = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def filters(self) -> Iterator[tuple[float, str, NDArray[np.bool_] | None]]:
        """Yield share, kind and mask (products,): random products, or whole clusters as a category filter allows."""
        clusters = self.clusters()
        sizes = np.bincount(clusters)
        rng = np.random.default_rng([self.seed, 6])
        for share in SHARES:
            if share == 1:
                yield share, "none", None
                continue
            yield share, "random", rng.random(self.products) < share
            order = rng.permutation(len(sizes))
            chosen = np.zeros(len(sizes), np.bool_)
            chosen[order[np.cumsum(sizes[order]) <= max(share * self.products, sizes[order[0]])]] = True
            yield share, "clustered", chosen[clusters]


@app.command()
def benchmark(
    products: Annotated[int, typer.Option(min=5000, help="Vectors.")] = 100_000,
    dimension: Annotated[int, typer.Option(min=8, help="Of a vector.")] = 512,
    queries: Annotated[int, typer.Option(min=10, help="Searches with each filter.")] = 100,
    seed: Annotated[int, typer.Option(help="Of vectors, queries and filters.")] = 0,
    exact: Annotated[bool, typer.Option(help="Search exactly, whatever it costs.")] = False,
    upserts: Annotated[float, typer.Option(min=1, help="A second, beside which is searched at the end.")] = 100.0,
    turn: Annotated[float, typer.Option(min=0.05, help="Seconds, with upserts and without in turn.")] = 5.0,
    folder: Annotated[Path | None, typer.Option(help="Where to build; kept, and used again if it is there.")] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Print recall@10, p50 and p95 for each filter and beside upserts, memory for each product, and time to build."""
    world = World(products, dimension, seed)
    with clear_errors(), tempfile.TemporaryDirectory(prefix="benchmark-index-") as temporary:
        directory = folder or Path(temporary)
        build_s = None
        if not (directory / "CURRENT").exists():
            console.print(f"building {products} x {dimension}")
            start = time.perf_counter()
            ids = [ProductId(f"p{number:08d}") for number in range(products)]
            save_snapshot(directory, ids, world.blocks(), SnapshotMeta(FINGERPRINT, dimension, 0, {"text": 1.0}))
            build_s = round(time.perf_counter() - start, 1)
        # A process of its own, as building leaves memory behind that serving doesn't need.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            report = pool.apply(measure, (world, directory, queries, exact, upserts, turn))
    report["build_s"] = build_s
    report["build_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 if build_s else None
    print(json_module.dumps(report) if json else render(report))


def measure(world: World, directory: Path, queries: int, exact: bool, upserts: float, turn: float) -> dict[str, Any]:
    """Open the index and search it; recall is judged by NumPy."""
    before = resident_bytes()
    start = time.perf_counter()
    planning = PlannerSettings(mode="exact" if exact else "auto")
    index, manifest = load_snapshot(directory, fingerprint=FINGERPRINT, dimension=world.dimension, planning=planning)
    load_s = time.perf_counter() - start
    asked = world.queries(queries)
    filters = list(world.filters())
    for query in asked:  # the pages of the snapshot that searches need are read from the disk once
        index.candidates(query, K)
    answers, rows = [], []
    for share, kind, mask in filters:
        plan = index.plan(K, None if mask is None else int(np.count_nonzero(mask)))
        times, found = [], []
        for query in asked:
            start = time.perf_counter()
            found.append(index.candidates(query, K, mask)[0])
            times.append((time.perf_counter() - start) * 1000)
        answers.append(found)
        p50, p95 = np.percentile(times, [50, 95])
        rows.append(
            {
                "share": share,
                "filter": kind,
                "allowed": plan.allowed,
                "mode": plan.mode,
                "scanned": plan.scanned,
                "p50_ms": round(float(p50), 3),
                "p95_ms": round(float(p95), 3),
                "fastest_ms": round(min(times), 3),
            }
        )
    memory = resident_bytes() - before
    for row, recall in zip(rows, judge(world, asked, filters, answers), strict=True):
        row["recall@10"] = round(recall, 4)
    written = world.queries(len(asked) + WRITTEN)[len(asked) :]
    beside = beside_upserts(index, asked, written, per_second=upserts, seconds=turn, count=K)
    index.close()
    return {
        "products": world.products,
        "dimension": world.dimension,
        "queries": queries,
        "kind": manifest.kind,
        "lists": manifest.lists,
        "load_s": round(load_s, 2),
        "memory_bytes_per_product": round(memory / world.products),
        "tuning": None if manifest.tuning is None else manifest.tuning.model_dump(),
        "filters": rows,
        "upserts": beside,
    }


def judge(
    world: World,
    asked: Embeddings,
    filters: list[tuple[float, str, NDArray[np.bool_] | None]],
    answers: list[list[NDArray[np.int64]]],
) -> list[float]:
    """Return the mean recall with each filter, by brute force over vectors drawn anew."""
    scores = np.concatenate([asked @ block.T for block in world.blocks()], axis=1).astype(np.float64)  # (queries, n)
    return [
        float(
            np.mean(
                [
                    recall_of(truth[rows], truth if mask is None else truth[mask], K)
                    for truth, rows in zip(scores, found, strict=True)
                ]
            )
        )
        for (_, _, mask), found in zip(filters, answers, strict=True)
    ]


def resident_bytes() -> int:
    """Return the resident memory of this process without pages of the vectors' file, the database's part."""
    total, counted = 0, True
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            counted = VECTORS not in line
        elif counted and line.startswith("Rss:"):
            total += int(line.split()[1]) * 1024
    return total


def render(report: dict[str, Any]) -> str:
    """Return a table for people."""
    lines = [
        f"{report['products']} x {report['dimension']}, {report['kind']}, {report['lists']} lists, built in "
        f"{report['build_s']} s, loaded in {report['load_s']} s, "
        f"{report['memory_bytes_per_product']} bytes per product",
        f"{'allowed':>8} {'filter':<10}{'plan':<12}{'scanned':>9}"
        f"{'recall@10':>11}{'p50 ms':>9}{'p95 ms':>9}{'min ms':>9}",
    ]
    lines += [
        f"{row['share']:>8.1%} {row['filter']:<10}{row['mode']:<12}{row['scanned']:>9}{row['recall@10']:>11.4f}"
        f"{row['p50_ms']:>9.2f}{row['p95_ms']:>9.2f}{row['fastest_ms']:>9.2f}"
        for row in report["filters"]
    ]
    beside = report["upserts"]
    visible = beside["slowest_visible_ms"]
    lines.append(
        f"beside {beside['upserts_per_second']:g} upserts a second: p50 {beside['beside_p50_ms']:.2f} ms, p95 "
        f"{beside['beside_p95_ms']:.2f} ms, {beside['p95_times']} times that in the same minutes without; "
        + ("too few to look for one" if visible is None else f"found after {visible} ms at most")
    )
    return "\n".join(lines)


if __name__ == "__main__":
    app()
