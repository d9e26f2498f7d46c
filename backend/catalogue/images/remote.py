"""Pictures from the web, fetched without letting a feed steer the server into its own network."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from backend.catalogue.images.addresses import is_public_address
from backend.catalogue.images.errors import ImageMissing, ImageRefused, ImageUnavailable
from backend.catalogue.images.source import MAX_IMAGE_BYTES

MAX_REDIRECTS = 3
MAX_URL = 2000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_NUMERIC_HOST = re.compile(
    r"(^|\.)(0[xX][0-9a-fA-F]*|[0-9]+)\.?$"
)  # resolvers read 127.1 and 0x7f000001 as 127.0.0.1
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"
_BLOCK = 1 << 16


class _Target(NamedTuple):
    scheme: str
    host: str
    port: int
    path: str


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class RemoteSource:
    """Fetches pictures over http and https from public addresses.

    A host is resolved once, each of its addresses is checked, and the connection goes to a checked address, so a name
    that resolves differently a moment later changes nothing. Redirects are checked like first requests.
    """

    def __init__(
        self,
        *,
        max_bytes: int = MAX_IMAGE_BYTES,
        timeout_s: float = 10.0,
        deadline_s: float = 30.0,
        is_allowed: Callable[[str], bool] = is_public_address,
        ports: frozenset[int] = frozenset({80, 443}),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Set the limits.

        Args:
            max_bytes: of one picture.
            timeout_s: without a byte from the other side.
            deadline_s: for one request, however steadily it trickles.
            is_allowed: says of an IP address whether it may be connected to.
            ports: that may be connected to.
            tls: trusted authorities; the system's when None. It must verify certificates and host names.
        """
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._deadline_s = deadline_s
        self._is_allowed = is_allowed
        self._ports = ports
        self._tls = tls or ssl.create_default_context()
        if self._tls.verify_mode is not ssl.CERT_REQUIRED or not self._tls.check_hostname:
            raise ValueError("the TLS context must verify certificates and host names")

    def fetch(self, reference: str) -> bytes:
        """Return the bytes behind a URL; see `ImageSource.fetch`."""
        url = reference
        for _ in range(MAX_REDIRECTS + 1):
            target = self._check(url)
            address = self._resolve(target)
            try:
                answer = self._get(target, address)
            except (OSError, http.client.HTTPException) as error:
                raise ImageUnavailable(f"{target.host}: {str(error) or type(error).__name__}") from error
            if not isinstance(answer, str):
                return answer
            url = urljoin(url, answer)
        raise ImageRefused(f"more than {MAX_REDIRECTS} redirects")

    def _check(self, url: str) -> _Target:
        if len(url) > MAX_URL or _UNSAFE.search(url):
            raise ImageRefused("a URL too long, or with spaces, backslashes or control characters")
        try:
            parts = urlsplit(url)
            port = parts.port
            host = (parts.hostname or "").encode("idna").decode("ascii")
        except ValueError as error:
            raise ImageRefused(f"not a URL: {error}") from error
        if parts.scheme not in _DEFAULT_PORTS or not host:
            raise ImageRefused("an image URL starts with http:// or https:// and names a host")
        if _NUMERIC_HOST.search(host) and not _is_address(host):
            raise ImageRefused("a host that is a number in disguise")
        if parts.username is not None or parts.password is not None:
            raise ImageRefused("a URL with a user name or password")
        port = _DEFAULT_PORTS[parts.scheme] if port is None else port
        if port not in self._ports:
            raise ImageRefused(f"port {port} is not allowed")
        path = quote(parts.path or "/", safe=_URL_SAFE)
        return _Target(
            parts.scheme, host, port, f"{path}?{quote(parts.query, safe=_URL_SAFE)}" if parts.query else path
        )

    def _resolve(self, target: _Target) -> str:
        """Return an address of the host; one forbidden address among several condemns the name."""
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise ImageUnavailable(f"{target.host}: can't be resolved ({error})") from error
        addresses = [str(entry[4][0]) for entry in found]
        refused = next((address for address in addresses if not self._is_allowed(address)), None)
        if refused is not None or not addresses:
            raise ImageRefused(f"{target.host} is at {refused}, which is not a public address")
        return addresses[0]

    def _get(self, target: _Target, address: str) -> bytes | str:
        """Return the body, or the location of a redirect."""
        connection = _PinnedConnection(target, address, self._timeout_s, self._tls)
        watchdog = threading.Timer(self._deadline_s, connection.abort)
        watchdog.daemon = True
        watchdog.start()
        try:
            with closing(connection):
                connection.request("GET", target.path, headers=_HEADERS)
                answer = self._read(connection.getresponse())
                if connection.aborted:  # without a stated length a broken answer looks like a whole one
                    raise TimeoutError(f"took longer than {self._deadline_s:g} s")
                return answer
        finally:
            watchdog.cancel()

    def _read(self, response: http.client.HTTPResponse) -> bytes | str:
        location = response.getheader("Location")
        if response.status in _REDIRECTS and location:
            return location
        if response.status in _GONE:
            raise ImageMissing(f"the server answered {response.status}")
        if response.status != http.client.OK:
            raise ImageUnavailable(f"the server answered {response.status}")
        kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        if not kind.startswith("image/"):
            raise ImageRefused(f"the server sent {kind[:60] or 'an unnamed type'}, not an image")
        if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
            raise ImageRefused("the server sent a packed answer nobody asked for")
        body = bytearray()
        while block := response.read(_BLOCK):
            body += block
            if len(body) > self._max_bytes:
                raise ImageRefused(f"over {self._max_bytes} bytes")
        if response.length:
            raise ImageUnavailable("the answer was cut off")
        return bytes(body)


_HEADERS = {"User-Agent": "Vitrine", "Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close"}


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to a given address, and speaks to it as the host of the URL."""

    def __init__(self, target: _Target, address: str, timeout_s: float, tls: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=timeout_s)
        self.default_port = _DEFAULT_PORTS[target.scheme]  # keeps ":443" out of the Host header
        self._address = (address, target.port)
        self.aborted = False
        self._in_use: socket.socket | None = None  # `sock` is None again while the answer is still being read
        self._tls = tls if target.scheme == "https" else None

    def connect(self) -> None:
        """Open the connection; TLS is checked against the host's name, not the address."""
        self.sock = socket.create_connection(self._address, self.timeout)
        self._in_use = self.sock
        if self._tls is not None:
            # The handshake comes after the assignment, so that `abort` reaches it too.
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self._in_use = self.sock
            self.sock.do_handshake()

    def abort(self) -> None:
        """End the connection from another thread; a read under way fails at once."""
        self.aborted = True
        if self._in_use is not None:
            with suppress(OSError):
                # Not the method of the TLS socket, which would go on unencrypted in the reading thread.
                socket.socket.shutdown(self._in_use, socket.SHUT_RDWR)
