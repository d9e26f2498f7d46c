"""The tokens of a query while they are read: which are spoken for, and what stands beside which."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.search.understanding.grammar import Bound, Grammar
from backend.search.understanding.interpretation import Effect, Note, NoteField, PriceRange
from backend.search.understanding.lexicon import Known, Lexicon
from backend.search.understanding.tokens import Token


@dataclass(frozen=True, slots=True)
class Name:
    """Words at a place in the query that the catalogue knows."""

    start: int
    end: int
    words: tuple[str, ...]
    known: tuple[Known, ...]


@dataclass(slots=True)
class View:
    """A query being read, by one reader after the other. Positions are those of tokens.

    Attributes:
        closed: tokens that are left alone (quoted), belong to a note, or to a name that must stay whole.
        names: by the position where they begin.
        doubtful: tokens of which nobody can tell whether they are wanted: behind a negation that isn't understood.
    """

    query: str
    tokens: list[Token]
    grammar: Grammar
    lexicon: Lexicon
    shop: str | None
    closed: set[int] = field(default_factory=set)
    names: dict[int, Name] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)

    def text(self, at: int) -> str:
        """Return the folded text of a token; nothing outside of the query and for tokens spoken for."""
        return self.tokens[at].text if 0 <= at < len(self.tokens) and at not in self.closed else ""

    def is_open(self, start: int, end: int) -> bool:
        """Whether none of these tokens is spoken for."""
        return self.closed.isdisjoint(range(start, end))

    def nothing_before(self, start: int) -> bool:
        """Whether everything before a token is spoken for."""
        return all(at in self.closed for at in range(start))

    def ends_clean(self, end: int) -> bool:
        """Whether the token at `end` doesn't hang on the one before: "50" in "50mm" and "iphone" in "50iphone" do."""
        if end >= len(self.tokens):
            return True
        token = self.tokens[end]
        return not token.joined or (token.kind == "mark" and token.text in ",;.!?)]")

    def starts_clean(self, start: int) -> bool:
        """Whether a token doesn't hang on the one before."""
        token = self.tokens[start]
        return not token.joined or self.tokens[start - 1].kind == "mark"

    def add(
        self,
        start: int,
        end: int,
        about: NoteField,
        value: PriceRange | float | bool | tuple[str, ...],
        effect: Effect,
        *,
        excluded: bool = False,
    ) -> None:
        """Note what tokens say; they are spoken for from now on."""
        begin, finish = self.tokens[start].start, self.tokens[end - 1].end
        self.notes.append(Note(begin, finish, self.query[begin:finish], about, value, excluded, effect))
        self.closed.update(range(start, end))

    def with_leads(self, start: int) -> int:
        """Return where the meaningless words before a phrase begin: "that is" in "lamp that is under 50"."""
        while start > 0 and self.text(start - 1) in self.grammar.leads and start - 1 not in self.names:
            start -= 1
        return start

    def afterwards_at(self, at: int) -> tuple[Bound, int] | None:
        """Return what "or less" at a token says, and the position behind it; "and over 500 reviews" says nothing."""
        match = self.grammar.afterwards.at(self.tokens, at)
        if match is None or not self.is_open(at, match[1]):
            return None
        behind = self.text(match[1])
        counts = behind in self.grammar.currencies or (behind and self.tokens[match[1]].kind == "number")
        return None if counts else match
