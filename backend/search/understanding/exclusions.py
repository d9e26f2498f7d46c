"""What isn't wanted: "not leather", "neither black nor blue", "non-leather", "-nike"."""

from __future__ import annotations

from backend.search.understanding import confidence
from backend.search.understanding.tokens import HYPHENS
from backend.search.understanding.values import likeliest
from backend.search.understanding.view import Name, View

_SHORTEST = 3  # letters of a word that the catalogue doesn't know, behind a minus sign or before "frei"
_TOGETHER = 2  # words that one negation is about


def read_exclusions(view: View) -> None:
    """Note what isn't wanted, and which words stand in a clause whose negation isn't understood."""
    for position in range(len(view.tokens)):
        if position in view.closed:
            continue
        token = view.tokens[position]
        if token.text in HYPHENS and not token.joined and position + 1 < len(view.tokens):
            if view.tokens[position + 1].joined and _may_be_signed(view, position + 1):
                _exclude_one(view, position, position + 1, follows=False, signed=True)
        elif not _read_compound(view, position) and view.starts_clean(position):
            _read_negation(view, position)


def _read_negation(view: View, at: int) -> None:
    match = view.grammar.negations.at(view.tokens, at)
    if match is None:
        if view.text(at) in view.grammar.refusals:
            _doubt(view, at)
    elif view.is_open(at, match[1]):
        if view.text(at - 1) in view.grammar.not_negating:
            _doubt(view, at)  # "that does not leak"
        else:
            _exclude(view, at, match[1])


def _doubt(view: View, at: int) -> None:
    """Remember a clause in which something is denied: its values are nothing to filter for."""
    if at in view.names:
        return  # "Not Your Mother's" is a brand
    while at < len(view.tokens) and view.tokens[at].kind != "mark":
        view.doubtful.add(at)
        at += 1


def _read_compound(view: View, at: int) -> bool:
    """Note "non-leather", "leather-free" or "lederfrei", unless products are called so; return whether it was one."""
    if view.tokens[at].kind != "word":
        return False
    if at + 1 < len(view.tokens) and view.tokens[at + 1].joined and at + 1 not in view.closed:
        return _read_prefix(view, at) or _read_suffix(view, at)
    return _read_ending(view, at)


def _read_prefix(view: View, at: int) -> bool:
    if view.text(at) not in view.grammar.denying_before or at in view.names or not view.starts_clean(at):
        return False
    name = view.names.get(at + 1)
    end = name.end if name else at + 2
    return _deny(view, (at, end), (at + 1, end), name)


def _read_suffix(view: View, at: int) -> bool:
    if view.text(at + 1) not in view.grammar.denying_behind:
        return False
    name = next((name for name in view.names.values() if name.end == at + 1), None)
    start = name.start if name else at
    return view.starts_clean(start) and _deny(view, (start, at + 2), (start, at + 1), name)


def _read_ending(view: View, at: int) -> bool:
    word, titled = view.text(at), view.lexicon.titled
    for ending in view.grammar.denying_endings:
        denied = word.removesuffix(ending)
        if denied != word and len(denied) >= _SHORTEST and titled((denied,)) and not titled((word,)):
            if view.starts_clean(at) and view.ends_clean(at + 1):
                _note_exclusion(view, at, at + 1, None, (denied,), signed=False)
                return True
    return False


def _deny(view: View, compound: tuple[int, int], meant: tuple[int, int], name: Name | None) -> bool:
    """Note what a compound denies; what neither labels nor titles have is a word like any other.

    Args:
        view: the query.
        compound: its tokens.
        meant: those of the thing that isn't wanted, which begin or end the compound.
        name: what the catalogue calls it.
    """
    words = tuple(token.text for token in view.tokens[slice(*meant)])
    pair = meant[0] - 1 if meant[0] > compound[0] else meant[1] - 1
    known = name is not None or view.lexicon.titled(words) > 0
    called = view.lexicon.titled((view.text(pair), view.text(pair + 1))) > 0
    if not known or called or not view.is_open(*compound) or not view.ends_clean(compound[1]):
        return False
    _note_exclusion(view, *compound, name, words, signed=False)
    return True


