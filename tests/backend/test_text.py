from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogue.text import clean_line, clean_text, strip_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain 5 < 6 & more", "plain 5 < 6 & more"),
        ("<p>Keeps <b>hot</b></p><p>and cold</p>", "Keeps hot\nand cold"),
        ("one<br/>two<BR>three", "one\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("Tom &amp; Jerry &#233; &eacute;", "Tom & Jerry é é"),
        ("a<script>evil('</p>')</script>b<style>p{}</style>c", "abc"),
        ("a<SCRIPT src=x>evil</Script >b", "ab"),
        ("a<!-- hidden <b> -->b", "ab"),
        ("a<!-- never ends <b>x</b>", "a"),
        ("a<script>never ends", "a"),
        ("<img alt=\"A > B\" title='x'>c", "c"),
        ('<a href="x>c</a>', "c"),
        ("it's <b>it's</b> 5'", "it's it's 5'"),
        ("x<y and a<b>c", "x<y and ac"),
        ("<?xml version='1.0'?><!DOCTYPE html>x", "x"),
        ("unfinished <a href=", "unfinished <a href="),
        ("&lt;b&gt;", "<b>"),
        ("a\x00b\tc\r\n\n d \ud800", "a b c\nd"),
    ],
)
def test_html_becomes_its_visible_text(html: str, text: str) -> None:
    assert clean_text(html) == text


@pytest.mark.timeout(30)  # a quadratic scan takes minutes
@pytest.mark.parametrize(
    "piece",
    [
        "<a ", "<a/b", '<a b="', "<a b='", "<!--", "<script", "<script>", "<style><script>", "&#", "&amp", "<", "</",
        "<p ", "\"<a ", "'\"<a x=", '<a>"', " \n", "\n \n", "\u0301", "<!-- -->", "<p></p>",
    ],
)  # fmt: skip
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    clean_text(piece * (1_000_000 // len(piece)))
    clean_line(piece * (1_000_000 // len(piece)))


@given(st.text(alphabet="<>/!-\"'= abp&;#3script", max_size=60))
def test_any_text_is_taken(text: str) -> None:
    strip_html(text)
    cleaned = clean_text(text)
    assert "\n\n" not in cleaned
    assert cleaned == cleaned.strip()
    assert "\n" not in clean_line(text)
