"""A tile server over real HTTP, in process: every tile has a colour that tells its place, and its number on it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

TILE = 256


def colour_of(z: int, x: int, y: int) -> tuple[int, int, int]:
    """Neighbours differ by far more than any scaling blurs."""
    return (40 + x % 4 * 60, 40 + y % 4 * 60, 40 + z % 5 * 45)


def picture(z: int, x: int, y: int) -> QImage:
    image = QImage(TILE, TILE, QImage.Format.Format_RGB32)
    image.fill(QColor(*colour_of(z, x, y)))
    painter = QPainter(image)
    painter.setPen(QColor("white"))
    painter.drawText(QRect(0, 100, TILE, 56), int(Qt.AlignmentFlag.AlignCenter), f"{z}/{x}/{y}")
    painter.end()
    return image


def encoded(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


class TileServer:
    """`asked` holds every request's (z, x, y), `most_at_once` the largest number answered together.

    Set `gate` to hold answers back, `status` to answer with another code, `absent` for tiles there are none of."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []
        self.keys: set[str] = set()
        self.status = 200
        self.absent: set[tuple[int, int, int]] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._drawn: dict[tuple[int, int, int], bytes] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 0.4
            """A connection opened in advance and never used must not hold up the end of the test."""

            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        """Connections are refused from now on."""
        self.gate.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def draw(self, *tiles: tuple[int, int, int]) -> None:
        """Pictures are made on the test's thread; what was not made is not there."""
        for tile in tiles:
            self._drawn[tile] = encoded(picture(*tile))

    def draw_levels(self, *levels: int, around: tuple[int, int, int], reach: int = 6) -> None:
        """All tiles of the levels about one tile."""
        z0, x0, y0 = around
        for z in levels:
            x, y = (x0 << z - z0, y0 << z - z0) if z >= z0 else (x0 >> z0 - z, y0 >> z0 - z)
            for dx in range(-reach, reach + 1):
                self.draw(*((z, x + dx, y + dy) for dy in range(-reach, reach + 1)))

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        self.gate.wait(20.0)
        tile = self._tile(handler.path)
        self.asked.append(tile)
        status = 404 if tile in self.absent or tile not in self._drawn else self.status
        body = self._drawn[tile] if status == 200 else b""
        with self._lock:
            self._at_once -= 1
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", "image/png")
            handler.send_header("Cache-Control", "max-age=86400")
            handler.send_header("Content-Length", str(len(body)))
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            pass
        handler.close_connection = True

    def _tile(self, path: str) -> tuple[int, int, int]:
        """XYZ in the path, or a WMTS query."""
        address = urlparse(path)
        query = parse_qs(address.query)
        if "TILEMATRIX" in query:
            self.keys.update(query.get("tk", []))
            return int(query["TILEMATRIX"][0]), int(query["TILECOL"][0]), int(query["TILEROW"][0])
        z, x, y = address.path.strip("/").split(".")[0].split("/")[-3:]
        return int(z), int(x), int(y)


@contextmanager
def tile_server() -> Iterator[TileServer]:
    server = TileServer()
    try:
        yield server
    finally:
        server.close()
