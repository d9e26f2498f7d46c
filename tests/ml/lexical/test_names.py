"""Names of a table and those added later, compared with a dictionary."""

from __future__ import annotations

import numpy as np
import pytest

from ml.lexical.names import Names, NameTable

FIRST = ["mug", "4k", "rtx2060", "~blue mug", "=a1", "über", "#rtx2060", "~blue", "a", "~日本 mug", "=a", "mu"]
LATER = ["cup", "~blue cup", "=b7", "zebra", "ü"]


def filled() -> Names:
    """Return names of which some are of a table."""
    names = Names(NameTable.of(FIRST))
    for name in LATER:
        names.add(name)
    return names


def test_every_name_has_the_number_of_its_coming() -> None:
    names, expected = filled(), FIRST + LATER
    assert list(names) == expected
    assert [names.get(name) for name in expected] == list(range(len(expected)))
    assert names.texts(range(len(expected)), LATER) == expected


@pytest.mark.parametrize("name", ["", "m", "mugs", "~", "~blu", "~blue m", "=", "#rtx206", "=zz", "\U0010ffff"])
def test_what_was_never_added_is_unknown(name: str) -> None:
    assert filled().get(name) is None


def test_phrases_and_codes_and_what_has_digits_are_left_in_the_table() -> None:
    names = filled()
    assert list(names.at_hand) == ["mug", "über", "a", "mu", *LATER]
    assert [name for name, _ in names.rare()] == [
        "4k",
        "rtx2060",
        "~blue mug",
        "=a1",
        "#rtx2060",
        "~blue",
        "~日本 mug",
        "=a",
    ]
    assert all(names.get(name) == number for name, number in names.rare())


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 1000])
def test_prefixes_find_what_sorting_finds(count: int) -> None:
    rng = np.random.default_rng(count)
    names = sorted({"".join(rng.choice(list("abü~日"), rng.integers(1, 6))) for _ in range(count)})
    rng.shuffle(names)
    table = NameTable.of(names)
    for prefix in ("", "a", "ab", "ü", "~a", "日", "b日", "zz", *names[:20]):
        expected = sorted(name for name in names if name.startswith(prefix))
        assert [table[number] for number in table.starting(prefix).tolist()] == expected
        assert table.any_starting(prefix) == bool(expected)
    assert [table.find(name) for name in names] == list(range(len(names)))


@pytest.mark.parametrize(
    ("ends", "order"), [([0, 2], [0]), ([1, 3], [0]), ([0, 3, 3], [0, 1]), ([0, 1, 3], [0]), ([0, 1, 3], [0, 2])]
)
def test_parts_that_do_not_fit_are_refused(ends: list[int], order: list[int]) -> None:
    with pytest.raises(ValueError, match="fit each other"):
        NameTable(np.frombuffer(b"abc", np.uint8), np.array(ends, np.int64), np.array(order, np.int32))
