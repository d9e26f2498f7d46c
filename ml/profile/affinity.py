"""What a shopper's acts say about attributes: how much more than others they go for a value.

Each act is taken as a choice among what there was to choose, whose log-odds are a sum over the product's values: a
conditional logit. Its weights are found in one Newton step from indifference under a Gaussian prior, each by itself:
what was chosen beyond what indifference would have chosen, over the information in it and the prior. So few acts say
little, and what everybody chooses says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int32]

NO_VALUE = 0
PRECISION = 2.0  # of the prior: log-odds of a taste are some 0.7 either way
PRIOR_VIEWS = 2.0  # products that the whole catalogue counts as beside those that the shopper was shown of a category
DIGITS = 6  # of log-odds: the last bits of a sum must not move an order


@dataclass(frozen=True, slots=True)
class Described:
    """Some products by their attributes.

    Attributes:
        values: int32, shape (n, a): a number for the value of each attribute, `NO_VALUE` for none; no two attributes
            share a number.
        levels: float64, shape (n,): how dear a product is for its category, in standard deviations; nan if unknown.
    """

    values: Numbers
    levels: Floats

    def bends(self) -> Floats:
        """Return level and its square, about 0 on average: float64, shape (n, 2), zeros where it is unknown.

        Log-odds that are a sum of both have a peak anywhere: a shopper's own price level.
        """
        known = ~np.isnan(self.levels)
        level = np.where(known, self.levels, 0.0)
        return np.stack([level, np.where(known, level * level - 1, 0.0)], axis=1)


@dataclass(frozen=True, slots=True)
class BaseRates:
    """What somebody without taste would choose.

    Attributes:
        shares: float64, shape (v,): share of all products that have a value, by its number.
        bends: float64, shape (2, 2): mean and mean square of `Described.bends`.
    """

    shares: Floats
    bends: Floats


@dataclass(frozen=True, slots=True)
class Affinities:
    """Log-odds by which a shopper goes for values; 0 for a value that no product of theirs had.

    Attributes:
        numbers: int32, shape (k,), of values, ascending.
        log_odds: float64, shape (k,).
        bends: float64, shape (2,), for `Described.bends`.
    """

    numbers: Numbers
    log_odds: Floats
    bends: Floats

    def parts(self, products: Described) -> Floats:
        """Return the log-odds of products: float64, shape (n, a + 1), by attribute, the price level last."""
        return np.concatenate([self._of_values(products), (products.bends() @ self.bends)[:, None]], axis=1)

    def totals(self, products: Described) -> Floats:
        """Return the sums of `parts`: float64, shape (n,)."""
        totals: Floats = self._of_values(products).sum(axis=1) + products.bends() @ self.bends
        return totals

    def _of_values(self, products: Described) -> Floats:
        size = max(int(products.values.max(initial=0)), int(self.numbers.max(initial=0))) + 1
        table = np.zeros(size)
        table[self.numbers] = self.log_odds
        return table.take(products.values)


def affinities(
    products: Described, strengths: Floats, viewed: Flags, categories: Numbers, base: BaseRates
) -> Affinities:
    """Learn from the products that a shopper has met.

    Args:
        products: each once.
        strengths: float64, shape (n,): what was done with each, in weights of acts; negative for a dislike.
        viewed: bool, shape (n,): products that were shown, and nothing more: they tell what there was to choose from,
            and no choice, whatever their strength.
        categories: int32, shape (n,): products of one category are alternatives to each other.
        base: of the catalogue: what there was to choose from, where views don't say.
    """
    _, group = np.unique(categories, return_inverse=True)
    strengths = np.where(viewed, 0.0, strengths)
    choices = _Choices.of(group, strengths, viewed)
    numbers, inverse = np.unique(products.values, return_inverse=True)
    places: NDArray[np.int64] = inverse.reshape(products.values.shape)
    width = len(numbers)
    cells = (group[:, None] * width + places)[viewed].ravel()
    shown = np.bincount(cells, minlength=choices.groups * width).reshape(choices.groups, width)
    rates = choices.rates(shown, base.shares[numbers])
    chosen = _summed(places.ravel(), width, np.repeat(strengths, places.shape[1]))
    log_odds = choices.step(chosen, rates, rates)
    real = numbers != NO_VALUE
    bends = products.bends()
    means, squares = (
        choices.rates(choices.summed(one), typical)
        for one, typical in zip((bends, bends**2), base.bends, strict=True)
    )
    return Affinities(numbers[real].astype(np.int32), log_odds[real], choices.step(strengths @ bends, means, squares))


@dataclass(frozen=True, slots=True)
class _Choices:
    """Choices by category, g of them.

    Attributes:
        group: int64, shape (n,), of each product.
        viewed: bool, shape (n,).
        shown: float64, shape (g,): how many were viewed alone.
        net, total: float64, shape (g,): strengths with and without their sign.
    """

    group: NDArray[np.int64]
    viewed: Flags
    shown: Floats
    net: Floats
    total: Floats

    @classmethod
    def of(cls, group: NDArray[np.int64], strengths: Floats, viewed: Flags) -> _Choices:
        count = int(group.max(initial=-1)) + 1
        net, total, shown = (_summed(group, count, one) for one in (strengths, np.abs(strengths), viewed))
        return cls(group, viewed, shown, net, total)

    @property
    def groups(self) -> int:
        return len(self.net)

    def summed(self, features: Floats) -> Floats:
        """Return the sums of features of what was viewed alone, by category: float64, shape (g, f)."""
        sums = np.zeros((self.groups, features.shape[1]))
        np.add.at(sums, self.group[self.viewed], features[self.viewed])
        return sums

    def rates(self, shown: Floats | NDArray[np.int64], typical: Floats) -> Floats:
        """Return what indifference would choose, by category: float64, shape (g, f)."""
        rates: Floats = (PRIOR_VIEWS * typical + shown) / (PRIOR_VIEWS + self.shown)[:, None]
        return rates

    def step(self, chosen: Floats, means: Floats, squares: Floats) -> Floats:
        """Return the log-odds of features whose sum over choices, means and mean squares by category are given."""
        # What fills up rows of few values counts several times, so its rate can pass 1; it is left out at the end.
        information = np.maximum(self.total @ (squares - means**2), 0)
        return np.round((chosen - self.net @ means) / (information + PRECISION), DIGITS) + 0.0  # never -0.0


def _summed(places: NDArray[np.int64], count: int, values: Floats | Flags) -> Floats:
    """Return the sums of values by place: float64, shape (count,)."""
    return np.bincount(places, values.astype(np.float64), minlength=count).astype(np.float64)
