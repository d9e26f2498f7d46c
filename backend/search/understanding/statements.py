"""Ratings, stock and sales."""

from __future__ import annotations

import re

from backend.search.understanding.confidence import BEST_RATING
from backend.search.understanding.grammar import Phrases
from backend.search.understanding.interpretation import NoteField
from backend.search.understanding.tokens import HYPHENS
from backend.search.understanding.view import View

_STARS = re.compile(r"[0-5](?:[.,][0-9]{1,2})?")


def read_ratings(view: View) -> None:
    """Note every lower bound of the rating; a number of stars alone ("5 star notebook") says nothing."""
    for position in range(len(view.tokens)):
        if position not in view.closed and view.starts_clean(position):
            _read_rating(view, position)


def read_phrases(view: View, said: Phrases[bool], about: NoteField) -> None:
    """Note every phrase that says one thing and needs no reading: "in stock".

    A single word that titles have says what a product is: in a shop with "reduced fat milk", "reduced" is left alone.
    """
    behind = 0
    if not said.may_be_in(view.tokens):
        return
    for position in range(len(view.tokens)):
        match = said.at(view.tokens, position) if position >= behind else None
        if match is None or not view.is_open(position, match[1]) or not view.starts_clean(position):
            continue
        meant, behind = match
        if not meant or (behind == position + 1 and view.lexicon.titled((view.text(position),))):
            continue
        before = view.text(position - 1)
        negated = view.grammar.negations.at(view.tokens, position - 1) if position else None
        if negated is None and before not in view.grammar.not_negating and view.ends_clean(match[1]):
            view.add(view.with_leads(position), match[1], about, True, "filter")


def _read_rating(view: View, at: int) -> None:
    """Read "rated above 4", "at least 4.5 stars", "4+ stars", "ratings between 4 and 4.5"."""
    tokens, grammar = view.tokens, view.grammar
    position = at
    lead = grammar.rating_before.at(tokens, position)
    if lead is not None:
        position = lead[1]
        if view.text(position) == ":":
            position += 1
    compared = grammar.comparisons.at(tokens, position)
    ranged = grammar.between.at(tokens, position)
    if compared is not None and compared[0].bound == "least":
        position = compared[1]
    elif ranged is not None:
        position = ranged[1]
    elif compared is not None:
        return  # "at most 3 stars" can't be filtered
    stars = _stars_at(view, position)
    if stars is None:
        return
    end = position + 1
    if ranged is not None:
        upper = view.text(end) in ranged[0] or view.text(end) in HYPHENS
        if not upper or _stars_at(view, end + 1) is None:
            return
        end += 2
    plus = view.text(end) in grammar.plus
    end += plus
    end, rated, more = _behind(view, end)
    if not (lead is not None or rated) or not (lead is not None or compared or ranged or plus or more):
        return
    leading = compared is not None and end in view.names and view.nothing_before(at)  # "rated above 4 boots"
    if not rated and not more and not leading and not _stands_alone(view, end):
        return
    if view.is_open(at, end) and view.ends_clean(end):
        view.add(view.with_leads(at), end, "min_rating", stars, "filter")


def _behind(view: View, end: int) -> tuple[int, bool, bool]:
    """Return where a rating ends: behind "or more", "stars", "star rating or higher"; and whether each was there."""
    rated = more = False
    while True:
        match = view.afterwards_at(end)
        if match is not None and match[0] == "least" and not more:
            more, end = True, match[1]
            continue
        after = view.grammar.rating_after.at(view.tokens, end)
        if view.text(end) in view.grammar.stars:
            rated, end = True, end + 1
        elif after is not None and view.is_open(end, after[1]) and not more:
            rated, end = True, after[1]
        else:
            return end, rated, more


def _stars_at(view: View, at: int) -> float | None:
    text = view.text(at)
    if _STARS.fullmatch(text) is None or not view.starts_clean(at):
        return None
    stars = float(text.replace(",", "."))
    return stars if 0 < stars <= BEST_RATING else None


def _stands_alone(view: View, end: int) -> bool:
    """Whether nothing behind the number says that it counts something else: "rated 4 season" does."""
    if end >= len(view.tokens) or view.tokens[end].kind == "mark":
        return True
    return view.text(end) in view.grammar.connectors
