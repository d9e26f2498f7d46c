"""Where a request comes from, though proxies stand in between."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
MOST_HOPS = 20  # looked at, from the right
MOST_HEADER_BYTES = 2048  # looked at, from the right
REMEMBERED = 4096
IPV6_PREFIX = 64  # one customer has at least as many addresses


class ClientAddress:
    """Finds the address that a request is counted under.

    It is the socket's. Only where that is a trusted proxy's its headers count: the rightmost address that isn't a
    trusted proxy's itself, since whatever is further left was written by strangers.
    """

    def __init__(self, trusted: tuple[Network, ...]) -> None:
        """Trust these networks to tell the truth about who sent them a request."""
        self._trusted = trusted
        self._find = lru_cache(REMEMBERED)(self._uncached)
        self.trusts = lru_cache(REMEMBERED)(self._trusts_uncached)

    def of(self, scope: Scope) -> str | None:
        """Return an address, or the network of an IPv6 one; None of a client on this machine, or a Unix socket's.

        What a proxy on this machine passes on counts, whatever it says of itself: for this machine's own, or nothing.
        """
        client = scope.get("client")
        if client is None:
            return None
        peer = client[0]
        if not self._trusted:
            return self._find(peer, b"")
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        if not forwarded:
            forwarded = next((value for name, value in scope["headers"] if name == b"x-real-ip"), b"")
        return self._find(peer, forwarded[-MOST_HEADER_BYTES:])

    def of_socket(self, peer: str) -> str | None:
        """Return the address that a connection is counted under; None of this machine and of trusted proxies."""
        return None if self.trusts(peer) else self._find(peer, b"")

    def scheme(self, scope: Scope) -> str | None:
        """Return the scheme that the client used, as a trusted proxy tells; None when none does."""
        client = scope.get("client")
        if not self._trusted or client is None or not self.trusts(client[0]):
            return None
        told = next((value for name, value in scope["headers"] if name == b"x-forwarded-proto"), b"")
        return told.decode() if told in {b"http", b"https"} else None

    def _trusts_uncached(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and self._is_trusted(address)

    def _uncached(self, peer: str, forwarded: bytes) -> str | None:
        address = _address(peer)
        if address is None:
            return None
        if not self._is_trusted(address):
            forwarded = b""
        else:
            for hop in reversed(forwarded.decode("latin-1").split(",")[-MOST_HOPS:]):
                named = _address(hop.strip())
                if named is None:
                    break  # what a proxy didn't write as an address leads no further
                address = named
                if not self._is_trusted(named):
                    break
        if address.is_loopback and not forwarded:
            return None
        if isinstance(address, IPv6Address):
            return str(ip_network((int(address), IPV6_PREFIX), strict=False))
        return str(address)

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _address(text: str) -> Address | None:
    """Read an address, with or without port and zone; an IPv4 one inside an IPv6 one is itself."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped if mapped is not None else address
