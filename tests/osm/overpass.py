"""A server on this machine that answers as Overpass does, out of an OSM file, and fails when told to."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs

import osmium
import shapely

QUERY = re.compile(r"""way\["(\w+)"~"([^"]+)"\]\(poly:'([\d. -]+)'\);>;\);out;$""")
STATE = "2026-10-01T20:21:02Z"
STATUS = """Connected as: 1
Current time: 2026-10-01T20:22:00Z
Announced endpoint: none
Rate limit: 2
2 slots available now.
"""


class Overpass(ThreadingHTTPServer):
    """Answers way queries by tag and polygon.

    ``trouble`` holds what happens to the next questions: 429, 504, "cut" (in mid-answer), "hang" (half an answer, then
    silence), "remark" (Overpass gave up) or "" (nothing).
    """

    def __init__(self, path: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.nodes = {n.id: (n.lon, n.lat) for n in osmium.FileProcessor(path, osmium.osm.NODE)}
        self.ways = [
            (w.id, [n.ref for n in w.nodes], {t.k: t.v for t in w.tags})
            for w in osmium.FileProcessor(path, osmium.osm.WAY)
        ]
        self.lines = shapely.STRtree(
            [shapely.LineString([self.nodes[ref] for ref in refs]) for _, refs, _ in self.ways]
        )
        self.trouble: list[int | str] = []
        self.asked: list[str] = []
        self.released = Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/api"

    def answer(self, query: str) -> bytes:
        key, pattern, corners = QUERY.search(query).groups()
        numbers = list(map(float, corners.split()))
        area = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
        near = [self.ways[n] for n in sorted(self.lines.query(area, "intersects"))]
        ways = [(i, refs, tags) for i, refs, tags in near if re.search(pattern, tags.get(key, ""))]
        elements = [
            {"type": "node", "id": ref, "lon": self.nodes[ref][0], "lat": self.nodes[ref][1]}
            for ref in sorted({ref for _, refs, _ in ways for ref in refs})
        ]
        elements += [{"type": "way", "id": i, "nodes": refs, "tags": tags} for i, refs, tags in ways]
        return json.dumps({"version": 0.6, "osm3s": {"timestamp_osm_base": STATE}, "elements": elements}).encode()


class Handler(BaseHTTPRequestHandler):
    server: Overpass

    def do_GET(self) -> None:
        self._send(200 if self.path == "/api/status" else 404, STATUS.encode())

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["data"][0]
        self.server.asked.append(query)
        trouble = self.server.trouble.pop(0) if self.server.trouble else ""
        if self.path != "/api/interpreter":
            self._send(404, b"")
        elif isinstance(trouble, int):
            self._send(trouble, b"<html>busy</html>")
        elif trouble == "remark":
            self._send(
                200,
                json.dumps(
                    {"osm3s": {"timestamp_osm_base": STATE}, "elements": [], "remark": "runtime error: Query timed out"}
                ).encode(),
            )
        else:
            self._send(200, self.server.answer(query), trouble)

    def _send(self, status: int, body: bytes, trouble: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if trouble else body)
        self.wfile.flush()
        if trouble == "hang":
            self.server.released.wait(60)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def overpass(path: Path) -> Iterator[Overpass]:
    with Overpass(path) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
