"""The real connection code against servers on the loopback address."""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from backend.catalogue.images import ImageMissing, ImageRefused, ImageUnavailable, RemoteSource

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(body: bytes = b"picture", status: int = 200, length: int | None = None, **headers: str) -> Answer:
    """Return an answer; header names are written with underscores."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        fields = {
            "Content_Type": "image/jpeg",
            "Content_Length": str(len(body) if length is None else length),
        } | headers
        for name, value in fields.items():
            if value:
                request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def trickle(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "image/jpeg")
    request.end_headers()
    for _ in range(100):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)


class Server:
    """Answers each path as it is told, and remembers what was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers["Host"]))
                try:
                    server.answers[self.path](self)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client hung up, as it should

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # handshakes that fail on purpose

        self._http = Quiet(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    @contextmanager
    def running(self) -> Iterator[Server]:
        self._thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._thread.join()
            self._http.server_close()

    def url(self, path: str = "/a.jpg", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def source(self, **options: Any) -> RemoteSource:
        """Return a source that may connect to 127.0.0.1, and to this server's port."""
        settings = {"is_allowed": lambda address: address == "127.0.0.1", "ports": frozenset({self.port})}
        return RemoteSource(**settings | options)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


def test_a_picture_arrives(server: Server) -> None:
    server.answers["/a%20b/%C3%A9.jpg?w=1&x=%20"] = send(b"\xff\xd8data")
    assert server.source().fetch(server.url("/a%20b/é.jpg?w=1&x=%20")) == b"\xff\xd8data"
    assert server.asked[0][1] == f"127.0.0.1:{server.port}"


def test_a_name_is_resolved_and_sent_as_host(server: Server) -> None:
    server.answers["/a.jpg"] = send()
    source = server.source(is_allowed=lambda address: address in {"127.0.0.1", "::1"})
    assert source.fetch(server.url(host="localhost")) == b"picture"
    assert server.asked[0][1] == f"localhost:{server.port}"


def test_by_default_this_machine_is_out_of_reach(server: Server) -> None:
    source = RemoteSource(ports=frozenset({server.port}))
    for host in ("127.0.0.1", "localhost", "[::1]"):
        with pytest.raises(ImageRefused, match="not a public address"):
            source.fetch(server.url(host=host))
    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: Server, status: int) -> None:
    server.answers["/a.jpg"] = send(b"", status, Location="/b.jpg")
    server.answers["/b.jpg"] = send(b"there")
    assert server.source().fetch(server.url()) == b"there"


def test_three_redirects_and_no_more(server: Server) -> None:
    for number in range(10):
        server.answers[f"/{number}"] = send(b"", 302, Location=f"/{number + 1}")
    with pytest.raises(ImageRefused, match="more than 3 redirects"):
        server.source().fetch(server.url("/0"))
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("http://127.0.0.2:{port}/secret", "127.0.0.2 is at 127.0.0.2, which is not a public address"),
        ("//127.0.0.2:{port}/secret", "not a public address"),
        ("http://127.0.0.1:22/", "port 22 is not allowed"),
        ("file:///etc/passwd", "starts with http:// or https://"),
        ("gopher://127.0.0.1:{port}/", "starts with http:// or https://"),
        ("http://user:pw@127.0.0.1:{port}/", "user name or password"),
    ],
)
def test_a_redirect_is_checked_like_a_first_request(server: Server, location: str, message: str) -> None:
    server.answers["/a.jpg"] = send(b"", 302, Location=location.format(port=server.port))
    with pytest.raises(ImageRefused, match=message):
        server.source().fetch(server.url())
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://shop.example/a.jpg", "starts with http"),
        ("a.jpg", "starts with http"),
        ("http://", "names a host"),
        ("http://shop.example:99999/", "not a URL"),
        ("http://[::1/", "not a URL"),
        ("http://127.1/a.jpg", "a number in disguise"),
        ("http://2130706433/a.jpg", "a number in disguise"),
        ("http://0x7f000001/a.jpg", "a number in disguise"),
        ("http://0177.0.0.1/a.jpg", "a number in disguise"),
        ("http://localhost.0x7f./a.jpg", "a number in disguise"),
        ("http://shop.example:8080/a.jpg", "port 8080 is not allowed"),
        ("http://shop.example/a b.jpg", "spaces"),
        ("http://shop.example/\r\nHost: x", "control characters"),
        ("http://shop.example\\@127.0.0.1/", "backslashes"),
        ("http://shop.example/" + "x" * 3000, "too long"),
        ("http://" + "x" * 70 + ".example/", "not a URL"),
    ],
)
def test_urls_that_are_refused_before_anything_is_asked(url: str, message: str) -> None:
    with pytest.raises(ImageRefused, match=message):
        RemoteSource().fetch(url)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (send(status=404), ImageMissing, "404"),
        (send(status=410), ImageMissing, "410"),
        (send(status=500), ImageUnavailable, "answered 500"),
        (send(b"", 302), ImageUnavailable, "answered 302"),
        (send(Content_Type="text/html; charset=utf-8"), ImageRefused, "sent text/html, not an image"),
        (send(Content_Type=""), ImageRefused, "sent an unnamed type"),
        (send(Content_Encoding="gzip"), ImageRefused, "packed"),
        (send(b"x" * 2000), ImageRefused, "over 1000 bytes"),
        (send(b"x" * 2000, Content_Length=""), ImageRefused, "over 1000 bytes"),
        (send(b"short", length=500), ImageUnavailable, "cut off"),
        (lambda request: request.wfile.write(b"nonsense\r\n\r\n"), ImageUnavailable, "127.0.0.1: "),
        (lambda request: None, ImageUnavailable, "127.0.0.1: "),
    ],
)
def test_answers_that_are_no_picture(server: Server, answer: Answer, error: type[Exception], message: str) -> None:
    server.answers["/a.jpg"] = answer
    with pytest.raises(error, match=message):
        server.source(max_bytes=1000).fetch(server.url())


