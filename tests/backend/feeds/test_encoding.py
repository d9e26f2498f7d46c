"""Byte order marks, wrong encodings and broken characters."""

import codecs
from pathlib import Path

import pytest

from backend.catalogue.feeds import FeedError
from tests.backend.feeds.helpers import ids, products, read, reasons

TEXT = "id,title\n1,Größe 大\n2,b\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    ],
)
def test_marks_decide(tmp_path: Path, data: bytes) -> None:
    assert [product.title for product in products(read(tmp_path, data))] == ["Größe 大", "b"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "utf-16", "shift_jis", "utf-8-sig"])
def test_a_given_encoding_is_used(tmp_path: Path, encoding: str) -> None:
    text = "id,title\n1,Cafe\n"
    text = text.replace("Cafe", "カフェ") if encoding == "shift_jis" else text.replace("Cafe", "Café")
    [product] = products(read(tmp_path, text.encode(encoding), encoding=encoding))
    assert product.title in {"Café", "カフェ"}


def test_a_stray_byte_costs_its_record_and_names_its_offset(tmp_path: Path) -> None:
    data = b'id,title\n1,a\n2,"caf\xe9\n2nd line"\n3,c\n'
    items = read(tmp_path, codecs.BOM_UTF8 + data)
    assert ids(items) == ["1", "3"]
    offset = len(codecs.BOM_UTF8) + data.index(b"\xe9")
    assert reasons(items) == [
        (
            3,
            f"byte 0xe9 at offset {offset} is not valid utf-8: "
            "give the file's real encoding with --encoding (often cp1252)",
        )
    ]


def test_a_broken_pair_in_utf16_costs_its_record(tmp_path: Path) -> None:
    data = "id,title\n1,a\n2,".encode("utf-16-le") + b"\x00\xd8" + "x\n3,c\n".encode("utf-16-le")
    items = read(tmp_path, codecs.BOM_UTF16_LE + data)
    assert ids(items) == ["1", "3"]
    assert reasons(items) == [(3, "line 3 holds a broken UTF-16 sequence")]


def test_utf16_that_ends_early(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="ends in the middle of a character"):
        read(tmp_path, codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le") + b"x")


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("nonsense", "unknown encoding 'nonsense'"),
        ("rot13", "unknown encoding 'rot13'"),
        ("zip", "unknown encoding 'zip'"),
        ("utf-7", "'utf-7' is not supported here"),
        ("cp037", "'cp037' is not supported here"),
        (None, "looks like UTF-16 without a byte order mark"),
    ],
)
def test_encodings_that_cant_be_used(tmp_path: Path, encoding: str | None, message: str) -> None:
    data = TEXT.encode("utf-16-le" if encoding is None else "utf-8")
    with pytest.raises(FeedError, match=message):
        read(tmp_path, data, encoding=encoding)
