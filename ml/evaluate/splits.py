"""What may be learned and what is asked: next-item data under a protocol that lets no answer leak into learning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.errors import MLError
from ml.evaluate.interaction_files import EventRow, Sequences
from ml.types import ProductId

FOLDS = 3


class NothingToAsk(MLError):
    """The data hold no test cases, or none that can be asked."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what did this user choose next?"""

    user: str
    history: tuple[ProductId, ...]
    """Oldest first."""
    target: ProductId


Known = Mapping[str, Sequence[Sequence[ProductId]]]
"""By user, pieces of what was chosen, each oldest first; nothing is known of the order of pieces."""


@dataclass(frozen=True, slots=True)
class TuningPart:
    """Choices to learn weights from, and what the tables may know meanwhile."""

    cases: Sequence[Case]
    known: Known


@dataclass(frozen=True, slots=True)
class Split:
    """Everything that is asked and known.

    Attributes:
        test: the questions that are reported.
        known: what tables may be learned from for them.
        tuning: for weights; empty when there's nothing to learn them from.
        protocol: in words, for the report.
    """

    test: Sequence[Case]
    known: Known
    tuning: Sequence[TuningPart]
    protocol: tuple[str, ...]


def split_events(
    rows: Sequence[EventRow], training: Iterable[Sequence[EventRow] | Sequences], seed: int, folds: int = FOLDS
) -> Split:
    """Split choices whose file says which are valid and which are test.

    Tables learn from rows of the splits train and valid and from `training`, never from a row of test: neither from
    its target nor from its history, which holds the targets of the rows before. Weights are learned on the valid rows
    in folds by user, the tables meanwhile knowing nothing of that fold's users.

    Args:
        rows: of the file that is evaluated.
        training: further interactions; their rows of the split test are left out, and so is what a user in them
            chose at and after one of the test rows.
        seed: of the folds.
        folds: how many.

    Raises:
        NothingToAsk: no row is of the split test.
    """
    test = [Case(row.user, row.history, row.target) for row in rows if row.split == "test"]
    if not test:
        raise NothingToAsk("no row is of the split test")
    valid = [Case(row.user, row.history, row.target) for row in rows if row.split == "valid"]
    given, left_out = _pieces_of(training)
    own = [(row.user, [*row.history, row.target]) for row in rows if row.split != "test"]
    known, withheld = _withhold(_joined([*given, *own]), test)
    users = sorted({case.user for case in valid})
    order = np.random.default_rng(seed).permutation(len(users))
    fold_of = {users[at]: place % folds for place, at in enumerate(order.tolist())}
    tuning = [
        TuningPart(
            [case for case in valid if fold_of[case.user] == fold],
            {user: pieces for user, pieces in known.items() if fold_of.get(user) != fold},
        )
        for fold in range(min(folds, len(users)))
    ]
    return Split(
        test,
        known,
        tuning,
        (
            f"test: {len(test)} rows of the split test, all products ranked",
            f"tables: learned from {_size(known)}: the splits train and valid, and --train; of test rows neither "
            "target nor history",
            f"left out of --train: {left_out} test rows, {withheld} choices at or after a test row of the same user",
            f"weights: learned on {len(valid)} rows of the split valid in {folds} folds by user, with tables that "
            "know nothing of that fold's users",
        ),
    )


