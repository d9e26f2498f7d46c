from __future__ import annotations

from pathlib import Path

import pytest

from ml.lexical.build_query import build_query
from ml.lexical.documents import Document
from ml.lexical.synonyms import SynonymsRefused, parse_synonyms, read_synonyms
from tests.ml.lexical.model import ANALYZER
from tests.ml.lexical.test_index import new_index

LINES = [
    "# what people say",
    "",
    "tv, television, Flat Screens  # sets",
    "sneaker, trainers => running shoe",
    "tv => telly",
]


def found(text: str, lines: list[str] = LINES) -> list[int]:
    lexical = new_index()
    titles = ["Television", "Flat screen, large", "Flat shoe", "Running shoe", "Sneaker", "TV stand", "Telly"]
    lexical.put(range(len(titles)), [Document(title=title) for title in titles])
    query = parse_synonyms(lines, ANALYZER).expand(build_query(text, ANALYZER, lexical.vocabulary))
    matches = lexical.match(query)
    assert (matches.scores <= matches.ceiling).all()
    return matches.rows.tolist()


def test_a_group_works_both_ways_and_phrases_must_be_whole() -> None:
    assert found("tv") == [0, 1, 5, 6]
    assert found("televisions") == [0, 1, 5]
    assert found("flat screen") == [0, 1, 2, 5]


def test_an_arrow_works_one_way() -> None:
    assert found("sneakers") == [3, 4]
    assert found("running shoe") == [2, 3]
    assert found("telly") == [6]


def test_the_word_that_was_asked_for_goes_first() -> None:
    lexical = new_index()
    lexical.put([0, 1], [Document(title="Television"), Document(title="TV")])
    matches = lexical.match(parse_synonyms(LINES, ANALYZER).expand(build_query("tv", ANALYZER, lexical.vocabulary)))
    assert matches.scores[0] == pytest.approx(0.8 * matches.scores[1])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("tv", "two phrases"),
        ("shoe, Shoes", "two phrases"),
        ("tv => tv", "mean the same"),
        ("a => b => c", "more than one"),
        ("tv, , telly", "no word"),
        ("=> tv", "no word"),
        ("tv =>", "no word"),
        ("tv, one two three four five six", "more than 5 words"),
        (", ".join(f"w{n}" for n in range(31)), "more than 30"),
    ],
)
def test_a_bad_line_is_refused_by_number(line: str, why: str) -> None:
    with pytest.raises(SynonymsRefused, match=f"line 3: .*{why}"):
        parse_synonyms(["# fine", "tv, telly", line], ANALYZER)


def test_a_file_is_read_and_named_when_refused(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_bytes("\ufefftv, télé\r\n".encode())
    assert read_synonyms(path, ANALYZER).meanings == {"tv": ("tele",), "tele": ("tv",)}
    path.write_bytes(b"tv, t\xe9l\xe9\n")
    with pytest.raises(SynonymsRefused, match=r"synonyms\.txt isn't UTF-8"):
        read_synonyms(path, ANALYZER)
    path.write_text("tv\n")
    with pytest.raises(SynonymsRefused, match=r"synonyms\.txt, line 1"):
        read_synonyms(path, ANALYZER)
    with pytest.raises(FileNotFoundError):
        read_synonyms(tmp_path / "none", ANALYZER)


def test_hostile_queries_are_expanded_in_bounds() -> None:
    lines = [f"word, alt{n}" for n in range(100)]
    query = build_query("word " * 400, ANALYZER, new_index().vocabulary)
    (term,) = parse_synonyms(lines, ANALYZER).expand(query).terms
    assert len(term.alternatives) == 32
