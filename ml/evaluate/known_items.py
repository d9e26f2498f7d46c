"""Look-ups of known products by SKU or model number, as shoppers and shop staff type them."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.evaluate.systems import Question, System
from ml.types import ProductId

TOP = 10
MIN_LENGTH = 4  # shorter ones, such as "A4" and "5G", name sizes and standards
MAX_LENGTH = 32  # what is longer is a list, or text without spaces

_SEPARATORS = re.compile(r"[\W_]+")
_AROUND = ".,;:!?'\"()[]{}<>*|®™©"  # what may stand around a word of a title without being part of it
_NUMBER = re.compile(r"[^\W_]+(?:[-/._+#][^\W_]+)*")  # not "Q6000,Q8000": several numbers in one word
# "2400mm", "1.5TB", "120V/230V", "2-port", "802.11a/b/g"; "63.5x8.5", "1920x1080px"
_MEASURE = re.compile(
    r"\d[\d.]*[^\W\d_]{0,3}([-/](\d[\d.]*[^\W\d_]{0,3}|[^\W\d_]+))*|\d[\d.]*(x\d[\d.]*)+[^\W\d_]{0,3}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """What a product is looked up by."""

    id: ProductId
    sku: str | None
    title: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One query and the products it names: usually one, more where several have the same number."""

    kind: str
    """``sku`` or ``model number``."""
    form: str
    """How it is written; a key of `written_forms`."""
    query: str
    wanted: frozenset[ProductId]


@dataclass(frozen=True, slots=True)
class LookupFigures:
    """How often look-ups find what they name."""

    lookups: int
    first: float
    """Share at rank 1."""
    top: float
    """Share among the first `TOP`."""
    missed: tuple[str, ...]
    """Queries that weren't at rank 1."""


def normal_form(number: str) -> str:
    """Return a number without case and separators, by which two spellings of one number are the same."""
    return _SEPARATORS.sub("", number.casefold())


def written_forms(number: str) -> dict[str, str]:
    """Return how people write a number; forms that are the same as a former one are left out."""
    parts = [part for part in _SEPARATORS.split(number) if part]
    forms = {
        "as is": number,
        "lower case": number.lower(),
        "no separators": "".join(parts),
        "spaces": " ".join(parts),
        "hyphens, lower case": "-".join(parts).lower(),
    }
    return {form: text for i, (form, text) in enumerate(forms.items()) if text not in list(forms.values())[:i]}


def sku_lookups(products: Sequence[KnownProduct], *, sample: int, seed: int) -> list[Lookup]:
    """Ask for products by their SKU, in every written form.

    Args:
        products: the catalogue.
        sample: how many products with an SKU are drawn; all when there are fewer.
        seed: of the draw.
    """
    owners = defaultdict(set)
    numbers = {}
    for product in products:
        if product.sku is not None and (key := normal_form(product.sku)):
            owners[key].add(product.id)
            numbers[product.id] = product.sku
    return [
        Lookup("sku", form, query, frozenset(owners[normal_form(numbers[id_])]))
        for id_ in _drawn(numbers, sample, seed)
        for form, query in written_forms(numbers[id_]).items()
    ]


def model_number_lookups(products: Sequence[KnownProduct], *, sample: int, seed: int) -> list[Lookup]:
    """Ask for products by a model number, in every written form.

    A model number is a word of the title or a one-word attribute with letters and digits, `MIN_LENGTH` to
    `MAX_LENGTH` of them together, that belongs to one product alone and isn't a measure, as "2400mm" or "1920x1080".

    Args:
        products: the catalogue.
        sample: how many products with a model number are drawn; all when there are fewer.
        seed: of the draw, also of one number of each product.
    """
    owners = defaultdict(set)
    for product in products:
        for number in _model_numbers(product):
            owners[normal_form(number)].add(product.id)
    unique = {}
    for product in products:
        own = {normal_form(number): number for number in _model_numbers(product)}
        if found := sorted(number for key, number in own.items() if len(owners[key]) == 1):
            unique[product.id] = found
    chosen = {id_: random.Random(f"{seed} {id_}").choice(numbers) for id_, numbers in unique.items()}  # noqa: S311
    return [
        Lookup("model number", form, query, frozenset({id_}))
        for id_ in _drawn(chosen, sample, seed)
        for form, query in written_forms(chosen[id_]).items()
    ]


def look_up(system: System, lookups: Sequence[Lookup]) -> dict[str, dict[str, LookupFigures]]:
    """Ask a system every look-up.

    Returns:
        By kind, then by form in the order of `written_forms`, ``all`` of them together first.
    """
    answers = system.answer([Question(lookup.query, ()) for lookup in lookups])
    places: dict[str, dict[str, list[tuple[Lookup, int | None]]]] = {}
    for lookup, answer in zip(lookups, answers, strict=True):
        found = (place for place, id_ in enumerate(answer.ranking[:TOP], 1) if id_ in lookup.wanted)
        place = next(found, None)
        forms = places.setdefault(lookup.kind, {"all": []})
        forms["all"].append((lookup, place))
        forms.setdefault(lookup.form, []).append((lookup, place))
    return {
        kind: {form: _figures(rows) for form, rows in sorted(forms.items(), key=lambda item: _FORMS.index(item[0]))}
        for kind, forms in places.items()
    }


_FORMS = ("all", *written_forms("A-1/b"))


def _figures(rows: Sequence[tuple[Lookup, int | None]]) -> LookupFigures:
    first = sum(place == 1 for _, place in rows) / len(rows)
    top = sum(place is not None for _, place in rows) / len(rows)
    return LookupFigures(len(rows), first, top, tuple(lookup.query for lookup, place in rows if place != 1))


def _model_numbers(product: KnownProduct) -> Iterator[str]:
    values = [value.strip() for value in _texts(product.attributes.values())]
    # Several words are a description, of which one may be the number of something else: "for HP Designjet T1100".
    for word in (*product.title.split(), *(value for value in values if len(value.split()) == 1)):
        number = word.strip(_AROUND)
        key = normal_form(number)
        if not MIN_LENGTH <= len(key) <= MAX_LENGTH or key.isalpha() or key.isdigit():
            continue
        if _NUMBER.fullmatch(number) and not _MEASURE.fullmatch(number):
            yield number


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _texts(value)


def _drawn(numbers: Mapping[ProductId, str], sample: int, seed: int) -> list[ProductId]:
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    return sorted(rng.sample(sorted(numbers), min(sample, len(numbers))))