def test_silence_ends(server: Server) -> None:
    released = threading.Event()
    server.answers["/a.jpg"] = lambda request: released.wait(10) and None
    try:
        with pytest.raises(ImageUnavailable, match="timed out"):
            server.source(timeout_s=0.2).fetch(server.url())
    finally:
        released.set()


def test_a_trickle_ends(server: Server) -> None:
    server.answers["/a.jpg"] = trickle
    start = time.monotonic()
    with pytest.raises(ImageUnavailable, match=r"took longer than 0\.5 s"):
        server.source(deadline_s=0.5).fetch(server.url())
    assert time.monotonic() - start < 5


def test_a_closed_port_and_an_unknown_name() -> None:
    with Server().running() as gone:
        port = gone.port
    source = RemoteSource(is_allowed=lambda _: True, ports=frozenset({port}))
    with pytest.raises(ImageUnavailable, match=r"127\.0\.0\.1: "):
        source.fetch(f"http://127.0.0.1:{port}/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a fresh certificate for localhost that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def tls_server(certificate: tuple[Path, Path]) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with Server(context).running() as running:
        running.answers["/a.jpg"] = send(b"over tls")
        yield running


def test_tls_is_checked_against_the_name(tls_server: Server, certificate: tuple[Path, Path]) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    allowed = {"is_allowed": lambda address: address in {"127.0.0.1", "::1"}}
    source = tls_server.source(tls=trusted, **allowed)
    assert source.fetch(tls_server.url(host="localhost", scheme="https")) == b"over tls"
    with pytest.raises(ImageUnavailable, match="IP address mismatch"):
        source.fetch(tls_server.url(scheme="https"))
    with pytest.raises(ImageUnavailable, match="self-signed certificate"):
        tls_server.source(**allowed).fetch(tls_server.url(host="localhost", scheme="https"))


def test_tls_that_checks_nothing_is_refused() -> None:
    careless = ssl.create_default_context()
    careless.check_hostname = False
    with pytest.raises(ValueError, match="must verify"):
        RemoteSource(tls=careless)


def test_a_handshake_that_never_ends_is_given_up(server: Server) -> None:
    start = time.monotonic()
    with pytest.raises(ImageUnavailable):
        server.source(timeout_s=0.3).fetch(server.url(scheme="https"))
    assert time.monotonic() - start < 5
