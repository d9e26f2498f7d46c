"""`make run` and the evaluation, with the real model, as a newcomer meets them."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.e2e.conftest import ROOT, Shop

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Server:
    """A server process and a client of it."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, orjson.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, orjson.loads(content) if content else None
        finally:
            connection.close()

    def ready(self) -> bool:
        try:
            return self.call("GET", "/ready")[0] == 200
        except OSError:
            return False

    def titles(self, query: str, **request: Any) -> list[str]:
        status, answer = self.call("POST", "/api/v1/search", {"query": query, **request})
        assert status == 200, answer
        return [item["product"]["title"] for item in answer["items"]]


@contextmanager
def running(shop: Shop, **environment: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (shop.folder / f"server-{port}.log").open("w")
    process = subprocess.Popen(
        # A folder that all tests share: its pictures are drawn once.
        [sys.executable, "-m", "scripts.run", "--demo", str(ROOT / "var/demo-tests"), "--demo-products", "600"],
        env={**shop.environment, "API_PORT": str(port), **environment},
        cwd=shop.folder,
        text=True,
        stdout=log,
        stderr=log,
    )
    server = Server(process, port, Path(log.name))
    try:
        deadline = time.monotonic() + 200
        while not server.ready():
            assert process.poll() is None, Path(log.name).read_text()
            assert time.monotonic() < deadline, Path(log.name).read_text()
            time.sleep(0.1)
        yield server
    finally:
        process.kill()
        process.wait()
        log.close()


def test_from_an_empty_folder_to_sensible_answers(shop: Shop) -> None:
    with running(shop) as server:
        _, status = server.call("GET", "/status")
        assert status["products"] == 600
        assert status["pending_embeddings"] == 0
        _, page = server.call("POST", "/api/v1/search", {"query": "mug", "limit": 3})
        assert all(item["product"]["image_url"].startswith("/media/") for item in page["items"])
        hot = " ".join(server.titles("keep my coffee hot on a hike", limit=3)).lower()
        assert any(word in hot for word in ("flask", "tumbler", "bottle", "mug"))
        assert "shoe" in " ".join(server.titles("footwear for jogging in the rain", limit=3)).lower()
        request = {"query": "gift for a toddler", "filters": {"max_price": 30, "in_stock": True}}
        _, answer = server.call("POST", "/api/v1/search", request)
        assert answer["items"]
        assert all(item["product"]["price"] <= 30 and item["product"]["in_stock"] for item in answer["items"])
        libraries = Path(f"/proc/{server.process.pid}/maps").read_text()
        assert "libtorch" not in libraries  # serving needs none of it: 11 s and a gigabyte
        assert "openvino" in libraries


def test_an_acknowledged_write_survives_kill_9(shop: Shop) -> None:
    with running(shop) as server:
        written = []
        for number in range(20):
            status, _ = server.call("PUT", f"/api/v1/products/new-{number}", {"title": f"zephyr kite model {number}"})
            assert status == 200
            written.append(f"zephyr kite model {number}")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with running(shop) as server:
        assert sorted(server.titles("zephyr kite model", limit=20)) == sorted(written)


def test_a_bulk_upload_that_breaks_off_leaves_whole_blocks(shop: Shop) -> None:
    with running(shop) as server:
        before = server.call("GET", "/api/v1/products?limit=1")[1]["total"]
        lines = b"\n".join(
            orjson.dumps({"id": f"new-{number:03}", "title": f"kite {number}"}) for number in range(300)
        )
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            head = f"POST /api/v1/products/bulk HTTP/1.1\r\nHost: x\r\nContent-Length: {len(lines) + 1000}\r\n"
            connection.sendall(head.encode() + b"Content-Type: application/x-ndjson\r\n\r\n" + lines[:-20])
            time.sleep(1)
        deadline = time.monotonic() + 10
        while (total := server.call("GET", "/api/v1/products?limit=1")[1]["total"]) != before + 256:
            assert total == before
            assert time.monotonic() < deadline
        assert server.ready()
        assert "Traceback" not in server.log.read_text()


def test_another_template_is_refused_by_a_bare_server_and_embedded_by_run(shop: Shop) -> None:
    with running(shop) as server:
        before = server.call("GET", "/status")[1]
    log = shop.run("scripts.build_index", PRODUCT_TEXT_TEMPLATE="{title}")
    assert log.returncode == 1
    assert "embed_catalogue" in log.stderr
    with running(shop, PRODUCT_TEXT_TEMPLATE="{title}") as server:
        after = server.call("GET", "/status")[1]
        assert after["vector_space"] != before["vector_space"]
        assert after["pending_embeddings"] == 0
        assert server.titles("running shoes", limit=3)


def test_evaluation_ranks_the_catalogue_and_prints_every_figure(shop: Shop, tmp_path: Path) -> None:
    titles = {"a": "steel thermos flask", "b": "wooden dining table", "c": "insulated coffee mug", "d": "garden hose"}
    catalogue = tmp_path / "products.jsonl"
    catalogue.write_bytes(b"\n".join(orjson.dumps({"id": id_, "title": title}) for id_, title in titles.items()))
    judged = ["hot drink on the go,a,3", "hot drink on the go,c,2", "hot drink on the go,b,0", "furniture,b,3"]
    judgments = tmp_path / "judgments.csv"
    judgments.write_text("\n".join(["query,product_id,rating", *judged, "furniture,d,0"]))
    arguments = ("search", "--catalogue", catalogue, "--judgments", judgments)
    done = shop.run("scripts.evaluate", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    systems = orjson.loads(done.stdout)["systems"]
    assert list(systems) == ["ours", "bm25", "dense", "rrf"]
    report = systems["ours"]
    assert set(report["aggregates"]) == {"ndcg@10", "condensed_ndcg@10", "judged@10", "recall@100", "mrr"}
    assert report["aggregates"]["condensed_ndcg@10"]["mean"] > 0.8
    assert report["aggregates"]["recall@100"]["mean"] == 1
    assert len(report["queries"]) == 2
    assert "condensed_ndcg@10" in shop.run("scripts.evaluate", *arguments).stdout
    judgments.write_text("query,product_id,rating\nfurniture,nowhere,3\n")
    failed = shop.run("scripts.evaluate", *arguments)
    assert failed.returncode == 1
    assert "nowhere" in failed.stderr
