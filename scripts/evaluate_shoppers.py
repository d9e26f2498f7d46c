"""`scripts.evaluate shoppers`: do recommendations and personal search find what simulated shoppers go for?"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import orjson
import typer

from backend.catalogue.service import CatalogueService
from backend.interaction.vectors import StateSpace
from backend.lifespan import Runtime
from backend.recommend.schemas import RecommendRequest
from backend.recommend.service import RecommendService
from backend.search.personal import Tastes
from backend.search.schemas import SearchRequest
from backend.search.service import SearchService
from demo.goods import Goods
from demo.tastes import Taste
from ml.encoder.load import load_encoder
from ml.evaluate.metrics import ndcg
from ml.evaluate.next_item_report import Figure
from ml.evaluate.ranks import user_intervals
from ml.evaluate.shares import Estimate, share
from ml.types import ProductId
from scripts.console import UsageError, clear_errors, load_settings, progress
from scripts.simulated_shop import KNOWN, Meeting, SimulatedShop, build

K = 10
CONTEXTS = ("feed", "category", "search", "similar")
LEAST_OF_A_KIND = 12  # products, of which a taste can prefer some
KINDS_ASKED = 3  # of each shopper
TITLES_ASKED = 300

Rates = dict[tuple[str, int], list[tuple[bool, bool]]]


class _Search(NamedTuple):
    """nDCG@10 of one query, for the shopper and for nobody."""

    user: str
    personal: float
    plain: float


class Asked:
    """A server's services without HTTP."""

    def __init__(self, runtime: Runtime) -> None:
        engine, shared, states = runtime.engine, runtime.recommendations, runtime.interactions.states
        catalogue = CatalogueService(runtime.database, engine.live, engine.compute, engine.sync)
        tastes = Tastes(states, shared.experiments, shared.ledger, engine.live, trusted=True)
        self._recommend = RecommendService(engine, states, shared, catalogue)
        self._search = SearchService(
            engine.live,
            engine.cards,
            engine.compute,
            rules=engine.rules,
            shop=engine.shop,
            stage=runtime.rerank_stage,
            shadow=engine.shadow,
            tastes=tastes,
        )

    async def recommended(self, **request: Any) -> list[ProductId]:
        """Return the first ten."""
        asked = RecommendRequest.model_validate({"limit": K, "explore": False, **request})
        page = await self._recommend.recommend(await self._recommend.asked(asked))
        return [one.product_id for one in page.picks]

    async def found(self, query: str, **request: Any) -> list[ProductId]:
        """Return the first ten."""
        page = await self._search.search(SearchRequest.model_validate({"query": query, "limit": K, **request}))
        return [hit.product_id for hit in page.hits]


