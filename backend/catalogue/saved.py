"""What a start would otherwise make from every product again, kept beside the snapshot whose rows it belongs to.

It is derived: each start compares it with SQL, product by product, and makes everything anew where anything differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import orjson
from numpy.typing import NDArray

from backend.catalogue.attributes import Attribute, Attributes, AttributeState, Pairs
from backend.catalogue.columns import CODES, PLAIN, ColumnArrays, Columns
from backend.catalogue.saved_cards import CardArrays
from backend.catalogue.vocabulary import Vocabulary
from ml.array_snapshot import ArrayManifest, ArraySnapshots, Contents
from ml.errors import IndexDamaged

FOLDER: Final = "rows"
_KINDS: Final = {"texts": np.int32, "numbers": np.float64, "flags": np.bool_}
_ATTRIBUTES: Final = {"row_of": np.int32, "slot_of": np.int32, "digests": np.int64}
_ARRAYS: Final = {
    **PLAIN,
    **dict.fromkeys((f"code_{name}" for name in CODES), np.int32),
    **{f"attribute_{name}": kind for name, kind in _ATTRIBUTES.items()},
    **{f"{kind}_slots": np.int32 for kind in _KINDS},
    **{f"{kind}_values": dtype for kind, dtype in _KINDS.items()},
    **{f"{kind}_ends": np.int64 for kind in _KINDS},  # where the pairs of each attribute end
    "card_text": np.uint8,
    "card_ends": np.int64,
    "card_versions": np.int32,
    "text_digests": np.int64,
    "marks": np.int64,
}
_FIELDS, _NAMES = "fields", "attributes"  # JSON a line, in the order of `CODES` and of the attributes


class RowsManifest(ArrayManifest):
    """The contents of ``manifest.json``."""

    format_version: Literal[2] = 2
    tag: str
    """Which snapshot of vectors the rows are of."""
    words: str
    """Tag of the words that were read together with this."""
    making: str
    """How columns and cards were made."""


_SNAPSHOTS: Final = ArraySnapshots(RowsManifest, _ARRAYS, (_FIELDS, _NAMES))


@dataclass(frozen=True, slots=True)
class Shown:
    """What settings and the version of Vitrine have a part in.

    Attributes:
        columns: the fields and attributes.
        cards: the products as shown.
    """

    columns: Columns
    cards: CardArrays


@dataclass(frozen=True, slots=True)
class SavedRows:
    """What is kept of the rows of one snapshot.

    Attributes:
        shown: None when opened by others than it was made for.
        words: tag of the words that have these digests.
        text_digests: as of `Texts.digests`.
        marks: the values of `Marks`.
    """

    shown: Shown | None
    words: str
    text_digests: NDArray[np.int64]
    marks: NDArray[np.int64]

    def save(self, folder: Path, tag: str, making: str) -> None:
        """Write it, make it the current one and remove the former one.

        Raises:
            ValueError: there is nothing shown.
            OSError: the disk is full or can't be written; what was there is as it was.
        """
        if self.shown is None:
            raise ValueError("rows are saved with all that belongs to them")
        count, columns, cards = len(self.marks), self.shown.columns, self.shown.cards
        filled = columns.arrays.of_size(count)
        state = columns.attributes.state()
        arrays: dict[str, NDArray[Any]] = {
            **{name: getattr(filled, name) for name in PLAIN},
            **{f"code_{name}": filled.codes[name] for name in CODES},
            **{f"attribute_{name}": getattr(state, name) for name in _ATTRIBUTES},
            **_pairs(state.by_name),
            **{f"card_{name}": getattr(cards, name) for name in ("text", "ends", "versions")},
            "text_digests": self.text_digests,
            "marks": self.marks,
        }
        fields = [columns.vocabularies[name].spellings for name in CODES]
        named = [[name, attribute.vocabulary.spellings] for name, attribute in state.by_name.items()]
        lines = {_FIELDS: _as_lines(fields), _NAMES: _as_lines(named)}
        contents = Contents(arrays, lines)
        _SNAPSHOTS.save(
            folder, contents, lambda files: RowsManifest(tag=tag, words=self.words, making=making, files=files)
        )


def load_rows(folder: Path, tag: str, making: str, declared: frozenset[str] | None) -> SavedRows:
    """Verify what was saved and open it: what is written to later on is copied, the rest stays mapped.

    Args:
        folder: where it lies.
        tag: of the snapshot of vectors.
        making: how columns and cards are made now; those that were made otherwise are left out.
        declared: names of attributes that are kept; None keeps all.

    Raises:
        IndexDamaged: there is none, or it was changed, or has another tag.
    """
    contents, manifest = _SNAPSHOTS.load(folder)
    if manifest.tag != tag:
        raise IndexDamaged(f"{folder} belongs to another snapshot")
    shown = _shown(contents, folder, declared) if manifest.making == making else None
    return SavedRows(shown, manifest.words, contents.arrays["text_digests"], contents.arrays["marks"])


def _shown(contents: Contents, folder: Path, declared: frozenset[str] | None) -> Shown:
    arrays = contents.arrays
    try:
        cards = CardArrays(arrays["card_text"], arrays["card_ends"], arrays["card_versions"])
        cards.check()
        columns = Columns(
            ColumnArrays(
                **{name: arrays[name].copy() for name in PLAIN},
                codes={name: arrays[f"code_{name}"].copy() for name in CODES},
            ),
            attributes=Attributes.restored(declared, _attributes(arrays, contents.lines[_NAMES])),
            live_count=int(np.count_nonzero(arrays["live"])),
        )
        for name, line in zip(CODES, contents.lines[_FIELDS], strict=True):
            columns.vocabularies[name].learn(orjson.loads(line))
    except ValueError as error:
        raise IndexDamaged(f"{folder} can't be opened: {error}") from error
    return Shown(columns, cards)


def _pairs(by_name: Mapping[str, Attribute]) -> dict[str, NDArray[Any]]:
    """Join the pairs of all attributes, kind by kind."""
    joined: dict[str, NDArray[Any]] = {}
    for kind, dtype in _KINDS.items():
        views = [getattr(attribute, kind).view() for attribute in by_name.values()]
        joined[f"{kind}_slots"] = np.concatenate([np.zeros(0, np.int32), *(slots for slots, _ in views)])
        joined[f"{kind}_values"] = np.concatenate([np.zeros(0, dtype), *(values for _, values in views)])
        joined[f"{kind}_ends"] = np.cumsum([len(slots) for slots, _ in views], dtype=np.int64)
    return joined


def _attributes(arrays: Mapping[str, NDArray[Any]], lines: Mapping[str, Any] | Any) -> AttributeState:
    by_name: dict[str, Attribute] = {}
    parts = {
        kind: [
            Pairs(slots, values)
            for slots, values in zip(
                np.split(arrays[f"{kind}_slots"], arrays[f"{kind}_ends"][:-1]),
                np.split(arrays[f"{kind}_values"], arrays[f"{kind}_ends"][:-1]),
                strict=True,
            )
        ]
        for kind in _KINDS
    }
    for place, line in enumerate(lines):
        name, spellings = orjson.loads(line)
        vocabulary = Vocabulary()
        vocabulary.learn(spellings)
        by_name[name] = Attribute(vocabulary, **{kind: parts[kind][place] for kind in _KINDS})
    return AttributeState(**{name: arrays[f"attribute_{name}"] for name in _ATTRIBUTES}, by_name=by_name)


def _as_lines(values: list[Any]) -> list[str]:
    """Return JSON a line: it has no line feeds, whatever the texts have."""
    return [orjson.dumps(value).decode() for value in values]