def _exclude(view: View, start: int, at: int) -> None:
    """Note what a negation is about, and all of a list."""
    grammar = view.grammar
    if not view.ends_clean(at):
        return  # "no-show"
    if any(said.at(view.tokens, begin) for said in (grammar.in_stock, grammar.on_sale) for begin in (at - 1, at)):
        return  # "not in stock"
    position = _behind_fillers(view, at)
    if not _may_be_negated(view, position):
        if position >= len(view.tokens) or view.tokens[position].kind == "word":  # "no 5" denies nothing
            _doubt(view, start)
        return
    if position == at and view.lexicon.titled((view.text(at - 1), view.text(position))):
        return  # "no sugar" in titles is what a product is called
    follows = any(token.kind != "mark" and i not in view.closed for i, token in enumerate(view.tokens[:start]))
    while True:
        field = _field(view, position)
        end = _exclude_one(view, start, position, follows=follows, signed=False)
        following = _next_in_list(view, end, field, follows=follows)
        if following is None:
            break
        start, position = following


def _next_in_list(view: View, end: int, field: str, *, follows: bool) -> tuple[int, int] | None:
    """Return where the note on the next thing of a list begins, and where the thing does; None behind the last."""
    grammar = view.grammar
    if view.text(end) in grammar.alternatives:
        position = _behind_fillers(view, end + 1)
        return (end, position) if _may_be_negated(view, position) else None
    if view.text(end) in grammar.pairs:
        position = _behind_fillers(view, end + 1)
        return (end, position) if field != "words" and _is_alike(view, position, field) else None
    if view.text(end) == "," and _is_closed_list(view, end, field, follows=follows):
        begin = end + 1
        joining = view.text(begin) in grammar.alternatives | grammar.pairs
        return begin, _behind_fillers(view, begin + joining)
    return None


def _is_closed_list(view: View, comma: int, field: str, *, follows: bool) -> bool:
    """Whether things of one kind follow a comma, of which the last stands behind "or", "nor" or "and".

    Of brands and colours the end of the query is enough: "not black, blue".
    """
    joining = view.grammar.alternatives | view.grammar.pairs
    at = comma
    while view.text(at) == ",":
        last = view.text(at + 1) in joining
        position = _behind_fillers(view, at + 1 + last)
        if not _is_alike(view, position, field):
            return False
        if last:
            return True
        at = _end(view, position, follows=follows)
    if at >= len(view.tokens):
        return field != "words"
    return view.text(at) in joining and _is_alike(view, _behind_fillers(view, at + 1), field)


def _is_alike(view: View, at: int, field: str) -> bool:
    return _may_be_negated(view, at) and _field(view, at) == field


def _field(view: View, at: int) -> str:
    return likeliest(view.names[at]).field if at in view.names else "words"


def _behind_fillers(view: View, at: int) -> int:
    while at not in view.names and (filler := view.grammar.fillers.at(view.tokens, at)):
        at = filler[1]
    return at


def _may_be_negated(view: View, at: int) -> bool:
    if at in view.names and view.is_open(at, view.names[at].end):
        return True
    text = view.text(at)
    return bool(text) and view.tokens[at].kind == "word" and text not in view.grammar.not_negated


def _may_be_signed(view: View, at: int) -> bool:
    """Whether a word behind a minus sign is meant, and not a part of a model number or a measure ("-K12")."""
    if at in view.names and view.is_open(at, view.names[at].end):
        return view.ends_clean(view.names[at].end)
    token = view.tokens[at]
    meant = token.kind == "word" and len(token.text) >= _SHORTEST and token.text not in view.grammar.units
    return meant and view.ends_clean(at + 1)


def _exclude_one(view: View, start: int, at: int, *, follows: bool, signed: bool) -> int:
    """Note one thing that isn't wanted, and return the position behind it."""
    end = _end(view, at, follows=follows)
    _note_exclusion(view, start, end, view.names.get(at), tuple(t.text for t in view.tokens[at:end]), signed=signed)
    return end


def _note_exclusion(
    view: View, start: int, end: int, name: Name | None, words: tuple[str, ...], *, signed: bool
) -> None:
    if name is not None and confidence.excludes(known := likeliest(name), signed=signed):
        view.add(start, end, known.field, known.labels, "filter", excluded=True)
    else:
        said = words if name is None else name.words
        view.add(start, end, "words", (" ".join(said),), "preference", excluded=True)


def _end(view: View, at: int, *, follows: bool) -> int:
    """Return where one thing ends."""
    if at in view.names:
        return view.names[at].end
    return _end_of_phrase(view, at) if follows else at + 1


def _end_of_phrase(view: View, at: int) -> int:
    """Return where words end that are negated together: both of "without long sleeves", one where more follow."""
    grammar = view.grammar
    stops = (grammar.connectors, grammar.alternatives, grammar.pairs, grammar.adults, grammar.children, grammar.leads)
    end = at
    while end < len(view.tokens) and end not in view.names and view.tokens[end].kind == "word":
        text = view.text(end)
        if not text or any(text in words for words in stops):
            break
        end += 1
    return end if 1 <= end - at <= _TOGETHER else at + 1