def shoppers(
    history: Annotated[int, typer.Option(min=1, help="Shoppers whose past everybody's answers know.")] = 600,
    met: Annotated[int, typer.Option(min=1, help="Shoppers who are asked about.")] = 400,
    days: Annotated[float, typer.Option(min=1, help="How long each is watched.")] = 30,
    seed: Annotated[int, typer.Option(help="Of the shoppers and questions.")] = 7,
    json: Annotated[bool, typer.Option(help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Print how often the next product that a simulated shopper acts on is among the first ten.

    The shoppers have hidden tastes (docs/demo.md). Each is met before the first act and after 1, 5 and 20 of them;
    the product of the next act is to be found, among all that can be bought. Invented data: it shows that what is
    learned of a shopper arrives where it should, and is no evidence about people.
    """
    with clear_errors(), tempfile.TemporaryDirectory(prefix="vitrine-shoppers-") as folder:
        shop = build(load_settings(), Path(folder), history=history, met=met, days=days, seed=seed)
        if not shop.meetings:
            raise UsageError("none of these shoppers did anything: watch more of them, or longer")
        report = asyncio.run(_measure(shop, seed))
    print(orjson.dumps(report, option=orjson.OPT_SERIALIZE_DATACLASS).decode() if json else _table(report))


async def _measure(shop: SimulatedShop, seed: int) -> dict[str, Any]:
    runtime = Runtime(shop.settings, load_encoder)
    try:
        await runtime.load()
        runtime.recommendations.collaborative.load(StateSpace.of(runtime.engine.live.space).vectors)
        asked = Asked(runtime)
        rates = await _hits(asked, shop)
        searches = {
            "ambiguous": await _ambiguous(asked, shop, random.Random(seed)),  # noqa: S311  reproducible
            "exact": await _exact(asked, shop, random.Random(seed)),  # noqa: S311
        }
        await runtime.recommendations.ledger.drained()
    finally:
        await runtime.close()
    return {
        "history_events": shop.history,
        "meetings": len(shop.meetings),
        "hit_rate": {
            context: {
                str(known): {
                    "asked": len(pairs),
                    "ours": share(sum(ours for ours, _ in pairs), len(pairs)),
                    "nobody": share(sum(nobody for _, nobody in pairs), len(pairs)),
                }
                for known in KNOWN
                if (pairs := rates.get((context, known)))
            }
            for context in CONTEXTS
        },
        "personal_search": {name: _compared(pairs) for name, pairs in searches.items()},
    }


async def _hits(asked: Asked, shop: SimulatedShop) -> Rates:
    """Ask for every meeting in every context, once for the shopper and once for nobody."""
    rates: Rates = defaultdict(list)
    with progress("meetings") as bar:
        task = bar.add_task("ask", total=len(shop.meetings))
        for meeting in shop.meetings:
            who = {"user_id": meeting.user_id, "session_id": meeting.session_id}
            for context, subject in _subjects(meeting, shop).items():
                ours = meeting.target in await asked.recommended(context=context, **subject, **who)
                nobody = meeting.target in await asked.recommended(context=context, **subject)
                rates[context, meeting.known].append((ours, nobody))
            bar.advance(task)
    return rates


def _subjects(meeting: Meeting, shop: SimulatedShop) -> Mapping[str, dict[str, str]]:
    subjects = {"feed": {}, "category": {"category": shop.rows[meeting.target]["category"]}}
    if meeting.query is not None:
        subjects["search"] = {"query": meeting.query}
    if meeting.last is not None:
        subjects["similar"] = {"product_id": meeting.last}
    return subjects


async def _ambiguous(asked: Asked, shop: SimulatedShop, rng: random.Random) -> list[_Search]:
    """Search for kinds of things that shoppers often want; what they like of the kind is relevant."""
    kinds: dict[str, list[Goods]] = defaultdict(list)
    for goods in shop.goods:
        kinds[goods.kind].append(goods)
    pairs = []
    for meeting in shop.meetings:
        if meeting.known != KNOWN[-1]:
            continue
        wanted = {kind: weight for kind, weight in meeting.taste.kinds.items() if len(kinds[kind]) >= LEAST_OF_A_KIND}
        asked_for = rng.choices(list(wanted), list(wanted.values()), k=KINDS_ASKED) if wanted else []
        for kind in sorted(set(asked_for)):
            ratings = _ratings(meeting.taste, kinds[kind])
            pairs.append(await _both(asked, meeting, kind, ratings))
    return pairs


def _ratings(taste: Taste, goods: Sequence[Goods]) -> dict[ProductId, float]:
    """Rate products of a kind: what a shopper likes most 3 (a tenth), then 2 (a fifth), 1 (three tenths) and 0."""
    ranked = sorted(goods, key=lambda one: (-taste.affinity(one), one.id))
    grades = np.searchsorted([0.1, 0.3, 0.6], np.arange(len(ranked)) / len(ranked), side="right")
    return {ProductId(one.id): float(3 - grade) for one, grade in zip(ranked, grades, strict=True)}


async def _exact(asked: Asked, shop: SimulatedShop, rng: random.Random) -> list[_Search]:
    """Search for titles; the products that have the title are relevant."""
    known = [meeting for meeting in shop.meetings if meeting.known == KNOWN[-1]]
    by_title: dict[str, dict[ProductId, float]] = defaultdict(dict)
    for id_, row in shop.rows.items():
        by_title[row["title"]][ProductId(id_)] = 3.0
    titles = rng.sample(sorted(by_title), min(TITLES_ASKED, len(by_title))) if known else []
    return [await _both(asked, rng.choice(known), title, by_title[title]) for title in titles]


async def _both(asked: Asked, meeting: Meeting, query: str, ratings: Mapping[ProductId, float]) -> _Search:
    personal = await asked.found(query, user_id=meeting.user_id, interpret=False)
    plain = await asked.found(query, interpret=False)
    return _Search(meeting.user_id, ndcg(personal, ratings, K) or 0.0, ndcg(plain, ratings, K) or 0.0)


def _compared(searches: Sequence[_Search]) -> dict[str, Any]:
    """Compare both; searches of one shopper go together, so it is shoppers that are resampled."""
    found: dict[str, Any] = {"queries": len(searches), "personal": None, "plain": None, "difference": None}
    if not searches:
        return found
    numbers = {user: number for number, user in enumerate(dict.fromkeys(one.user for one in searches))}
    personal, plain = np.array([[one.personal, one.plain] for one in searches]).T
    gain = personal - plain
    (low,), (high,) = user_intervals(gain[:, None], np.array([numbers[one.user] for one in searches]))
    difference = Figure(float(gain.mean()), float(low), float(high))
    return found | {"personal": float(personal.mean()), "plain": float(plain.mean()), "difference": difference}


def _table(report: Mapping[str, Any]) -> str:
    lines = [
        f"{report['meetings']} meetings with shoppers, after {report['history_events']} events of others",
        "",
        f"HR@{K} of the next product, for the shopper and for nobody in particular (95% intervals)",
        f"{'context':<10}{'acts known':>11}{'asked':>7}{'shopper':>26}{'nobody':>26}",
    ]
    for context, by_known in report["hit_rate"].items():
        for known, row in by_known.items():
            ours, nobody = _interval(row["ours"]), _interval(row["nobody"])
            lines.append(f"{context:<10}{known:>11}{row['asked']:>7}{ours:>26}{nobody:>26}")
    lines += ["", f"nDCG@{K} of searches, after {KNOWN[-1]} acts"]
    for name, row in report["personal_search"].items():
        if (gap := row["difference"]) is not None:
            lines.append(
                f"{name:<10}{row['queries']:>6} queries  personal {row['personal']:.4f}  plain {row['plain']:.4f}  "
                f"difference {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]"
            )
    return "\n".join(lines)


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