def split_sequences(
    sequences: Sequences,
    training: Iterable[Sequence[EventRow] | Sequences],
    seed: int,
    asked: Collection[str] | None = None,
    choices: int = 2000,
) -> Split:
    """Split whole sequences: the last product is the test target, the one before it the validation target.

    Tables learn from all sequences without these two, and from `training`. Weights are learned on a sample of the
    validation targets.

    Args:
        sequences: of the file that is evaluated; shorter ones than 3 are only learned from.
        training: further interactions; what a user in them chose at or after the validation target is left out.
        seed: of the sample.
        asked: users whose last product is asked for; None: all.
        choices: how many validation targets weights are learned on at most.

    Raises:
        NothingToAsk: no sequence that is asked for has 3 products.
    """
    long = {user: tuple(items) for user, items in sequences.items() if len(items) >= 3}
    test = [Case(user, items[:-1], items[-1]) for user, items in long.items() if asked is None or user in asked]
    if not test:
        raise NothingToAsk("no sequence that is asked for has 3 products or more")
    valid = [Case(user, items[:-2], items[-2]) for user, items in long.items()]
    given, left_out = _pieces_of(training)
    own = [(user, list(items[:-2])) if user in long else (user, list(items)) for user, items in sequences.items()]
    known, withheld = _withhold(_joined([*given, *own]), valid)
    drawn = np.sort(np.random.default_rng(seed).permutation(len(valid))[:choices])
    return Split(
        test,
        known,
        [TuningPart([valid[at] for at in drawn.tolist()], known)],
        (
            f"test: the last product of {len(test)} users, all products ranked",
            f"tables: learned from {_size(known)}: sequences without their last two products, and --train",
            f"left out of --train: {left_out} test rows, {withheld} choices at or after a user's validation target",
            f"weights: learned on the last but one product of {len(drawn)} users drawn at random",
        ),
    )


def _pieces_of(
    training: Iterable[Sequence[EventRow] | Sequences],
) -> tuple[list[tuple[str, list[ProductId]]], int]:
    """Return all pieces that may be learned from, and how many test rows were left out."""
    pieces: list[tuple[str, list[ProductId]]] = []
    left_out = 0
    for part in training:
        if isinstance(part, Mapping):
            pieces += [(user, list(items)) for user, items in part.items()]
            continue
        pieces += [(row.user, [*row.history, row.target]) for row in part if row.split != "test"]
        left_out += sum(row.split == "test" for row in part)
    return pieces, left_out


def _joined(pieces: Iterable[tuple[str, list[ProductId]]]) -> dict[str, list[list[ProductId]]]:
    """Join the pieces of each user that overlap, so that no choice is counted twice."""
    known: dict[str, list[list[ProductId]]] = {}
    for user, piece in pieces:
        before = known.setdefault(user, [])
        if any(_place(longer, piece) is not None for longer in before):
            continue
        overlaps = [_overlap(longer, piece) for longer in before]
        best = max(overlaps, default=0)
        if best:
            before[overlaps.index(best)].extend(piece[best:])
        else:
            before.append(list(piece))
    return known


def _overlap(longer: Sequence[ProductId], piece: Sequence[ProductId]) -> int:
    """Return how many products at the end of one piece begin the other; one alone may be chance."""
    longest = min(len(longer), len(piece))
    found = next((count for count in range(longest, 0, -1) if longer[-count:] == piece[:count]), 0)
    return found if found > 1 or found == longest else 0


def _place(longer: Sequence[ProductId], piece: Sequence[ProductId]) -> int | None:
    """Return where a piece lies in a longer one."""
    spots = range(len(longer) - len(piece) + 1)
    return next((at for at in spots if list(longer[at : at + len(piece)]) == list(piece)), None)


def _withhold(known: Known, asked: Iterable[Case]) -> tuple[dict[str, list[list[ProductId]]], int]:
    """Cut every user's pieces where one of their questions is answered; return what is left and what was cut."""
    kept = {user: [list(piece) for piece in pieces] for user, pieces in known.items()}
    cut = 0
    for case in asked:
        for piece in kept.get(case.user, []):
            places = [at for at, item in enumerate(piece) if item == case.target and _answers(piece[:at], case)]
            if places:
                cut += len(piece) - places[0]
                del piece[places[0] :]
    return {user: [piece for piece in pieces if piece] for user, pieces in kept.items()}, cut


def _answers(before: Sequence[ProductId], case: Case) -> bool:
    """Tell whether what was chosen before is a question's history, as far as both reach back."""
    shared = min(len(before), len(case.history))
    return shared > 0 and tuple(before[-shared:]) == case.history[-shared:]


def _size(known: Known) -> str:
    choices = sum(len(piece) for pieces in known.values() for piece in pieces)
    return f"{choices} choices of {len(known)} users"
