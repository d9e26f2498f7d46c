"""Mistyped queries, and what they cost a system."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ml.errors import MLError
from ml.evaluate.judgments import Judgments
from ml.evaluate.paired import Difference, paired_difference
from ml.evaluate.report import SearchReport
from ml.evaluate.systems import System, measured

_TRIES = 200  # a random edit that undoes another one is thrown away; a short word may need a few


class TooShort(MLError):
    """A query has too few letters for so many typing errors."""


def mistype(query: str, edits: int, rng: random.Random) -> str:
    """Make random typing errors in the letters of a query.

    One of four errors is drawn, then its place among the letters: another letter instead, a letter too many before or
    after, a letter missing, two neighbouring letters of one word swapped. Letters come from a to z, in the case of
    their neighbour. Digits stay, as a wrong digit names another product and is no error that a search could mend;
    only of a query without letters the digits are mistyped, with digits.

    Args:
        query: at least one letter or digit stays, and so does every space, and with it the number of words unless a
            word of one letter loses it.
        edits: how many errors: the result is at this distance from the query exactly (optimal string alignment, in
            which a swap is one edit).
        rng: the same state gives the same errors.

    Returns:
        The mistyped query; the query itself when it has neither letters nor digits.

    Raises:
        ValueError: `edits` is less than 1.
        TooShort: so many can't be made in this query.
    """
    if edits < 1:
        raise ValueError("a mistyped query has at least one error")
    if not any(char.isalnum() for char in query):
        return query
    kind = str.isalpha if any(char.isalpha() for char in query) else str.isalnum
    for _ in range(_TRIES):
        result = query
        for _ in range(edits):
            result = _edited(result, kind, rng)
        if edit_distance(query, result, edits) == edits and any(char.isalnum() for char in result):
            return result
    raise TooShort(f"{query!r} is too short for {edits} typing errors: ask with fewer")


def edit_distance(one: str, other: str, limit: int) -> int:
    """Return the optimal string alignment distance, or `limit` + 1 when it is larger.

    References:
        Boytsov 2011, Indexing methods for approximate dictionary searching, section 2.2.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    far = limit + 1
    width = len(other) + 1
    before: list[int] = []
    last = list(range(width))
    for i, char in enumerate(one, 1):
        row = [far] * width  # outside of the band the distance is larger than the limit anyhow
        row[0] = i
        for j in range(max(1, i - limit), min(width, i + limit + 1)):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (char != other[j - 1]))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, before[j - 2] + 1)
            row[j] = best
        before, last = last, row
        if min(last) > limit:
            return far
    return min(last[-1], far)


def _edited(text: str, kind: Callable[[str], bool], rng: random.Random) -> str:
    """Make one error among the characters of a kind; without any the text is left as it is."""
    places = [place for place, char in enumerate(text) if kind(char)]
    if not places:
        return text
    error = rng.choice(("substitute", "insert", "delete", "transpose"))
    place = rng.choice(places)
    char = text[place]
    other = rng.choice(string.ascii_lowercase if kind is str.isalpha else string.digits)
    other = other.upper() if char.isupper() else other
    if error == "substitute":
        return text[:place] + other + text[place + 1 :]
    if error == "insert":
        place += rng.randrange(2)
        return text[:place] + other + text[place:]
    if error == "delete":
        return text[:place] + text[place + 1 :]
    pairs = [one for one, two in pairwise(places) if two == one + 1 and text[one] != text[two]]
    if not pairs:
        return text
    place = rng.choice(pairs)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


@dataclass(frozen=True, slots=True)
class TypoLoss:
    """What typing errors cost one system by one metric."""

    clean: float
    """Mean of the queries as they are."""
    mistyped: float
    """Mean of the mistyped queries over all seeds."""
    loss: float
    """Share of the clean mean that is lost; below 0 when mistyping helped."""
    difference: Difference
    """Clean minus mistyped, paired by query, the mistyped value of a query being its mean over the seeds."""


def typo_losses(
    system: System, judgments: Judgments, clean: SearchReport, *, edits: int, seeds: Sequence[int]
) -> dict[str, TypoLoss]:
    """Measure a system on mistyped queries.

    Args:
        system: what is asked.
        judgments: the ratings of each query, which hold for its mistyped forms too.
        clean: what the same system gets with the queries as they are.
        edits: errors in each query.
        seeds: each mistypes every query in another way, and the same for every system; at least one.

    Returns:
        By metric; one that means something for no query, or whose clean mean is 0, is left out, and so is the judged
        share, which is about the judgments.

    Raises:
        TooShort: a query is too short for so many errors.
    """
    reports = [measured(system, judgments, mistyped_queries(judgments, edits, seed)) for seed in seeds]
    losses = {}
    for metric, aggregate in clean.aggregates.items():
        if metric == clean.judged_metric:
            continue
        per_seed = zip(*(report.values(metric) for report in reports), strict=True)
        mistyped = [_mean([value for value in values if value is not None]) for values in per_seed]
        difference = paired_difference(clean.values(metric), mistyped)
        if difference is not None and aggregate.mean:
            remains = aggregate.mean - difference.mean
            losses[metric] = TypoLoss(aggregate.mean, remains, difference.mean / aggregate.mean, difference)
    return losses


def mistyped_queries(judgments: Judgments, edits: int, seed: int) -> Mapping[str, str]:
    """Return the mistyped form of each query; it depends on the query and the seed, not on the other queries.

    Raises:
        TooShort: a query is too short for so many errors.
    """
    # Strings seed by their content (SHA-512), whatever the hash seed of the process.
    return {query: mistype(query, edits, random.Random(f"{seed} {edits} {query}")) for query in judgments}  # noqa: S311


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
