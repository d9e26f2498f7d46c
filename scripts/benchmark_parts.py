"""Measure the encoder, the index, facets and taste by themselves.

They make the tables of decisions 0003 and 0011, and the times of taste in docs/evaluation.md.

    python -m scripts.benchmark_parts encoder
    python -m scripts.benchmark_parts encoder --model ViT-B-32 --pretrained var/benchmark/ViT-B-32.safetensors
    python -m scripts.benchmark_parts index --rows 100000 --dimension 512
    python -m scripts.benchmark_parts facets --rows 50000
    python -m scripts.benchmark_parts taste --rows 50000

Figures are of this machine and this minute; compare within one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Annotated, Any, get_args

import faiss
import numpy as np
import typer
from numpy.typing import NDArray

from backend.catalogue.columns import EPOCH, Columns
from backend.catalogue.records import ChangedProduct, to_record
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.schemas import ProductIn
from backend.catalogue.template import render_text
from backend.catalogue.traits import Traits
from backend.config import DEFAULT_MODEL, DEFAULT_TEXT_TEMPLATE
from backend.interaction.events import LoggedEvent
from backend.search.acts import Acts
from backend.search.facet_schemas import FacetQuery
from backend.search.facets import count_facets
from demo.products import DEFAULT_COUNT, products
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.spec import Precision
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.merge import MergeSettings
from ml.profile.affinity import Affinities, affinities
from ml.profile.rules import ProfileRules
from ml.types import ProductId
from scripts.console import clear_errors, load_settings

app = typer.Typer(add_completion=False, help=__doc__)
FACETS = tuple(
    FacetQuery(field=field)
    for field in (
        "brand", "category", "colour", "size", "merchant", "in_stock", "price", "rating", "discount",
        "attributes.material",
    )
)  # fmt: skip
SHARES = (1.0, 0.5, 0.1, 0.02, 0.005, 0.001)
TYPES = ("VIEW", "VIEW", "VIEW", "CLICK", "PURCHASE", "DISLIKE")
RESULTS = (100, 1_000, 10_000)  # of a search


@app.command()
def encoder(
    model: Annotated[str, typer.Option(help="As CLIP_MODEL.")] = DEFAULT_MODEL,
    pretrained: Annotated[str | None, typer.Option(help="As CLIP_PRETRAINED.")] = None,
    queries: Annotated[int, typer.Option(min=10, help="Single queries for each precision.")] = 300,
    most: Annotated[int, typer.Option("--texts", min=1, help="Of demo products, for the bulk rate.")] = DEFAULT_COUNT,
) -> None:
    """Print load time, latency of one query and bulk rate at each precision, and closeness to fp32."""
    texts = [render_text(DEFAULT_TEXT_TEMPLATE, product.facts) for product in products(most)]
    print(f"{'precision':<10}{'load s':>8}{'p50 ms':>8}{'p95 ms':>8}{'texts/s':>9}{'lowest cosine to fp32':>23}")
    with clear_errors():
        cache = load_settings().encoder_cache_path
        reference: NDArray[np.float32] | None = None
        for precision in reversed(get_args(Precision)):  # fp32 first
            start = time.perf_counter()
            loaded = load_encoder(EncoderSpec(model, pretrained, "openvino", precision, 0, cache))
            load_s = time.perf_counter() - start
            times = [_time_ms(loaded.encode_texts, [f"steel coffee mug number {n}"]) for n in range(queries)]
            start = time.perf_counter()
            vectors = loaded.encode_texts(texts)
            rate = len(texts) / (time.perf_counter() - start)
            reference = vectors if reference is None else reference
            cosine = float((vectors * reference).sum(axis=1).min())
            p50, p95 = np.percentile(times[queries // 10 :], [50, 95])
            print(f"{precision:<10}{load_s:>8.2f}{p50:>8.2f}{p95:>8.2f}{rate:>9.0f}{cosine:>23.5f}")


@app.command()
def index(
    rows: Annotated[int, typer.Option(min=1000, help="Vectors.")] = 20_000,
    dimension: Annotated[int, typer.Option(min=8, help="Of a vector.")] = 384,
    queries: Annotated[int, typer.Option(min=10, help="Searches for each share.")] = 200,
    k: Annotated[int, typer.Option(min=1, help="Rows wanted.")] = 20,
) -> None:
    """Print times of an exact search beside plain FAISS with a bitmap selector, by the share of allowed rows."""
    rng = np.random.default_rng(0)
    vectors = _unit(rng.standard_normal((rows, dimension), dtype=np.float32))
    asked = _unit(rng.standard_normal((queries, dimension), dtype=np.float32))
    flat = faiss.IndexFlatIP(dimension)
    flat.add(vectors)
    merging = MergeSettings(compact_from=1, clusters_from=rows + 1, background=False)
    ours = FaissFlatIndex(dimension, flat, [ProductId(f"p{row}") for row in range(rows)], merging=merging)
    ours.merge()
    faiss.omp_set_num_threads(1)
    print(f"{'allowed':<10}{'FAISS p50':>10}{'p95 ms':>8}{'ours p50':>10}{'p95 ms':>8}{'p50 ratio':>11}")
    for share in SHARES:
        mask = None if share == 1 else rng.random(rows) < share
        plain: list[float] = []
        own: list[float] = []
        for search, times in (
            (partial(flat.search, k=k, params=_selector(mask)), plain),
            (partial(_search_one, ours, k=k, mask=mask), own),
        ):  # not in turns: each scan evicts the vectors of the other from the processor's cache
            times += [_time_ms(search, query[None]) for query in asked]
        (before, before_95), (after, after_95) = (np.percentile(times, [50, 95]) for times in (plain, own))
        print(f"{share:<10.1%}{before:>10.3f}{before_95:>8.2f}{after:>10.3f}{after_95:>8.2f}{after / before:>11.2f}")


@app.command()
def facets(
    rows: Annotated[int, typer.Option(min=1000, help="Products, of the demo shop over and over.")] = 50_000,
    repeats: Annotated[int, typer.Option(min=10, help="Times that each is counted.")] = 200,
) -> None:
    """Print times of counting facets, alone and together, when three of four products are results."""
    columns = _columns(rows)
    members = columns.mask(RowFilter())
    members[::4] = False
    print(f"{'facet':<26}{'p50 ms':>8}{'p95 ms':>8}")
    for queries in (FACETS, *((query,) for query in FACETS)):
        count = partial(count_facets, queries, columns, RowFilter(), members, lambda _: members)
        p50, p95 = np.percentile([_time_ms(count) for _ in range(repeats)], [50, 95])
        print(f"{queries[0].field if len(queries) == 1 else f'all {len(queries)}':<26}{p50:>8.3f}{p95:>8.3f}")


@app.command()
def taste(
    rows: Annotated[int, typer.Option(min=1000, help="Products, of the demo shop over and over.")] = 50_000,
    acts: Annotated[int, typer.Option(min=1, help="Of a shopper, with products taken at random.")] = 100,
    repeats: Annotated[int, typer.Option(min=10, help="Times that each is done.")] = 200,
) -> None:
    """Print the processor's time of learning which attributes a shopper likes, and of scoring results by that."""
    columns, rng, rules = _columns(rows), np.random.default_rng(0), ProfileRules()
    traits = Traits.of(columns)
    events = [
        LoggedEvent(n, str(row), TYPES[n % len(TYPES)], None, -n, None, None)
        for n, row in enumerate(rng.integers(0, rows, acts).tolist())
    ]
    done = Acts.of(events, rules)
    met = np.array([int(id_) for id_ in done.products])

    def learn() -> Affinities:
        categories = columns.values_of("category", met)
        return affinities(traits.described(met), done.strengths, done.viewed, categories, traits.base)

    learned = learn()

    def score(found: NDArray[np.int64]) -> NDArray[np.float64]:
        return learned.totals(traits.described(found))

    work: dict[str, Callable[[], object]] = {
        "count attributes": partial(Traits.of, columns),
        f"read {acts} acts": partial(Acts.of, events, rules),
        f"learn from {len(met)} products": learn,
    }
    for count in RESULTS:
        work[f"score {count} results"] = partial(score, rng.integers(0, rows, count))
    print(f"{'processor time':<26}{'p50 ms':>8}{'p95 ms':>8}")
    for name, do in work.items():
        p50, p95 = np.percentile([_time_ms(do, clock=time.thread_time) for _ in range(repeats)], [50, 95])
        print(f"{name:<26}{p50:>8.3f}{p95:>8.3f}")


def _columns(rows: int) -> Columns:
    columns = Columns()
    for row, facts in zip(range(rows), cycle([product.facts for product in products()]), strict=False):
        columns.put(row, _changed(facts, str(row)))
    return columns


def _changed(facts: dict[str, Any], id_: str) -> ChangedProduct:
    record = to_record(ProductIn.model_validate({**facts, "id": id_}), DEFAULT_TEXT_TEMPLATE)
    values = {name: record.values[name] for name in ChangedProduct._fields if name in record.values}
    return ChangedProduct(id=id_, deleted=False, created_at=EPOCH, version=1, change_version=1, **values)


def _search_one(index: FaissFlatIndex, queries: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None) -> None:
    index.search(queries[0], k, mask)


def _selector(mask: NDArray[np.bool_] | None) -> Any:
    if mask is None:
        return None
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little")))  # type: ignore[call-arg, arg-type]  # FAISS's stubs know the C++ form alone


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _time_ms(
    work: Callable[..., object], *arguments: object, clock: Callable[[], float] = time.perf_counter
) -> float:
    start = clock()
    work(*arguments)
    return (clock() - start) * 1000


if __name__ == "__main__":
    app()
