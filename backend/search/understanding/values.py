"""Brands, colours, merchants and categories: meant, or only mentioned."""

from __future__ import annotations

from itertools import pairwise

from backend.search.understanding import confidence
from backend.search.understanding.confidence import Verdict
from backend.search.understanding.lexicon import Known, Share
from backend.search.understanding.view import Name, View

_WANTED = ("brand", "merchant", "colour", "category")  # among equally sure readings, the first


def find_names(view: View) -> None:
    """Find what the catalogue knows, longest first; a name of several words stays whole whatever its words mean."""
    position = 0
    while position < len(view.tokens):
        name = _name_at(view, position)
        if name is not None:
            view.names[position] = name
        position = position + 1 if name is None else name.end


def read_values(view: View) -> None:
    """Note the brands, colours, merchants and categories that are wanted.

    A colour stays in the text when nothing else would be left to search for; a brand alone is browsed.
    """
    judged = [(name, *_judge(view, name)) for name in view.names.values() if view.is_open(name.start, name.end)]
    for name, known, decided in judged:
        if known.field != "colour":
            _note(view, name, known, decided)
    _note_colours(view, [(name, known, v) for name, known, v in judged if known.field == "colour" and v != "alone"])


def _note_colours(view: View, judged: list[tuple[Name, Known, Verdict]]) -> None:
    """Note the colours; several filter only where any will do: "white vanity black hardware" has one of each."""
    colours = {at for name, _, _ in judged for at in range(name.start, name.end)}
    rest = [view.tokens[at].text for at in sorted(_rest(view) - colours)]
    rest = [word for word in rest if word not in view.grammar.connectors | view.grammar.leads]
    covered = confidence.covers(view.lexicon.coloured(rest)) and bool(rest)
    either = all(
        view.text(name.end) in view.grammar.alternatives and name.end + 1 == following.start
        for (name, _, _), (following, _, _) in pairwise(judged)
    )
    together = covered and either and all(decided == "filter" for _, _, decided in judged)
    for name, known, _ in judged:
        clear = name.words[-1] in view.grammar.colours
        _note(view, name, known, "filter" if together else "preference" if clear or covered else "alone")


def _rest(view: View) -> set[int]:
    """Return the words and numbers that stay in the text."""
    taken = [(note.start, note.end) for note in view.notes if note.taken]
    return {
        at
        for at, token in enumerate(view.tokens)
        if token.kind != "mark" and not any(start <= token.start < end for start, end in taken)
    }


def _judge(view: View, name: Name) -> tuple[Known, Verdict]:
    """Judge what a name means by its words and its neighbours."""
    known = likeliest(name)
    grammar, end = view.grammar, name.end
    hangs = not view.starts_clean(name.start) or (end < len(view.tokens) and _binds(view, end))
    if hangs or grammar.about.before(view.tokens, name.start) is not None:
        return known, "alone"
    if name.start in view.doubtful and known.field != "category":
        return known, "alone"
    if known.field == "colour" and view.text(name.start - 1) in grammar.parts:
        return known, "alone"
    if known.field == "category" and not _is_head(view, end):
        return known, "alone"
    decided = confidence.verdict(known, _phrases(view, name, known))
    if decided == "filter" and known.field == "colour":
        if view.text(name.start - 1) in grammar.shades or _is_paired(view, name):
            decided = "preference"
        elif name.words[-1] not in grammar.colours or not _is_known_thing(view, end):
            decided = "preference"
    return known, decided


def _binds(view: View, at: int) -> bool:
    """Whether a token makes one word with the one before: "flavoured" in "orange-flavoured"."""
    return view.tokens[at].joined and view.tokens[at].kind != "mark"


def _is_head(view: View, end: int) -> bool:
    """Whether no noun follows: "watch bands" are no watches."""
    text, grammar = view.text(end), view.grammar
    if not text or view.tokens[end].kind == "mark":
        return True
    if end in view.names:
        return likeliest(view.names[end]).field != "category"
    return any(text in words for words in (grammar.connectors, grammar.leads, grammar.adults, grammar.children))


def likeliest(name: Name) -> Known:
    """Return what a name probably means."""
    return max(name.known, key=lambda known: (confidence.sureness(known), -_WANTED.index(known.field)))


def _phrases(view: View, name: Name, known: Known) -> list[Share]:
    """Return what titles say about the name together with the word before it and the word behind it."""
    found = []
    if (before := view.text(name.start - 1)) and view.tokens[name.start - 1].kind != "mark":
        found.append(view.lexicon.phrase(known, name.words, (before, *name.words)))
    if (behind := view.text(name.end)) and view.tokens[name.end].kind != "mark":
        found.append(view.lexicon.phrase(known, name.words, (*name.words, behind)))
    return found


def _is_known_thing(view: View, at: int) -> bool:
    """Whether the word behind a colour is in the catalogue: in "red wine" without wines, red may be a kind of it."""
    text, grammar = view.text(at), view.grammar
    if (
        not text
        or view.tokens[at].kind == "mark"
        or any(text in words for words in (grammar.connectors, grammar.leads))
    ):
        return True
    return text in grammar.alternatives or view.lexicon.coloured([text]).products > 0


def _is_paired(view: View, name: Name) -> bool:
    """Whether a colour is one of several of one thing: "black and white", "red/blue"."""
    joining = view.grammar.pairs | {"/", "+"}
    return view.text(name.end) in joining or view.text(name.start - 1) in joining


def _note(view: View, name: Name, known: Known, decided: Verdict) -> None:
    if decided == "alone":
        return
    start = name.start
    if decided == "filter":
        said = view.grammar.colour_before if known.field == "colour" else view.grammar.makers
        before = said.before(view.tokens, start)
        start = before if before is not None and view.is_open(before, start) else start
        start -= _is_listed(view, known, start)
    view.add(start, name.end, known.field, known.labels, decided)


def _is_listed(view: View, known: Known, start: int) -> bool:
    """Whether a value is added to another filter on the same field, by "or" or "and"."""
    if view.text(start - 1) not in view.grammar.alternatives | view.grammar.pairs:
        return False
    end = view.tokens[start - 2].end if start > 1 else -1
    return any(n.field == known.field and n.end == end and n.effect == "filter" for n in view.notes)


def _name_at(view: View, at: int) -> Name | None:
    words: list[str] = []
    best: Name | None = None
    for end in range(at, min(at + view.lexicon.longest, len(view.tokens))):
        if end in view.closed or view.tokens[end].kind == "mark":
            break
        words.append(view.tokens[end].text)
        spelt, known = tuple(words), view.lexicon.known(tuple(words))
        if not known and words[-1] in view.grammar.aliases:
            spelt = (*words[:-1], view.grammar.aliases[words[-1]])
            known = view.lexicon.known(spelt)
        if known:
            if best is not None and _is_colour_of(view, best, spelt):
                break
            best = Name(at, end + 1, spelt, tuple(known))
    return best


def _is_colour_of(view: View, colour: Name, words: tuple[str, ...]) -> bool:
    """Whether a name is better read as a colour and a category, even if some product's colour is "red dress"."""
    behind = view.lexicon.known(words[len(colour.words) :])
    return any(k.field == "colour" for k in colour.known) and any(k.field == "category" for k in behind)
