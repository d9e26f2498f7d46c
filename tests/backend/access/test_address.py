"""Whose address a request is counted under, whatever its headers claim."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.access.address import ClientAddress

PROXIES = tuple(map(ip_network, ("10.0.0.0/8", "fd00::/8", "127.0.0.1/32")))


def found(peer: str | None, *headers: tuple[bytes, bytes], trusted: Any = PROXIES) -> str | None:
    scope = {"type": "http", "client": None if peer is None else (peer, 1), "headers": list(headers)}
    return ClientAddress(trusted).of(scope)


def forwarded(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"x-forwarded-for", value) for value in values]


@pytest.mark.parametrize(
    ("peer", "values", "address"),
    [
        ("10.0.0.1", [b"203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", [b"1.1.1.1, 203.0.113.7"], "203.0.113.7"),  # what is left of it a stranger wrote
        ("10.0.0.1", [b"1.1.1.1", b"203.0.113.7, 10.9.9.9"], "203.0.113.7"),
        ("10.0.0.1", [b"1.1.1.1, nonsense, 10.9.9.9"], "10.9.9.9"),
        ("10.0.0.1", [b"nonsense"], "10.0.0.1"),
        ("10.0.0.1", [b""], "10.0.0.1"),
        ("10.0.0.1", [b"10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ("10.0.0.1", [b"203.0.113.7:4711"], "203.0.113.7"),
        ("10.0.0.1", [b"[2001:db8:1:2:3::4]:4711"], "2001:db8:1:2::/64"),
        ("10.0.0.1", [b"2001:db8:1:2:ffff::9"], "2001:db8:1:2::/64"),
        ("10.0.0.1", [b"::ffff:203.0.113.7"], "203.0.113.7"),
        ("fd00::1", [b"203.0.113.7"], "203.0.113.7"),
        ("203.0.113.9", [b"1.1.1.1"], "203.0.113.9"),
        ("127.0.0.1", [b"203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", [b"127.0.0.1"], "127.0.0.1"),  # whoever may have written it
        ("127.0.0.1", [b"nonsense"], "127.0.0.1"),
        ("127.0.0.1", [b"203.0.113.7, nonsense"], "127.0.0.1"),
        ("127.0.0.1", [b"::1"], "::/64"),
        ("10.0.0.1", [b"127.0.0.1"], "127.0.0.1"),
        ("127.0.0.1", [], None),
        ("::1", [], None),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("testclient", [], None),
        (None, [b"1.1.1.1"], None),
    ],
)
def test_the_rightmost_address_that_is_no_proxy_counts(
    peer: str | None, values: list[bytes], address: str | None
) -> None:
    assert found(peer, *forwarded(*values)) == address


def test_real_ip_counts_where_nothing_was_forwarded() -> None:
    assert found("10.0.0.1", (b"x-real-ip", b"203.0.113.7")) == "203.0.113.7"
    assert found("10.0.0.1", (b"x-real-ip", b"203.0.113.7"), *forwarded(b"203.0.113.8")) == "203.0.113.8"
    assert found("203.0.113.9", (b"x-real-ip", b"203.0.113.7")) == "203.0.113.9"


def test_without_trusted_proxies_headers_say_nothing() -> None:
    assert found("10.0.0.1", *forwarded(b"203.0.113.7"), (b"x-real-ip", b"1.1.1.1"), trusted=()) == "10.0.0.1"


def test_endless_hops_are_not_all_looked_at() -> None:
    assert found("10.0.0.1", *forwarded(b"203.0.113.7," + b"10.0.0.2," * 100_000 + b"10.0.0.3")) == "10.0.0.2"


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from(["10.0.0.1", "203.0.113.9"]))
def test_no_header_breaks_it_or_names_anything_but_an_address(values: list[bytes], peer: str) -> None:
    address = found(peer, *forwarded(*values))
    assert address is None or ip_network(address)


def test_connections_are_counted_by_socket_but_not_of_proxies() -> None:
    address = ClientAddress(PROXIES)
    assert address.of_socket("203.0.113.9") == "203.0.113.9"
    assert address.of_socket("2001:db8::1") == "2001:db8::/64"
    assert [address.of_socket(peer) for peer in ("10.0.0.1", "127.0.0.1", "::1")] == [None] * 3


@pytest.mark.parametrize(
    ("peer", "told", "scheme"),
    [
        ("10.0.0.1", b"https", "https"),
        ("10.0.0.1", b"http", "http"),
        ("10.0.0.1", b"javascript", None),
        ("203.0.113.9", b"https", None),
    ],
)
def test_a_trusted_proxy_tells_the_scheme(peer: str, told: bytes, scheme: str | None) -> None:
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-proto", told)]}
    assert ClientAddress(PROXIES).scheme(scope) == scheme
