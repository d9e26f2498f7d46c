"""Measure search rankings against judgments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ml.evaluate.judgments import Judgments, Ratings
from ml.evaluate.metrics import bootstrap_interval, condensed_ndcg, judged_share, ndcg, recall, reciprocal_rank
from ml.evaluate.report import Aggregate, QueryResult, SearchReport
from ml.types import ProductId

Rankings = Mapping[str, Sequence[ProductId]]


def evaluate(
    judgments: Judgments,
    rankings: Rankings,
    judged_rankings: Rankings | None = None,
    *,
    k: int = 10,
    recall_depth: int = 100,
    relevant_from: float = 1.0,
    seed: int = 0,
) -> SearchReport:
    """Compute every search metric, its mean over queries and the 95% interval of the mean.

    Judgments are seldom complete: plain nDCG punishes a ranking for good products that nobody judged, condensed nDCG
    looks at the order of the judged ones alone, and the judged share says how far the first can be trusted.

    Args:
        judgments: the ratings of each query; `ml.evaluate.judgments.read_judgments` makes them.
        rankings: for each judged query, what search returned, best first. It should reach `recall_depth`. Queries
            that weren't judged are ignored.
        judged_rankings: for each judged query, all its judged products and no others, best first: a search that
            allows only these. May be omitted if `rankings` themselves contain every judged product.
        k: depth of nDCG and of the judged share.
        recall_depth: depth of recall.
        relevant_from: lowest rating that counts as relevant for recall and MRR.
        seed: of the bootstrap.

    Returns:
        The report, with the metrics ``ndcg@k``, ``condensed_ndcg@k``, ``judged@k``, ``recall@depth`` and ``mrr``.

    Raises:
        ValueError: a ranking is missing or has a product twice, or a ranking of the judged products lacks one or has
            others.
    """
    results = []
    for query, ratings in judgments.items():
        ranking = _ranking(rankings, query)
        if judged_rankings is None:
            judged_ranking = [product_id for product_id in ranking if product_id in ratings]
        else:
            judged_ranking = list(_ranking(judged_rankings, query))
        _check_judged(query, judged_ranking, ratings)
        metrics = {
            f"ndcg@{k}": ndcg(ranking, ratings, k),
            f"condensed_ndcg@{k}": condensed_ndcg(judged_ranking, ratings, k),
            f"judged@{k}": judged_share(ranking, ratings, k),
            f"recall@{recall_depth}": recall(ranking, ratings, recall_depth, relevant_from),
            "mrr": reciprocal_rank(ranking, ratings, relevant_from),
        }
        positive = sum(rating > 0 for rating in ratings.values())
        results.append(QueryResult(query, len(ratings), positive, len(ranking), metrics))
    if not results:
        raise ValueError("there are no judgments")
    return SearchReport(
        k=k,
        recall_depth=recall_depth,
        relevant_from=relevant_from,
        judged_queries=len(results),
        positive_queries=sum(result.positive > 0 for result in results),
        aggregates={name: _aggregate(name, results, seed) for name in results[0].metrics},
        queries=tuple(results),
    )


def _ranking(rankings: Rankings, query: str) -> Sequence[ProductId]:
    """Return the ranking of a query, refusing a missing one and repeated products: both would distort the means."""
    if query not in rankings:
        raise ValueError(f"no ranking for the judged query {query!r}; an empty result is an empty list")
    repeated = [product_id for product_id, count in Counter(rankings[query]).items() if count > 1]
    if repeated:
        raise ValueError(f"the ranking for {query!r} has {repeated[0]!r} more than once")
    return rankings[query]


def _check_judged(query: str, judged_ranking: Sequence[ProductId], ratings: Ratings) -> None:
    """Refuse a list that isn't an order of exactly the judged products."""
    if set(judged_ranking) != set(ratings):
        raise ValueError(
            f"condensed nDCG of {query!r} needs an order of its {len(ratings)} judged products, and no others; "
            f"got {len(judged_ranking)}"
        )


def _aggregate(name: str, results: Sequence[QueryResult], seed: int) -> Aggregate:
    """Average one metric over the queries for which it means something."""
    values = [value for result in results if (value := result.metrics[name]) is not None]
    if not values:
        return Aggregate(None, None, None, 0)
    low, high = bootstrap_interval(values, seed=seed)
    return Aggregate(sum(values) / len(values), low, high, len(values))
