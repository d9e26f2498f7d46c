"""JSON Lines, friendly and hostile."""

from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from backend.catalogue.feeds import FeedError
from tests.backend.feeds.helpers import ids, products, read, reasons


def test_objects_with_nested_attributes(tmp_path: Path) -> None:
    line = orjson.dumps(
        {
            "id": 7,
            "title": "Cartridge",
            "price_cents": 12595,
            "size": 42,
            "images": ["a.jpg", "b.jpg"],
            "categories": ["Office", "Ink"],
            "dimensions": {"w": 1, "deep": {"h": 2}},
            "nothing": None,
            "attributes": {"ink": "dye", "colour": "cyan", "volume": 175.0, "tags": ["x", "y"]},
        }
    )
    [product] = products(read(tmp_path, b"\xef\xbb\xbf" + line + b"\n\n"))
    assert (product.id, product.price, product.size) == ("7", Decimal("125.95"), "42")
    assert (product.image_url, product.category, product.colour) == ("a.jpg", "Office > Ink", None)
    assert product.attributes == {
        "dimensions.w": 1,
        "dimensions.deep.h": 2,
        "additional_images": ["b.jpg"],
        "ink": "dye",
        "colour": "cyan",
        "volume": 175.0,
        "tags": ["x", "y"],
    }


def test_keys_may_differ_from_line_to_line(tmp_path: Path) -> None:
    items = read(tmp_path, '{"id":"1","title":"a"}\n{"name":"b","product_id":"2","color":"red"}\n')
    assert [product.colour for product in products(items)] == [None, "red"]
    assert ids(items) == ["1", "2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "a JSON array, not an object"),
        ('"x"', "a JSON string, not an object"),
        ("null", "a JSON null, not an object"),
        ('{"id":"2"', "not JSON: unexpected end of data at character 11"),
        (
            '{"id":"2","title":"b","price":NaN}',
            "not JSON: unexpected character, expected a JSON value at character 31",
        ),
        (
            '{"id":"2","title":"b","price":Infinity}',
            "not JSON: unexpected character, expected a JSON value at character 31",
        ),
        ('{"id":"2","title":"b","price":-1}', "price: Input should be greater than or equal to 0 (got -1)"),
        ('{"id":"2","title":"b","price":true}', "price: not an amount of money (got True)"),
        (
            '{"id":"2","title":"b","price":[1]}',
            "price: must be a number",
        ),
        ('{"id":1e30,"title":"b"}', "id: a number too large or not whole; write ids as text (got 1e+30)"),
        ('{"id":1.5,"title":"b"}', "id: a number too large or not whole; write ids as text (got 1.5)"),
        ('{"id":["2"],"title":"b"}', "id: must be a text"),
        ('{"id":"2","title":["b",1]}', "title: must be a text"),
        ('{"id":"2","title":"b","attributes":[1]}', "attributes: not a JSON object (got [1])"),
        ('{"id":"2","title":"b","attributes":"red"}', "attributes: not a JSON object (got 'red')"),
        ('{"id":"2","title":"b","a":{"b":{"c":{"d":{"e":1}}}}}', "attributes: objects nested more than 3 deep"),
        (
            '{"id":"2","title":"b","x":[{"y":1}]}',
            "attributes: attribute 'x' is not a string, finite number, boolean or a list of them",
        ),
        ('{"id":"2","title":"b","price_cents":"x"}', "price_cents: not a whole number of cents (got 'x')"),
    ],
)
def test_a_bad_line_costs_itself(tmp_path: Path, line: str, reason: str) -> None:
    items = read(tmp_path, f'{{"id":"1","title":"a"}}\n{line}\n{{"id":"9","title":"z"}}\n')
    assert ids(items) == ["1", "9"]
    assert reasons(items) == [(2, reason)]


@pytest.mark.parametrize("depth", [2_000, 200_000])
def test_deep_nesting_is_rejected(tmp_path: Path, depth: int) -> None:
    items = read(
        tmp_path, '{"id":"1","title":"a"}\n' + '{"a":' * depth + "1" + "}" * depth + '\n{"id":"2","title":"b"}\n'
    )
    assert ids(items) == ["1", "2"]
    [(line, reason)] = reasons(items)
    assert line == 2
    assert reason.startswith("not JSON: ") or "over 1 MB" in reason


def test_a_bad_byte_is_named(tmp_path: Path) -> None:
    items = read(tmp_path, b'{"id":"1","title":"a"}\n{"id":"2","title":"caf\xe9"}\n')
    [(line, reason)] = reasons(items)
    assert line == 2
    assert reason.startswith("byte 0xe9 at offset 45 is not valid utf-8")


def test_a_file_without_ids_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        FeedError, match="no column for id: name it with --map id=COLUMN; it has the columns code, title"
    ):
        read(tmp_path, '{"code":1,"title":"a"}\n')
    assert ids(read(tmp_path, '{"code":1,"title":"a"}\n', mapping={"id": "code"})) == ["1"]
